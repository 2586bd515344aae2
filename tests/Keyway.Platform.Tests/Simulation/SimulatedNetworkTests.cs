using System.Net;
using System.Net.Sockets;
using Keyway.Platform.Simulation;
using Keyway.Platform.Tests.Contract;

namespace Keyway.Platform.Tests.Simulation;

public sealed class SimulatedNetworkTests
{
    private static readonly IPEndPoint Place = new(IPAddress.Loopback, 7000);
    private static readonly IPEndPoint Other = new(IPAddress.Loopback, 7001);

    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        Assert.Equal(TraceOf(11), TraceOf(11));
        Assert.NotEqual(TraceOf(11), TraceOf(12));
    }

    private static List<string> TraceOf(ulong seed)
    {
        var trace = new List<string>();
        var network = new SimulatedNetwork(seed) { DeliverRandomLengths = true, Trace = trace.Add };
        SimulatedEventLoop loop = network.CreateLoop();
        loop.Listen(Place, new EchoAcceptor(loop));
        loop.Every(3, () => trace.Add($"tick {loop.NowMs}"));
        for (int i = 0; i < 5; i++)
        {
            SimulatedPeer client = network.Connect(Place);
            network.RunUntilIdle();
            client.Send($"request of client {i}");
        }
        network.Advance(TimeSpan.FromMilliseconds(10));
        return trace;
    }

    [Fact]
    public void Time_passes_only_when_it_is_told_to_and_stops_at_each_timer()
    {
        var network = new SimulatedNetwork(1);
        SimulatedEventLoop loop = network.CreateLoop();
        long start = loop.NowMs;
        var calls = new List<long>();
        loop.Schedule(50, () => calls.Add(loop.NowMs - start));
        loop.Schedule(20, () =>
        {
            calls.Add(loop.NowMs - start);
            loop.Schedule(10, () => calls.Add(loop.NowMs - start));
        });

        network.RunUntilIdle();
        Assert.Empty(calls);
        network.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Equal([20, 30], calls);
        network.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([20, 30, 50], calls);
    }

    [Fact]
    public void The_wall_clock_can_jump_without_a_timer_noticing()
    {
        var network = new SimulatedNetwork(1);
        SimulatedEventLoop loop = network.CreateLoop();
        bool called = false;
        loop.Schedule(1000, () => called = true);

        network.Time.SetUtcNow(new DateTimeOffset(2030, 5, 1, 0, 0, 0, TimeSpan.Zero));
        network.RunUntilIdle();
        Assert.False(called);
        Assert.Equal(2030, loop.Time.GetUtcNow().Year);
        network.Advance(TimeSpan.FromSeconds(1));
        Assert.True(called);
    }

    [Fact]
    public void A_control_flow_awaits_the_loops_own_time()
    {
        var network = new SimulatedNetwork(1);
        SimulatedEventLoop loop = network.CreateLoop();
        var seen = new List<string>();
        async Task Flow()
        {
            seen.Add("begun");
            await loop.Delay(TimeSpan.FromSeconds(1));
            seen.Add("one");
            await loop.Delay(TimeSpan.FromSeconds(1));
            seen.Add("two");
        }

        Task? flow = null;
        loop.Post(() => flow = Flow());
        network.RunUntilIdle();
        Assert.Equal(["begun"], seen);
        network.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(["begun", "one"], seen);
        network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["begun", "one", "two"], seen);
        Assert.True(flow!.IsCompletedSuccessfully);
    }

    [Fact]
    public void Bytes_can_be_delivered_one_at_a_time()
    {
        var network = new SimulatedNetwork(5) { DeliverAtMost = 1 };
        SimulatedEventLoop loop = network.CreateLoop();
        int deliveries = 0;
        var acceptor = new EchoAcceptor(loop, _ => deliveries++);
        loop.Listen(Place, acceptor);
        SimulatedPeer client = network.Connect(Place);
        network.RunUntilIdle();

        client.Send("hello");
        network.RunUntilIdle();

        Assert.Equal(5, deliveries);
        Assert.Equal("hello", client.TakeText());
        Assert.Equal("", client.ReceivedText);
    }

    [Fact]
    public void A_scripted_server_sees_what_a_loop_sends_and_can_stop_reading()
    {
        var network = new SimulatedNetwork(6) { Capacity = 1000 };
        SimulatedServer server = network.Listen(Place);
        SimulatedEventLoop loop = network.CreateLoop();
        var client = new TestPeer();
        loop.Connect(Place, client);
        network.RunUntilIdle();
        SimulatedPeer peer = Assert.Single(server.Accepted);

        peer.StopReading();
        Assert.Equal(1000, client.Connection.Send(new byte[1500]));
        network.RunUntilIdle();
        Assert.Empty(peer.Received);
        Assert.DoesNotContain("writable", client.Calls);

        peer.ResumeReading();
        network.RunUntilIdle();
        Assert.Equal(1000, peer.TakeReceived().Length);
        Assert.Contains("writable", client.Calls);

        peer.Send("reply");
        network.RunUntilIdle();
        Assert.Equal("reply", client.Text);
        peer.Close();
        network.RunUntilIdle();
        Assert.Equal("connected writable received end closed", client.Calls);
    }

    [Fact]
    public void A_peer_may_end_its_output_and_still_read_the_reply()
    {
        var network = new SimulatedNetwork(6);
        SimulatedEventLoop loop = network.CreateLoop();
        loop.Listen(Place, new EchoAcceptor(loop, handler: new TestPeer
        {
            WhenEnded = ending =>
            {
                ending.Send("late reply");
                ending.Connection.Close();
            },
        }));
        SimulatedPeer client = network.Connect(Place);
        network.RunUntilIdle();

        client.EndOutput();
        network.RunUntilIdle();

        Assert.Equal("late reply", client.TakeText());
        Assert.True(client.IsClosed);
        Assert.Null(client.Error);
    }

    [Fact]
    public void Nothing_passes_a_frozen_endpoint_and_nothing_is_lost()
    {
        var network = new SimulatedNetwork(7);
        SimulatedEventLoop loop = network.CreateLoop();
        loop.Listen(Place, new EchoAcceptor(loop));
        SimulatedPeer client = network.Connect(Place);
        network.RunUntilIdle();

        network.Freeze(Place);
        client.Send("ping");
        SimulatedPeer late = network.Connect(Place);
        network.RunUntilIdle();
        Assert.Equal("", client.ReceivedText);
        Assert.False(late.IsConnected);

        network.Thaw(Place);
        network.RunUntilIdle();
        Assert.Equal("ping", client.ReceivedText);
        Assert.True(late.IsConnected);
    }

    [Fact]
    public void A_frozen_loop_is_cut_off_in_both_directions()
    {
        var network = new SimulatedNetwork(7);
        SimulatedServer server = network.Listen(Place);
        SimulatedEventLoop loop = network.CreateLoop();
        var client = new TestPeer();
        loop.Connect(Place, client);
        network.RunUntilIdle();

        network.Freeze(loop);
        client.Send("ping");
        server.Accepted[0].Send("pong");
        network.RunUntilIdle();
        Assert.Equal("", server.Accepted[0].ReceivedText);
        Assert.Equal("", client.Text);

        network.Thaw(loop);
        network.RunUntilIdle();
        Assert.Equal("ping", server.Accepted[0].ReceivedText);
        Assert.Equal("pong", client.Text);
    }

    [Fact]
    public void A_stalled_loop_does_nothing_until_it_goes_on()
    {
        var network = new SimulatedNetwork(7);
        SimulatedEventLoop loop = network.CreateLoop();
        loop.Listen(Place, new EchoAcceptor(loop));
        SimulatedPeer client = network.Connect(Place);
        network.RunUntilIdle();
        bool ticked = false;
        loop.Schedule(5, () => ticked = true);

        loop.IsStalled = true;
        client.Send("ping");
        network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", client.ReceivedText);
        Assert.False(ticked);

        loop.IsStalled = false;
        network.RunUntilIdle();
        Assert.Equal("ping", client.ReceivedText);
        Assert.True(ticked);
    }

    [Fact]
    public void A_refused_endpoint_keeps_its_connections_and_one_taken_down_loses_them()
    {
        var network = new SimulatedNetwork(8);
        SimulatedEventLoop loop = network.CreateLoop();
        loop.Listen(Place, new EchoAcceptor(loop));
        loop.Listen(Other, new EchoAcceptor(loop));
        SimulatedPeer client = network.Connect(Place);
        SimulatedPeer elsewhere = network.Connect(Other);
        network.RunUntilIdle();

        network.Refuse(Place);
        SimulatedPeer refused = network.Connect(Place);
        client.Send("ping");
        network.RunUntilIdle();
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refused.Error).SocketErrorCode);
        Assert.Equal("ping", client.ReceivedText);

        network.TakeDown(Place);
        network.RunUntilIdle();
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(client.Error).SocketErrorCode);
        Assert.False(elsewhere.IsClosed);

        network.BringUp(Place);
        SimulatedPeer again = network.Connect(Place);
        network.RunUntilIdle();
        Assert.True(again.IsConnected);
    }

    [Fact]
    public void A_reset_connection_ends_on_both_sides_with_an_error()
    {
        var network = new SimulatedNetwork(9);
        SimulatedServer server = network.Listen(Place);
        SimulatedEventLoop loop = network.CreateLoop();
        var client = new TestPeer();
        Connection connection = loop.Connect(Place, client);
        network.RunUntilIdle();

        network.Reset(connection);
        network.RunUntilIdle();

        Assert.Equal("connected closed", client.Calls);
        Assert.NotNull(client.Error);
        Assert.NotNull(server.Accepted[0].Error);
    }

    [Fact]
    public void A_disposed_loop_is_a_killed_process()
    {
        var network = new SimulatedNetwork(10);
        SimulatedEventLoop loop = network.CreateLoop();
        loop.Listen(Place, new EchoAcceptor(loop));
        SimulatedPeer client = network.Connect(Place);
        network.RunUntilIdle();

        loop.Dispose();
        SimulatedPeer late = network.Connect(Place);
        network.RunUntilIdle();

        Assert.True(client.IsClosed);
        Assert.NotNull(client.Error);
        Assert.NotNull(late.Error);
    }

    [Fact]
    public void Only_the_turning_loop_is_current()
    {
        var network = new SimulatedNetwork(1);
        SimulatedEventLoop one = network.CreateLoop();
        SimulatedEventLoop two = network.CreateLoop();
        var seen = (One: false, Two: true);
        one.Post(() => seen = (one.IsCurrent, two.IsCurrent));
        network.RunUntilIdle();
        Assert.Equal((true, false), seen);
        Assert.True(two.IsCurrent);
    }

    private sealed class EchoAcceptor(EventLoop loop, Action<TestPeer>? received = null, TestPeer? handler = null) : IAcceptor
    {
        public void OnAccepted(AcceptedConnection accepted)
        {
            loop.Adopt(accepted, handler ?? new TestPeer
            {
                WhenReceived = (peer, bytes) =>
                {
                    received?.Invoke(peer);
                    peer.Connection.Send(bytes.Span);
                },
            });
        }
    }
}
