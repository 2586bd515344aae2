using Keyway.Gateway.Tests.Harness;
using Keyway.Testing.RealServers;

namespace Keyway.Gateway.Tests.Protocol;

/// <summary>What breaks the protocol gets Redis's words and loses its connection; what only looks broken is served.</summary>
public class MalformedInputTests
{
    private const string Count = "-ERR Protocol error: invalid multibulk length\r\n";
    private const string Bulk = "-ERR Protocol error: invalid bulk length\r\n";
    private const string Ping = "*1\r\n$4\r\nPING\r\n";

    /// <summary>Input, reply, and whether the connection is closed behind it.</summary>
    public static TheoryData<string, string, bool> Rows => new()
    {
        { "*2147483648\r\n", Count, true },
        { "*9223372036854775808\r\n", Count, true },
        { "*18446744073709551619\r\n", Count, true },
        { "*+1\r\n", Count, true },
        { "*01\r\n", Count, true },
        { "* 1\r\n", Count, true },
        { "*abc\r\n", Count, true },
        { "*\r\n", Count, true },
        { "*2147483647\r\n", "", false },
        { "*10000000\r\n", "", false },
        { "*0\r\n" + Ping, "+PONG\r\n", false },
        { "*-1\r\n" + Ping, "+PONG\r\n", false },
        { "*-10\r\n" + Ping, "+PONG\r\n", false },
        { "\r\n\r\n" + Ping, "+PONG\r\n", false },
        { "*1\r\n$9223372036854775808\r\n", Bulk, true },
        { "*1\r\n$18446744073709551619\r\n", Bulk, true },
        { "*1\r\n$536870913\r\n", Bulk, true },
        { "*3\r\n$3\r\nSET\r\n$3\r\na:1\r\n$536870912\r\n", "", false },
        { "*1\r\n$-1\r\n", Bulk, true },
        { "*1\r\n$-0\r\n", Bulk, true },
        { "*1\r\n$04\r\nPING\r\n", Bulk, true },
        { "*1\r\n$abc\r\n", Bulk, true },
        { "*1\r\n$ 3\r\n", Bulk, true },
        { "*1\r\n$\r\n", Bulk, true },
        { "*1\r\n*1\r\n", "-ERR Protocol error: expected '$', got '*'\r\n", true },
        { "*1\r\n:1\r\n", "-ERR Protocol error: expected '$', got ':'\r\n", true },
        { string.Concat(Enumerable.Repeat("*1\r\n", 10_000)), "-ERR Protocol error: expected '$', got '*'\r\n", true },
        { "*" + new string('1', 70_000), "-ERR Protocol error: too big mbulk count string\r\n", true },
        { "*1\r\n$" + new string('1', 70_000), "-ERR Protocol error: too big bulk count string\r\n", true },
        { new string('x', 70_000), "-ERR Protocol error: too big inline request\r\n", true },
        { "PING \"abc\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n", true },
        { "PING \"abc\"d\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n", true },
        { "ECHO '\\'\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n", true },
        { "ECHO \"x\\x4\"\r\n", "$3\r\nxx4\r\n", false },
        { "ECHO \"a\\xffb\"\r\n", "$3\r\na\u00ffb\r\n", false },
        { "PING\n", "+PONG\r\n", false },
        { "PING\r\n", "+PONG\r\n", false },
        { "quit\r\n\n", "+OK\r\n", true },
        { Ping + "*1\r\n$-1\r\n" + Ping, "+PONG\r\n" + Bulk, true },
        { "POST / HTTP/1.1\r\nHost: x\r\n\r\nSET a:1 b\r\n", "", true },
        { "host: evil\r\nSET a:1 b\r\n", "", true },
        { "*3\r\n$4\r\npOsT\r\n$1\r\n/\r\n$8\r\nHTTP/1.1\r\n" + Ping, "", true },
    };

    /// <summary>The same for a client that has not said the password.</summary>
    public static TheoryData<string, string, bool> UnauthenticatedRows => new()
    {
        { "*11\r\n", "-ERR Protocol error: unauthenticated multibulk length\r\n", true },
        { "*10\r\n", "", false },
        { "*1\r\n$16385\r\n", "-ERR Protocol error: unauthenticated bulk length\r\n", true },
        { "*1\r\n$16384\r\n", "", false },
        { "*2\r\n$3\r\nGET\r\n$3\r\na:1\r\n", "-NOAUTH Authentication required.\r\n", false },
        { "*1\r\n$4\r\nPING\r\n", "-NOAUTH Authentication required.\r\n", false },
        { "*1\r\n$3\r\nGET\r\n", "-ERR wrong number of arguments for 'get' command\r\n", false },
        { "*1\r\n$7\r\nNOSUCHX\r\n", "-ERR unknown command 'NOSUCHX', with args beginning with: \r\n", false },
        { "AUTH wrong\r\n", "-WRONGPASS invalid username-password pair or user is disabled.\r\n", false },
        { "AUTH secret\r\n*1\r\n$4\r\nPING\r\n", "+OK\r\n+PONG\r\n", false },
        { "AUTH default secret\r\nPING\r\n", "+OK\r\n+PONG\r\n", false },
        { "HELLO 3\r\n", "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time\r\n", false },
        { "QUIT\r\n", "+OK\r\n", true },
        { "POST / HTTP/1.1\r\nAUTH secret\r\n", "", true },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Broken_input_gets_Rediss_words(string input, string reply, bool closes) => Check(password: null, input, reply, closes);

    [Theory]
    [MemberData(nameof(UnauthenticatedRows))]
    public void Strangers_have_narrower_limits(string input, string reply, bool closes) => Check("secret", input, reply, closes);

    [Fact]
    public void Redis_says_the_same()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer open = RedisServer.Start();
        using RedisServer guarded = RedisServer.Start("--requirepass", "secret");
        foreach ((string input, string reply, bool closes) in Rows.Select(row => row.Data)) CheckReal(open, input, reply, closes);
        foreach ((string input, string reply, bool closes) in UnauthenticatedRows.Select(row => row.Data)) CheckReal(guarded, input, reply, closes);
    }

    [Fact]
    public void A_page_that_is_asked_for_ends_at_its_Host_line()
    {
        TestGateway gateway = WithPassword(null);
        TestClient client = gateway.Connect();
        client.TrySendRaw("GET / HTTP/1.1\r\nHost: x\r\n\r\nSET a:1 b\r\n");
        client.Received("-ERR wrong number of arguments for 'get' command\r\n");
        Assert.True(client.IsClosed);
        Assert.Empty(gateway.Shard("a").Log);
        Assert.Contains(gateway.Log.Lines, line => line.StartsWith("Possible attack"));
    }

    /// <summary>It begins with its hello, whose random bytes may hold a line end or a quote, and waits for one that it understands.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("ab\ncd\n" + Ping)]
    [InlineData(" \"ab\ncd\n" + Ping)]
    public void A_client_that_speaks_TLS_is_closed_and_the_log_says_so(string random)
    {
        Check(password: null, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + random, reply: "", closes: true);
        Check("secret", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + random, reply: "", closes: true);

        TestGateway gateway = WithPassword(null);
        for (int i = 0; i < 5; i++) gateway.Connect().TrySendRaw("\u0016\u0003\u0001" + random);
        Assert.Equal(1, gateway.Log.Lines.Count(line => line.Contains("it speaks TLS, and the pool has none", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_client_that_has_said_the_password_has_the_wider_limits_at_once()
    {
        TestGateway gateway = WithPassword("secret");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("AUTH", "secret") + TestClient.Encode("SET", "a:1", new string('x', 20_000)));
        Assert.Equal(["SET a:1 <20000 bytes>"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void A_declared_length_costs_no_memory()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient[] clients = [.. Enumerable.Range(0, 200).Select(_ => gateway.Connect())];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (TestClient client in clients) client.SendRaw("*2147483647\r\n$536870912\r\n");
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(grown, long.MinValue, clients.Length * 64 * 1024);
    }

    private static void Check(string? password, string input, string reply, bool closes)
    {
        foreach (int atMost in new[] { int.MaxValue, 1 })
        {
            TestGateway gateway = WithPassword(password);
            gateway.Network.Capacity = 256 * 1024;
            gateway.Network.DeliverAtMost = input.Length < 1000 ? atMost : int.MaxValue;
            TestClient client = gateway.Connect();
            client.TrySendRaw(input);
            Assert.Equal(reply, client.Take());
            Assert.Equal(closes, client.IsClosed || client.Peer.InputEnded);
            Assert.Empty(gateway.Shard("a").Log);
        }
    }

    private static void CheckReal(RedisServer redis, string input, string reply, bool closes)
    {
        using RespClient client = redis.Connect();
        client.SendRaw(input);
        if (!closes && reply.Length == 0)
        {
            // Nothing comes from a server that waits for more: another connection's answer shows that it has had time to.
            using RespClient other = redis.Connect();
            other.Call("PING");
            Assert.Equal(0, client.Socket.Available);
            return;
        }
        var received = new System.Text.StringBuilder();
        byte[] buffer = new byte[4096];
        while (received.Length < reply.Length || closes)
        {
            int count;
            try
            {
                count = client.Socket.Receive(buffer);
            }
            catch (System.Net.Sockets.SocketException)
            {
                break;
            }
            if (count == 0) break;
            received.Append(System.Text.Encoding.Latin1.GetString(buffer, 0, count));
        }
        Assert.Equal(reply, received.ToString());
    }

    private static TestGateway WithPassword(string? password) =>
        TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { Password = password }] });
}
