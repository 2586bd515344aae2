namespace Keyway.Sentinel.Core;

/// <summary>A master that is another server from now on.</summary>
internal sealed record MasterSwitch(string Name, ServerAddress Old, ServerAddress New, long ConfigEpoch);
