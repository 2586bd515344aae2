using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Keyway.Platform.Epoll;
using Keyway.Platform.Tests.Contract;

namespace Keyway.Platform.Tests;

/// <summary>What only a peer outside of our loops can do, or only the system can tell.</summary>
public sealed class RealSocketTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Transports => OperatingSystem.IsLinux() ? ["epoll", "sockets"] : ["sockets"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_that_has_shut_its_side_still_gets_its_reply(string transport)
    {
        await using ThreadedWorld world = NewWorld(transport, ThreadedWorld.Kind.Tcp);
        TestServer server = await TestServer.Start(world, world.NewLoop(), () => new TestPeer
        {
            WhenEnded = peer =>
            {
                peer.Send("late reply");
                peer.Connection.Close();
            },
        });
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)server.EndPoint);
        client.GetStream().Write("GET a"u8);
        client.Client.Shutdown(SocketShutdown.Send);

        Assert.Equal("late reply", await ReadAll(client));
        Assert.Equal("GET a", server.Peer(0).Text);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Small_pieces_wait_for_others_where_that_is_wanted(string transport)
    {
        await using ThreadedWorld world = NewWorld(transport, ThreadedWorld.Kind.Tcp);
        var seen = new List<bool>();
        TestServer server = await TestServer.Start(world, world.NewLoop(), () => new TestPeer
        {
            WhenReceived = (peer, _) =>
            {
                var socket = new Socket(new SafeSocketHandle(peer.Connection.Descriptor, ownsHandle: false));
                seen.Add(socket.NoDelay);
                peer.Connection.GatherPackets(true);
                seen.Add(socket.NoDelay);
                peer.Connection.GatherPackets(false);
                seen.Add(socket.NoDelay);
                peer.Connection.Close();
            },
        });
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)server.EndPoint);
        client.GetStream().Write("x"u8);
        Assert.Equal("", await ReadAll(client));
        Assert.Equal([true, false, true], seen);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_last_word_reaches_a_client_that_is_still_sending(string transport)
    {
        await using ThreadedWorld world = NewWorld(transport, ThreadedWorld.Kind.Tcp);
        TestServer server = await TestServer.Start(world, world.NewLoop(), () => new TestPeer
        {
            WhenReceived = (peer, _) =>
            {
                peer.Send("-ERR Protocol error\r\n");
                peer.Connection.Close();
            },
        });
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)server.EndPoint);
        for (int i = 0; i < 50; i++) client.GetStream().Write(new byte[10_000]);
        client.Client.Shutdown(SocketShutdown.Send);

        Assert.Equal("-ERR Protocol error\r\n", await ReadAll(client));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_name_is_resolved_and_one_that_does_not_exist_ends_the_connection(string transport)
    {
        await using ThreadedWorld world = NewWorld(transport, ThreadedWorld.Kind.Tcp);
        TestServer server = await TestServer.Start(world, world.NewLoop());
        EventLoop loop = world.NewLoop();
        var client = new TestPeer { WhenConnected = peer => peer.Send("ping") };
        var lost = new TestPeer();
        await world.On(loop, () =>
        {
            loop.Connect(new DnsEndPoint("localhost", ((IPEndPoint)server.EndPoint).Port), client);
            loop.Connect(new DnsEndPoint("no-such-host.invalid", 6379), lost);
        });

        await world.Until(client.Received("ping"));
        await world.Until(lost.Closed());
        Assert.NotNull(lost.Error);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Endpoints_are_told_on_both_sides(string transport)
    {
        await using ThreadedWorld world = NewWorld(transport, ThreadedWorld.Kind.Tcp);
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving);
        EventLoop loop = world.NewLoop();
        var client = new TestPeer();
        await world.On(loop, () => loop.Connect(server.EndPoint, client));
        TestPeer peer = await server.Accepted();
        await world.Until(client.Called("connected"));

        EndPoint? local = await world.On(loop, () => client.Connection.LocalEndPoint);
        Assert.Equal(local, await world.On(serving, () => peer.Connection.RemoteEndPoint));
        Assert.Equal(server.EndPoint, await world.On(loop, () => client.Connection.RemoteEndPoint));
        Assert.Equal(server.EndPoint, await world.On(serving, () => peer.Connection.LocalEndPoint));
        if (!OperatingSystem.IsWindows()) Assert.True(peer.Connection.Descriptor > 2);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_port_in_use_is_refused_with_the_process_that_holds_it(string transport)
    {
        await using ThreadedWorld world = NewWorld(transport, ThreadedWorld.Kind.Tcp);
        EventLoop loop = world.NewLoop();
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Any, 0));
        holder.Listen();
        var wanted = new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)holder.LocalEndPoint!).Port);

        var error = await Assert.ThrowsAsync<AddressInUseException>(() => world.On(loop, () => loop.Listen(wanted, new RefuseAll())));
        Assert.Contains(wanted.ToString(), error.Message);
        if (OperatingSystem.IsLinux()) Assert.Contains($"process {Environment.ProcessId} (", error.Message);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_unix_socket_has_its_mode_and_a_stale_file_is_replaced_but_no_living_one(string transport)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("files have no mode here");
        await using ThreadedWorld world = NewWorld(transport, ThreadedWorld.Kind.Unix);
        EventLoop loop = world.NewLoop();
        var endPoint = (UnixDomainSocketEndPoint)world.NewEndPoint();
        string path = endPoint.ToString();
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Moved, or it would be removed with its socket, which a killed process does not do.
            dead.Bind(new UnixDomainSocketEndPoint(path + ".old"));
            File.Move(path + ".old", path);
        }
        Assert.True(File.Exists(path));

        var options = new ListenOptions { UnixSocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        Listener listener = await world.On(loop, () => loop.Listen(endPoint, new RefuseAll(), options));
        if (!OperatingSystem.IsWindows()) Assert.Equal(options.UnixSocketMode, File.GetUnixFileMode(path));

        var error = await Assert.ThrowsAsync<AddressInUseException>(() => world.On(loop, () => loop.Listen(endPoint, new RefuseAll(), options)));
        if (OperatingSystem.IsLinux()) Assert.Contains($"process {Environment.ProcessId} (", error.Message);
        Assert.True(File.Exists(path));

        await world.On(loop, listener.Dispose);
        Assert.False(File.Exists(path));

        File.WriteAllText(path, "precious");
        await Assert.ThrowsAsync<AddressInUseException>(() => world.On(loop, () => loop.Listen(endPoint, new RefuseAll())));
        Assert.Equal("precious", File.ReadAllText(path));
    }

    [Theory]
    [InlineData(ThreadedWorld.Kind.Tcp, false)]
    [InlineData(ThreadedWorld.Kind.Unix, false)]
    [InlineData(ThreadedWorld.Kind.Tcp, true)]
    [InlineData(ThreadedWorld.Kind.Unix, true)]
    public async Task A_peer_that_hangs_up_on_a_connection_that_is_not_read_lets_the_loop_sleep(ThreadedWorld.Kind kind, bool reset)
    {
        await using ThreadedWorld world = NewWorld(OperatingSystem.IsLinux() ? "epoll" : "sockets", kind);
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving, () => new TestPeer { WhenEnded = _ => { } });
        using var client = new Socket(server.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(server.EndPoint);
        TestPeer peer = await server.Accepted();
        await world.On(serving, peer.Connection.PauseReading);

        client.Send("unread"u8);
        if (reset) client.LingerState = new LingerOption(true, 0);
        client.Close();

        // Each On is one turn when nothing else wakes the loop; a loop that cannot sleep makes hundreds between two.
        for (int i = 0; i < 20; i++) await world.On(serving, () => { });
        long before = await world.On(serving, () => serving.Statistics.Turns);
        for (int i = 0; i < 50; i++) await world.On(serving, () => { });
        long turns = await world.On(serving, () => serving.Statistics.Turns) - before;
        Assert.InRange(turns, 1, 60);

        if (reset && kind == ThreadedWorld.Kind.Tcp)
        {
            // Nothing can be said or heard any more, so the end is not kept back.
            await world.Until(peer.Closed());
            Assert.NotNull(peer.Error);
            return;
        }

        await world.On(serving, peer.Connection.ResumeReading);
        await world.Until(peer.Called("end"));
        Assert.Equal("unread", peer.Text);
    }

    [Fact]
    public async Task Without_descriptors_waiting_clients_are_closed_and_later_ones_served()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("needs prlimit and /proc");
        const string role = "KEYWAY_TEST_WITHOUT_DESCRIPTORS";
        const string test = $"{nameof(Keyway)}.{nameof(Platform)}.{nameof(Tests)}.{nameof(RealSocketTests)}.{nameof(Without_descriptors_waiting_clients_are_closed_and_later_ones_served)}";
        if (Environment.GetEnvironmentVariable(role) == null)
        {
            // In a process of its own, for the limit counts for all of a process.
            var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, UseShellExecute = false };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add($"ulimit -n 300; exec '{Environment.ProcessPath}' {Assembly()} -method {test}");
            start.Environment[role] = "1";
            using Process child = Process.Start(start)!;
            string output = await child.StandardOutput.ReadToEndAsync().WaitAsync(Guard * 2);
            await child.WaitForExitAsync().WaitAsync(Guard);
            Assert.True(child.ExitCode == 0, output);
            Assert.Contains("Total: 1,", output);
            return;
        }

        await using ThreadedWorld world = NewWorld("epoll", ThreadedWorld.Kind.Tcp);
        EventLoop loop = world.NewLoop();
        TestServer server = await TestServer.Start(world, loop);
        using var served = new TcpClient();
        await served.ConnectAsync((IPEndPoint)server.EndPoint);
        await server.Accepted();

        // Has the runtime start the thread of its timers while it can.
        await Task.Delay(1);

        using var refused = new TcpClient();
        RunOutOfDescriptors(loop, () => refused.Connect((IPEndPoint)server.EndPoint));
        Assert.Equal("", await ReadAll(refused));

        // Without even the spare, clients wait until there is room again; the loop pauses in between.
        await world.On(loop, () =>
        {
            if (OperatingSystem.IsLinux()) ((EpollEventLoop)loop).Spare.GiveUp();
        });
        using var late = new TcpClient();
        RunOutOfDescriptors(loop, () => late.Connect((IPEndPoint)server.EndPoint));
        Assert.Equal("late", await Echoed(late, "late"));
        Assert.Equal("served", await Echoed(served, "served"));
        Assert.Equal(2, server.Count);
    }

    // Within two turns, all on the loop's thread, while this one waits: without descriptors the runtime cannot start a thread, and dies.
    private static void RunOutOfDescriptors(EventLoop loop, Action meanwhile)
    {
        var hoard = new List<Socket>();
        using var done = new ManualResetEventSlim();
        loop.Post(() =>
        {
            meanwhile();
            try
            {
                while (true) hoard.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            }
            catch (SocketException)
            {
                // The next turn begins with what waits to be accepted.
            }
            loop.Post(() =>
            {
                foreach (Socket socket in hoard) socket.Dispose();
                done.Set();
            });
        });
        Assert.True(done.Wait(Guard));
    }

    private static async Task<string> Echoed(TcpClient client, string text)
    {
        await client.Client.SendAsync(Encoding.ASCII.GetBytes(text));
        client.Client.Shutdown(SocketShutdown.Send);
        return await ReadAll(client);
    }

    // Run by the dotnet host or as its own executable.
    private static string Assembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? $"'{typeof(RealSocketTests).Assembly.Location}'" : "";

    private static ThreadedWorld NewWorld(string transport, ThreadedWorld.Kind kind) =>
        new(() => EventLoops.Create(TimeProvider.System, transport), kind);

    private static async Task<string> ReadAll(TcpClient client)
    {
        byte[] buffer = new byte[4096];
        var text = new StringBuilder();
        try
        {
            while (await client.Client.ReceiveAsync(buffer).WaitAsync(Guard) is var length and > 0)
                text.Append(Encoding.ASCII.GetString(buffer, 0, length));
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            // An end as well: what counts is what came before it.
        }
        return text.ToString();
    }

    private sealed class RefuseAll : IAcceptor
    {
        public void OnAccepted(AcceptedConnection accepted) => accepted.Refuse([]);
    }
}
