using System.Net;
using Keyway.Platform.Sockets;

namespace Keyway.Platform.Tests;

public sealed class LoopLifeTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Transports => OperatingSystem.IsLinux() ? ["epoll", "sockets"] : ["sockets"];

    [Theory]
    [MemberData(nameof(Transports))]
    public void A_loop_stops_after_its_turn_and_may_run_again(string transport)
    {
        using EventLoop loop = EventLoops.Create(TimeProvider.System, transport);
        int runs = 0;
        for (int i = 0; i < 2; i++)
        {
            loop.Post(() =>
            {
                runs++;
                loop.Stop();
                Assert.True(loop.IsCurrent);
            });
            loop.Run();
            Assert.False(loop.IsCurrent);
        }
        Assert.Equal(2, runs);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void What_is_asked_for_before_the_run_is_done_in_it(string transport)
    {
        using EventLoop loop = EventLoops.Create(TimeProvider.System, transport);
        var flushed = new FlushOnce(loop);
        loop.FlushLater(flushed, FlushPhase.Replies);
        loop.Run();
        Assert.True(flushed.WasFlushed);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void Disposing_ends_a_sleeping_loop_and_posts_to_it_are_harmless(string transport)
    {
        EventLoop loop = EventLoops.Create(TimeProvider.System, transport);
        var started = new ManualResetEventSlim();
        var thread = new Thread(loop.Run) { IsBackground = true };
        thread.Start();
        loop.Post(started.Set);
        Assert.True(started.Wait(Guard));

        loop.Dispose();
        Assert.True(thread.Join(Guard));
        loop.Post(() => throw new InvalidOperationException("never run"));
        loop.Stop();
        loop.Dispose();
        loop.Run();
    }

    [Fact]
    public void An_unknown_transport_is_refused_with_the_known_ones()
    {
        Assert.Contains("epoll or sockets", Assert.Throws<ArgumentException>(() => EventLoops.Create(TimeProvider.System, "uring")).Message);
        using EventLoop forced = EventLoops.Create(TimeProvider.System, "sockets");
        Assert.IsType<SocketEventLoop>(forced);
    }

    [Fact]
    public void A_connection_of_one_kind_cannot_be_adopted_by_another()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("needs two kinds of loop");
        using EventLoop sockets = EventLoops.Create(TimeProvider.System, "sockets");
        using EventLoop epoll = EventLoops.Create(TimeProvider.System, "epoll");
        var acceptor = new AdoptOn(sockets, epoll);
        using Listener listener = epoll.Listen(new IPEndPoint(IPAddress.Loopback, 0), acceptor);
        using var client = new System.Net.Sockets.TcpClient();
        client.Connect((IPEndPoint)listener.EndPoint);
        epoll.Run();
        Assert.IsType<ArgumentException>(acceptor.Error);
    }

    private sealed class AdoptOn(EventLoop other, EventLoop own) : IAcceptor
    {
        public Exception? Error { get; private set; }

        public void OnAccepted(AcceptedConnection accepted)
        {
            Error = Record.Exception(() => other.Adopt(accepted, new Contract.TestPeer()));
            accepted.Refuse([]);
            own.Stop();
        }
    }

    private sealed class FlushOnce(EventLoop loop) : Flushable
    {
        public bool WasFlushed { get; private set; }

        public override void Flush()
        {
            WasFlushed = true;
            loop.Stop();
        }
    }
}
