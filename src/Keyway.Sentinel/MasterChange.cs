using System.Net;

namespace Keyway.Sentinel;

/// <summary>A master that is another server from now on.</summary>
/// <param name="Name">As it is configured.</param>
/// <param name="ConfigEpoch">Of two changes of one master, the one with the higher epoch holds.</param>
public sealed record MasterChange(string Name, IPEndPoint Old, IPEndPoint New, long ConfigEpoch);
