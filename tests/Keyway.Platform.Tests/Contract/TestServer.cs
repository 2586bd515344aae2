using System.Net;

namespace Keyway.Platform.Tests.Contract;

/// <summary>Adopts every connection on a loop with a handler that the test makes; without one it echoes.</summary>
public sealed class TestServer : IAcceptor
{
    private readonly LoopWorld world;
    private readonly Func<TestPeer> create;
    private readonly Lock gate = new();
    private readonly List<TestPeer> peers = [];
    private readonly List<(int Count, TaskCompletionSource<bool> Done)> waiters = [];

    private TestServer(LoopWorld world, EventLoop listening, EventLoop serving, Func<TestPeer>? create)
    {
        this.world = world;
        Listening = listening;
        Serving = serving;
        this.create = create ?? Echo;
    }

    public EventLoop Listening { get; }

    public EventLoop Serving { get; }

    public Listener Listener { get; private set; } = null!;

    public EndPoint EndPoint => Listener.EndPoint;

    /// <summary>Set: called instead of adopting.</summary>
    public Action<AcceptedConnection>? WhenAccepted { get; set; }

    public static async Task<TestServer> Start(LoopWorld world, EventLoop listening, Func<TestPeer>? create = null, EventLoop? serving = null)
    {
        var server = new TestServer(world, listening, serving ?? listening, create);
        EndPoint endPoint = world.NewEndPoint();
        server.Listener = await world.On(listening, () => listening.Listen(endPoint, server, new ListenOptions { Backlog = 4096, Tls = world.ServerTls }));
        return server;
    }

    public static TestPeer Echo() => new()
    {
        WhenReceived = (peer, bytes) =>
        {
            int taken = peer.Connection.Send(bytes.Span);
            if (peer.Connection.IsOpen) Assert.Equal(bytes.Length, taken);
        },
    };

    public int Count
    {
        get
        {
            lock (gate) return peers.Count;
        }
    }

    public TestPeer Peer(int index)
    {
        lock (gate) return peers[index];
    }

    public async Task<TestPeer> Accepted(int count = 1)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (peers.Count >= count) return peers[count - 1];
            waiters.Add((count, done));
        }
        await world.Until(done.Task);
        return Peer(count - 1);
    }

    public void OnAccepted(AcceptedConnection accepted)
    {
        if (WhenAccepted != null) WhenAccepted(accepted);
        else if (Serving == Listening) Adopt(accepted);
        else Serving.Post(() => Adopt(accepted));
    }

    private void Adopt(AcceptedConnection accepted)
    {
        TestPeer peer = create();
        Serving.Adopt(accepted, peer);
        List<TaskCompletionSource<bool>> ready = [];
        lock (gate)
        {
            peers.Add(peer);
            foreach (var (count, done) in waiters)
                if (peers.Count >= count) ready.Add(done);
            waiters.RemoveAll(waiter => peers.Count >= waiter.Count);
        }
        foreach (var done in ready) done.TrySetResult(true);
    }
}
