using System.Net;
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

    public override string ToString() => $"in-process:{Name}";
}
