using System.Net;
using System.Net.Sockets;
using Keyway.Platform.InProcess;

namespace Keyway.Platform;

/// <summary>
/// A place inside this process where a loop can listen and another (or the same) can connect without a kernel socket: the gateway's road
/// to an embedded shard. Equal by reference: who holds it can reach it. Every kind of loop accepts it in Listen and Connect.
/// </summary>
public sealed class InProcessEndPoint(string name) : EndPoint
{
    /// <summary>Who listens here now.</summary>
    internal InProcessListener? Listener;

    public string Name { get; } = name;

    /// <summary>None of the system's: who asks what kind an end is must get an answer here too.</summary>
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    public override string ToString() => $"in-process:{Name}";
}
