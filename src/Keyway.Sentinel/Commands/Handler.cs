namespace Keyway.Sentinel.Commands;

/// <summary>What carries out a command.</summary>
internal delegate void Handler(in SentinelCall call);
