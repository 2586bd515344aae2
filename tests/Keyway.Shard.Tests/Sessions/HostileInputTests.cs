using System.Net;
using System.Net.Sockets;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Simulation;
using Keyway.Shard.Configuration;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Tests.Differential;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Sessions;

/// <summary>What has broken software of this kind before.</summary>
public sealed class HostileInputTests
{
    [Fact]
    public void Inline_requests_of_every_kind_are_answered_as_redis_does()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start();
        using var shard = new LiveShard();
        foreach (string line in (string[])
        [
            "GET \"x\\x4\"\r\n", "PING \"ax\\xff\"\r\n", "PING \"\\x41\\n\\t\\a\\b\\\\\\\"\"\r\n", "SET a \"b\r\n", "PING '\\''\r\n", "PING 'a'b\r\n", "PING \"a\"b\r\n", "PING a\0b\r\n", "PING\n", "\n", "\r\n", " \r\n",
            "ping\tx\r\n", "PING \"\"\r\n", "PING ''\r\n", "  PING  x  \r\n", "PING \xff\r\n", "\"PING\" x\r\n", "'PING'\r\n", "PING\r", "P", "PING \"a\\\r\n", "QUIT\r\n\n", "quit\r\n",
            "*0\r\n", "*-1\r\n", "*-10\r\n", "*1\r\n$4\r\nPINGxx", "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", "*1\r\n$4\r\nPING\n\n", "*1000000000\r\n", "*1\r\n$9223372036854775808\r\n", "*1\r\n$-0\r\n",
            "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$-1\r\n", "$4\r\nPING\r\n", "+PING\r\n", ":1\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n",
        ])
        {
            Assert.Equal((line, Answer(redis.Port, line)), (line, Answer(shard.Port, line)));
        }

        // All that comes until the server closes, or has answered an ECHO that follows.
        static string Answer(int port, string bytes)
        {
            using RespClient client = RespClient.Connect(port);
            client.SendRaw(bytes);
            client.SendRaw("\r\nECHO the-end\r\n");
            client.Socket.Shutdown(SocketShutdown.Send);
            var answer = new StringBuilder();
            var buffer = new byte[4096];
            try
            {
                for (int received; (received = client.Socket.Receive(buffer)) > 0;) answer.Append(Encoding.Latin1.GetString(buffer, 0, received));
            }
            catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
            {
                // It closed before it had read everything.
            }

            return answer.ToString();
        }
    }

    [Fact]
    public void Nested_arrays_are_refused_at_the_first()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();

        Assert.Equal("-ERR Protocol error: expected '$', got '*'\r\n", shard.Send(peer, string.Concat(Enumerable.Repeat("*1\r\n", 50_000))));
        Assert.Equal("+PONG\r\n", shard.Call(shard.Connect(), "PING"));
    }

    [Fact]
    public void A_request_that_never_ends_is_cut_off_at_the_limit_and_its_memory_comes_back()
    {
        using var shard = new TestShard("--client-query-buffer-limit", "1mb");
        SimulatedPeer other = shard.Connect();
        long before = shard.Server.Pool.LentBytes;
        SimulatedPeer peer = shard.Connect();
        shard.Send(peer, "*1048576\r\n");
        string argument = "$1024\r\n" + new string('x', 1024) + "\r\n";
        for (int i = 0; i < 3_000 && !peer.IsClosed && !peer.InputEnded; i++) shard.Send(peer, argument);

        Assert.True(peer.InputEnded || peer.IsClosed);
        Assert.Equal(1, shard.Server.ClientCount);
        Assert.Equal("+PONG\r\n", shard.Call(other, "PING"));
        Assert.Equal(before, shard.Server.Pool.LentBytes);
    }

    [Fact]
    public void Buffers_of_clients_that_leave_come_back_whatever_they_held()
    {
        using var shard = new TestShard();
        SimulatedPeer other = shard.Connect();
        shard.Call(other, $"SET big {new string('x', 100_000)}");
        long before = shard.Server.Pool.LentBytes;
        for (int round = 0; round < 20; round++)
        {
            SimulatedPeer peer = shard.Connect();
            peer.StopReading();
            shard.Send(peer, string.Concat(Enumerable.Repeat("GET big\r\n", 20)) + "*2\r\n$3\r\nGET\r\n$90000\r\n" + new string('y', 50_000));
            peer.Close();
            shard.Network.RunUntilIdle();
        }

        Assert.Equal(1, shard.Server.ClientCount);
        Assert.Equal(before, shard.Server.Pool.LentBytes);
    }

    [Fact]
    public void Who_takes_most_goes_first_when_all_clients_take_too_much()
    {
        using var shard = new TestShard();
        SimulatedPeer small = shard.Connect();
        SimulatedPeer spared = shard.Connect();
        SimulatedPeer large = shard.Connect();
        shard.Call(spared, "CLIENT NO-EVICT on");
        shard.Send(large, "*2\r\n$4\r\nPING\r\n$900000\r\n" + new string('x', 400_000));
        shard.Send(spared, "*2\r\n$4\r\nPING\r\n$900000\r\n" + new string('x', 500_000));
        Assert.Equal(3, shard.Server.ClientCount);

        Assert.Equal("+OK\r\n", shard.Call(small, "CONFIG SET maxmemory-clients 300kb"));
        Assert.True(large.InputEnded || large.IsClosed);
        Assert.Equal(2, shard.Server.ClientCount);
        Assert.Contains("evicted_clients:1\r\n", shard.Call(small, "INFO stats"), StringComparison.Ordinal);

        // A percentage is one of maxmemory.
        shard.Call(small, "CONFIG SET maxmemory 100mb maxmemory-clients 1%");
        SimulatedPeer another = shard.Connect();
        shard.Send(another, "*2\r\n$4\r\nPING\r\n$900000\r\n" + new string('x', 800_000));
        shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.True(another.InputEnded || another.IsClosed);
    }

    [Theory]
    [InlineData("10.1.2.3", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.8.8", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:10.1.2.3", false)]
    public void Without_a_password_only_friends_get_in_while_the_mode_is_protected(string address, bool isFriend)
    {
        using var shard = new TestShard();
        var stranger = new Stranger(new IPEndPoint(IPAddress.Parse(address), 1234));
        if (!isFriend)
        {
            ((IAcceptor)shard.Server).OnAccepted(stranger);
            Assert.StartsWith("-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. ", stranger.LastWord, StringComparison.Ordinal);
            Assert.Equal(1, shard.Server.Statistics.RejectedConnections);
        }

        // Friends, and strangers of a server with a password, come as far as the loop, which knows no such connection.
        shard.Call(shard.Connect(), "CONFIG SET requirepass x");
        var known = new Stranger(new IPEndPoint(IPAddress.Parse(address), 1234));
        Assert.ThrowsAny<Exception>(() => ((IAcceptor)shard.Server).OnAccepted(known));
        Assert.Equal("", known.LastWord);
    }

    [Fact]
    public void Clients_that_reset_their_connections_at_once_stop_nobody()
    {
        using var shard = new LiveShard("--maxclients", "5");
        for (int i = 0; i < 500; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.LingerState = new LingerOption(true, 0);
            socket.Connect(IPAddress.Loopback, shard.Port);
        }

        using RespClient client = ConnectServed(shard.Port);
        Assert.Equal("PONG", client.Call("PING").Text);
    }

    [Fact]
    public void Keys_made_to_collide_elsewhere_do_not_collide_here()
    {
        using var shard = new TestShard("--enable-debug-command", "yes");
        Database database = shard.Server.Databases[0];

        // One slot of a cluster, and equal hashes of the kind 31 * h + c.
        for (int i = 0; i < 1 << 14; i++)
        {
            byte[] key = Encoding.ASCII.GetBytes("{x}" + string.Concat(Enumerable.Range(0, 14).Select(bit => (i >> bit & 1) == 0 ? "Aa" : "BB")));
            database.SetString(database.Find(key), "v"u8, Database.NoExpiry);
        }

        database.MoveBuckets(int.MaxValue);
        TableShape shape = Assert.Single(database.Shapes());
        Assert.Equal(1 << 14, shape.Elements);
        Assert.All(shape.ByLength.Skip(25), count => Assert.Equal(0, count));
    }

    [Fact]
    public void A_unix_socket_has_its_mode_before_anybody_can_connect()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are Unix's");
        string path = Path.Combine(Path.GetTempPath(), $"keyway-{Guid.NewGuid():N}.sock");
        using EventLoop loop = EventLoops.Create(TimeProvider.System);
        var server = new ShardServer(loop, ShardOptions.FromLines(["unixsocketperm 700"]), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        server.Listen(new UnixDomainSocketEndPoint(path));

        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        server.Stop();
        Assert.False(File.Exists(path));
    }

    // Those that were reset are counted until the loop has seen that they are gone.
    private static RespClient ConnectServed(int port)
    {
        RespClient? served = null;
        bool isServed = SpinWait.SpinUntil(
            () =>
            {
                RespClient client = RespClient.Connect(port);
                try
                {
                    if (client.Call("PING").Text == "PONG") served = client;
                }
                catch (Exception gone) when (gone is IOException or SocketException)
                {
                }

                if (served == null) client.Dispose();
                return served != null;
            },
            TimeSpan.FromSeconds(20));
        Assert.True(isServed);
        return served!;
    }

    private sealed class Stranger(EndPoint address) : AcceptedConnection
    {
        public string LastWord { get; private set; } = "";

        public override EndPoint? RemoteEndPoint => address;

        public override void Refuse(ReadOnlySpan<byte> lastWord) => LastWord = Encoding.ASCII.GetString(lastWord);
    }
}
