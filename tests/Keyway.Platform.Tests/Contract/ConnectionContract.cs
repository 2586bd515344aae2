using System.Net;
using System.Net.Sockets;

namespace Keyway.Platform.Tests.Contract;

/// <summary>What every kind of loop promises about connections; each kind runs it in a class of its own.</summary>
public abstract class ConnectionContract
{
    protected abstract LoopWorld NewWorld();

    [Fact]
    public async Task What_is_sent_is_echoed_in_order()
    {
        await using LoopWorld world = NewWorld();
        TestServer server = await TestServer.Start(world, world.NewLoop());
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);

        await world.On(loop, () => client.Send("one "));
        await world.On(loop, () => client.Send("two "));
        await world.On(loop, () => client.Connection.Send("thr"u8, "ee"u8));

        await world.Until(client.Received("one two three"));
    }

    [Fact]
    public async Task Both_ends_may_live_on_one_loop()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        TestServer server = await TestServer.Start(world, loop);
        TestPeer client = await Connect(world, loop, server);

        bool echoedInPlace = false;
        await world.On(loop, () =>
        {
            client.Send("ping");
            echoedInPlace = client.ReceivedLength > 0;
        });

        await world.Until(client.Received("ping"));
        Assert.False(echoedInPlace);
    }

    [Fact]
    public async Task A_connection_may_be_adopted_by_another_loop_than_the_listeners()
    {
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        bool wasThere = false;
        TestServer server = await TestServer.Start(
            world,
            world.NewLoop(),
            () => new TestPeer
            {
                WhenReceived = (peer, bytes) =>
                {
                    wasThere = serving.IsCurrent;
                    peer.Connection.Send(bytes.Span);
                },
            },
            serving);
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);

        await world.On(loop, () => client.Send("ping"));

        await world.Until(client.Received("ping"));
        Assert.True(wasThere);
        Assert.Same(serving, server.Peer(0).Connection.Loop);
    }

    [Fact]
    public async Task Connecting_where_nobody_listens_ends_with_the_refusal_and_nothing_else()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        EndPoint dead = world.DeadEndPoint();
        var client = new TestPeer();
        bool closedInPlace = false;

        await world.On(loop, () =>
        {
            world.Connect(loop, dead, client);
            closedInPlace = client.HasClosed;
        });

        await world.Until(client.Closed());
        Assert.False(closedInPlace);
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(client.Error, exactMatch: false).SocketErrorCode);
        Assert.Equal("closed", client.Calls);
        Assert.False(client.Connection.IsOpen);
    }

    [Fact]
    public async Task A_slow_reader_makes_sends_short_and_room_is_told_until_all_has_arrived()
    {
        const int length = 24 * 1024 * 1024;
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving, () => new TestPeer());
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);
        TestPeer reader = await server.Accepted();
        await world.On(serving, reader.Connection.PauseReading);

        byte[] data = new byte[length];
        new Random(7).NextBytes(data);
        int sent = 0;
        bool wasShort = false;
        void SendOn(TestPeer peer)
        {
            while (sent < length)
            {
                int taken = peer.Connection.Send(data.AsSpan(sent, Math.Min(100_000, length - sent)));
                sent += taken;
                if (taken == 0)
                {
                    wasShort = true;
                    return;
                }
            }
        }

        client.WhenWritable = SendOn;
        await world.On(loop, () => SendOn(client));
        Assert.True(wasShort);
        Assert.InRange(sent, 1, length - 1);

        // Nothing more is taken, nor told, while nobody reads.
        Assert.Equal(0, await world.On(loop, () => client.Connection.Send("x"u8)));
        await world.On(serving, reader.Connection.ResumeReading);

        await world.Until(reader.Received(length));
        Assert.Equal(data, reader.Bytes);
        Assert.Contains("writable", client.Calls);
        if (!AddsBytes) Assert.Equal(length, loop.Statistics.SentBytes);
        if (!AddsBytes) Assert.Equal(length, serving.Statistics.ReceivedBytes);
    }

    [Fact]
    public async Task A_paused_connection_is_told_of_nothing_until_it_resumes()
    {
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving, () => new TestPeer());
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);
        TestPeer reader = await server.Accepted();

        await world.On(serving, reader.Connection.PauseReading);
        await world.On(loop, () => client.Send("held"));
        await world.On(loop, client.Connection.Close);
        await world.Until(client.Closed());
        // Two turns of the reader's loop, in which it could have been told.
        await world.On(serving, () => { });
        await world.On(serving, () => { });
        Assert.Equal("", reader.Calls);

        await world.On(serving, reader.Connection.ResumeReading);
        await world.Until(reader.Closed());
        Assert.Equal("held", reader.Text);
        Assert.Equal("received end closed", reader.Calls);
        Assert.Null(reader.Error);
    }

    [Fact]
    public async Task Pausing_while_bytes_are_delivered_holds_back_the_next_ones()
    {
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving, () => new TestPeer { WhenReceived = (peer, _) => peer.Connection.PauseReading() });
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);
        TestPeer reader = await server.Accepted();

        await world.On(loop, () => client.Send("1"));
        await world.Until(reader.Received("1"));
        await world.On(loop, () => client.Send("2"));
        await world.On(serving, () => { });
        await world.On(serving, () => { });
        Assert.Equal("1", reader.Text);

        await world.On(serving, reader.Connection.ResumeReading);
        await world.Until(reader.Received("12"));
    }

    [Fact]
    public async Task What_was_taken_before_a_close_still_arrives()
    {
        await using LoopWorld world = NewWorld();
        TestServer server = await TestServer.Start(world, world.NewLoop(), () => new TestPeer
        {
            // A last word while there is more input than we will ever read.
            WhenReceived = (peer, _) =>
            {
                peer.Send("bye");
                peer.Connection.Close();
            },
        });
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);

        await world.On(loop, () =>
        {
            client.Send("quit");
            client.Connection.Send(new byte[20_000]);
        });

        await world.Until(client.Closed());
        Assert.Equal("bye", client.Text);
        Assert.Equal("connected received end closed", client.Calls);
        Assert.Null(client.Error);
        TestPeer closer = await server.Accepted();
        await world.Until(closer.Closed());
        Assert.Null(closer.Error);
    }

    [Fact]
    public async Task A_handler_that_stays_after_the_end_of_input_is_not_told_again_and_closes_when_it_likes()
    {
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving, () => new TestPeer { WhenEnded = _ => { } });
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);
        TestPeer reader = await server.Accepted();

        await world.On(loop, () => client.Send("last"));
        await world.On(loop, client.Connection.Close);
        await world.Until(reader.Called("end"));
        Assert.Equal("last", reader.Text);

        await world.On(serving, reader.Connection.Close);
        await world.Until(reader.Closed());
        Assert.Equal("received end closed", reader.Calls);
    }

    [Fact]
    public async Task An_abort_reaches_the_peer_as_an_error_and_ours_as_a_plain_end()
    {
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving, () => new TestPeer());
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);
        TestPeer reader = await server.Accepted();

        bool closedInPlace = false;
        await world.On(loop, () =>
        {
            client.Connection.Abort();
            closedInPlace = client.HasClosed;
        });

        await world.Until(client.Closed());
        Assert.False(closedInPlace);
        Assert.Null(client.Error);
        await world.Until(reader.Closed());
        if (CutsShow) Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(reader.Error, exactMatch: false).SocketErrorCode);
    }

    /// <summary>A Unix socket has no reset: a cut looks like an end.</summary>
    protected virtual bool CutsShow => true;

    /// <summary>More goes over the wire than handlers send.</summary>
    protected virtual bool AddsBytes => false;

    [Fact]
    public async Task The_end_is_told_once_however_often_it_is_asked_for()
    {
        await using LoopWorld world = NewWorld();
        TestServer server = await TestServer.Start(world, world.NewLoop());
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);

        await world.On(loop, () =>
        {
            client.Connection.Close();
            client.Connection.Abort();
            client.Connection.Close();
            Assert.False(client.Connection.IsOpen);
            Assert.Equal(0, client.Send("too late"));
            client.Connection.PauseReading();
            client.Connection.ResumeReading();
        });
        TestPeer peer = await server.Accepted();
        await world.Until(peer.Closed());
        await world.On(loop, () => { });
        await world.On(loop, () => { });

        Assert.Equal(1, client.ClosedCalls);
        Assert.Equal(1, peer.ClosedCalls);
        Assert.Equal(0, await world.On(loop, () => loop.Statistics.OpenConnections));
    }

    [Fact]
    public async Task Closing_while_connecting_ends_it_without_an_error()
    {
        await using LoopWorld world = NewWorld();
        TestServer server = await TestServer.Start(world, world.NewLoop());
        EventLoop loop = world.NewLoop();
        var client = new TestPeer();

        await world.On(loop, () => world.Connect(loop, server.EndPoint, client).Close());

        await world.Until(client.Closed());
        Assert.Equal("closed", client.Calls);
        Assert.Null(client.Error);
    }

    [Fact]
    public async Task What_is_sent_before_the_connection_stands_is_not_taken_and_room_is_told_after()
    {
        await using LoopWorld world = NewWorld();
        TestServer server = await TestServer.Start(world, world.NewLoop());
        EventLoop loop = world.NewLoop();
        var client = new TestPeer { WhenWritable = peer => peer.Send("now") };

        int taken = await world.On(loop, () =>
        {
            world.Connect(loop, server.EndPoint, client);
            return client.Send("early");
        });

        await world.Until(client.Received("now"));
        Assert.Equal(0, taken);
        Assert.Equal("connected writable received", client.Calls);
    }

    [Fact]
    public async Task A_handler_that_throws_loses_its_connection_and_no_other()
    {
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        var reported = new List<Exception>();
        await world.On(serving, () => serving.Unhandled = reported.Add);
        TestServer server = await TestServer.Start(world, serving, () => new TestPeer
        {
            WhenReceived = (peer, bytes) =>
            {
                if (bytes.Span[0] == (byte)'!') throw new InvalidDataException("broken");
                peer.Connection.Send(bytes.Span);
            },
        });
        EventLoop loop = world.NewLoop();
        TestPeer good = await Connect(world, loop, server);
        TestPeer bad = await Connect(world, loop, server);

        await world.On(loop, () =>
        {
            bad.Send("!");
            good.Send("still here");
        });

        await world.Until(bad.Closed());
        await world.Until(good.Received("still here"));
        Assert.Equal("broken", Assert.Single(reported).Message);
        Assert.True(good.Connection.IsOpen);
    }

    [Fact]
    public async Task An_acceptor_that_throws_costs_that_connection_only()
    {
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        int failures = 0;
        await world.On(serving, () => serving.Unhandled = _ => failures++);
        TestServer server = await TestServer.Start(world, serving);
        server.WhenAccepted = _ => throw new InvalidDataException("broken");
        EventLoop loop = world.NewLoop();
        var refused = new TestPeer();
        await world.On(loop, () => world.Connect(loop, server.EndPoint, refused));
        await world.Until(refused.Closed());

        server.WhenAccepted = null;
        TestPeer client = await Connect(world, loop, server);
        await world.On(loop, () => client.Send("ping"));
        await world.Until(client.Received("ping"));
        Assert.Equal(1, failures);
    }

    [Fact]
    public async Task A_refused_connection_hears_the_last_word()
    {
        await using LoopWorld world = NewWorld();
        TestServer server = await TestServer.Start(world, world.NewLoop());
        server.WhenAccepted = accepted => accepted.Refuse("-ERR max number of clients reached\r\n"u8);
        EventLoop loop = world.NewLoop();
        var client = new TestPeer();
        await world.On(loop, () => world.Connect(loop, server.EndPoint, client));

        await world.Until(client.Closed());
        Assert.Equal(RefusesSilently ? "" : "-ERR max number of clients reached\r\n", client.Text);
    }

    /// <summary>Before TLS has shaken hands, nothing can be said.</summary>
    protected virtual bool RefusesSilently => false;

    [Fact]
    public async Task A_handler_can_be_exchanged_and_the_next_one_hears_what_follows()
    {
        await using LoopWorld world = NewWorld();
        TestServer server = await TestServer.Start(world, world.NewLoop());
        EventLoop loop = world.NewLoop();
        var second = new TestPeer();
        TestPeer first = await Connect(world, loop, server);
        first.WhenReceived = (peer, _) => peer.Connection.HandOver(second);

        await world.On(loop, () => first.Send("a"));
        await world.Until(first.Received("a"));
        await world.On(loop, () => second.Send("b"));
        await world.Until(second.Received("b"));
        await world.On(loop, second.Connection.Close);
        await world.Until(second.Closed());
        Assert.Equal(0, first.ClosedCalls);
    }

    /// <summary>How many connections at once a test may be made of.</summary>
    protected virtual int Many => 1000;

    [Fact]
    public async Task Many_connections_are_served_and_their_places_used_again()
    {
        int count = Many;
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving);
        EventLoop loop = world.NewLoop();

        for (int round = 0; round < 2; round++)
        {
            TestPeer[] clients = new TestPeer[count];
            await world.On(loop, () =>
            {
                for (int i = 0; i < count; i++)
                {
                    int number = i;
                    clients[i] = new TestPeer { WhenConnected = peer => peer.Send($"hello {number}") };
                    world.Connect(loop, server.EndPoint, clients[i]);
                }
            });
            for (int i = 0; i < count; i++) await world.Until(clients[i].Received($"hello {i}"));

            await world.On(loop, () =>
            {
                foreach (TestPeer client in clients) client.Connection.Close();
            });
            for (int i = 0; i < count; i++)
            {
                await world.Until(clients[i].Closed());
                TestPeer peer = await server.Accepted(round * count + i + 1);
                await world.Until(peer.Closed());
                Assert.Null(peer.Error);
            }
        }
        Assert.Equal(0, await world.On(serving, () => serving.Statistics.OpenConnections));
    }

    [Fact]
    public async Task A_connection_closed_and_another_opened_in_one_turn_do_not_hear_each_others_events()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        TestServer server = await TestServer.Start(world, loop);
        TestPeer old = await Connect(world, loop, server);
        TestPeer next = new();

        for (int i = 0; i < 50; i++)
        {
            TestPeer closing = old;
            string before = closing.Text;
            next = new TestPeer();
            await world.On(loop, () =>
            {
                closing.Send("lost");
                closing.Connection.Abort();
                world.Connect(loop, server.EndPoint, next);
            });
            await world.Until(next.Called("connected"));
            await world.On(loop, () => next.Send("kept"));
            await world.Until(next.Received("kept"));
            Assert.Equal(before, closing.Text);
            Assert.Equal(1, closing.ClosedCalls);
            old = next;
        }
    }

    [Fact]
    public async Task A_disposed_listener_refuses_and_lets_its_connections_live()
    {
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving);
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);
        await server.Accepted();
        await world.On(serving, server.Listener.Dispose);

        var late = new TestPeer();
        await world.On(loop, () => world.Connect(loop, server.EndPoint, late));
        await world.Until(late.Closed());
        Assert.NotNull(late.Error);

        await world.On(loop, () => client.Send("ping"));
        await world.Until(client.Received("ping"));
        // The place is free again.
        await world.On(serving, () => serving.Listen(server.EndPoint, server));
    }

    [Fact]
    public async Task A_second_listener_on_the_same_place_is_refused()
    {
        await using LoopWorld world = NewWorld();
        EventLoop loop = world.NewLoop();
        TestServer server = await TestServer.Start(world, loop);

        await Assert.ThrowsAsync<AddressInUseException>(() => world.On(loop, () => loop.Listen(server.EndPoint, server)));
    }

    [Fact]
    public async Task Peers_of_a_disposed_loop_see_their_connections_end()
    {
        await using LoopWorld world = NewWorld();
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving);
        EventLoop loop = world.NewLoop();
        TestPeer client = await Connect(world, loop, server);

        serving.Dispose();

        await world.Until(client.Closed());
    }

    protected static async Task<TestPeer> Connect(LoopWorld world, EventLoop loop, TestServer server)
    {
        var client = new TestPeer();
        await world.On(loop, () => world.Connect(loop, server.EndPoint, client));
        await world.Until(client.Called("connected"));
        return client;
    }
}
