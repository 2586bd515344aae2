using System.Net;

namespace Keyway.Platform.Simulation;

/// <summary>A server that a test plays itself: each connection accepted is a peer for the test to read and write.</summary>
public sealed class SimulatedServer : ISimulatedListener, IDisposable
{
    private readonly SimulatedNetwork network;
    private readonly List<SimulatedPeer> accepted = [];

    internal SimulatedServer(SimulatedNetwork network, EndPoint endPoint)
    {
        this.network = network;
        EndPoint = endPoint;
    }

    public EndPoint EndPoint { get; }

    /// <summary>All that were accepted, oldest first, also those that have ended.</summary>
    public IReadOnlyList<SimulatedPeer> Accepted => accepted;

    /// <summary>Called for each connection as it is accepted: to answer at once, or to stop its reading.</summary>
    public Action<SimulatedPeer>? WhenAccepted { get; set; }

    SimulatedEventLoop? ISimulatedListener.OwnLoop => null;

    void ISimulatedListener.Accept(SimulatedEnd end)
    {
        var peer = new SimulatedPeer(end);
        accepted.Add(peer);
        WhenAccepted?.Invoke(peer);
    }

    /// <summary>Stops accepting; connections live on.</summary>
    public void Dispose() => network.StopListening(this);
}
