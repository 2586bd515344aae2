namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>A connection between two processes: bytes arrive in order, late, or not at all.</summary>
internal sealed class SimulatedWire(SimulatedHost client, SimulatedHost server)
{
    public SimulatedHost Client { get; } = client;

    public SimulatedHost Server { get; } = server;

    public int ClientLife { get; } = client.Life;

    /// <summary>0 until it is established.</summary>
    public int ServerLife { get; set; }

    /// <summary>The client has closed it or knows that it is gone.</summary>
    public bool ClosedByClient { get; set; }

    /// <summary>What the client does when it learns that the connection is gone.</summary>
    public required Action Lost { get; init; }

    /// <summary>By direction (to the server, to the client): when the last message arrives, and what a cut holds back.</summary>
    public long[] LastArrival { get; } = new long[2];

    public List<Action>[] HeldBack { get; } = [[], []];

    /// <summary>What the client wrote before it was established.</summary>
    public List<Action> Unsent { get; } = [];

    public SimulatedHost From(bool toServer) => toServer ? Client : Server;

    public SimulatedHost To(bool toServer) => toServer ? Server : Client;
}
