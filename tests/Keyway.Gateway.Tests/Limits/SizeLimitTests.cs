using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Limits;

/// <summary>max_key, max_value, and what all clients together may leave untaken.</summary>
public sealed class SizeLimitTests
{
    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void A_key_may_be_as_long_as_max_key(int length, bool allowed)
    {
        TestGateway gateway = With(pool => pool with { MaxKey = 8 });
        gateway.Shard("a").Answer = _ => "+a\r\n";
        TestClient client = gateway.Connect();
        string key = "a:".PadRight(length, 'k');
        string refusal = $"-ERR key of {length} bytes is too long; this pool's max_key is 8\r\n";
        foreach (string request in new[] { $"GET {key}", $"SET {key} {new string('v', 500)}", $"RENAME a:1 {key}", $"SORT a:1 STORE {key}", $"MGET a:1 {key}", $"OBJECT ENCODING {key}" })
        {
            string expected = allowed ? "+a\r\n" : refusal;
            Assert.StartsWith(expected, client.Ask(request));
        }
        Assert.Equal("+a\r\n", client.Ask("SET a:1 " + new string('v', 10_000)));
        Assert.Equal(!allowed, !gateway.Shard("a").Log.Exists(request => request.Contains(key)));
    }

    [Fact]
    public void A_large_request_with_a_key_too_long_is_read_away()
    {
        TestGateway gateway = With(pool => pool with { MaxKey = 100 });
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("SET", "a:".PadRight(200, 'k'), new string('v', 300_000)) + TestClient.Encode("PING"));
        client.Received("-ERR key of 200 bytes is too long; this pool's max_key is 100\r\n+PONG\r\n");
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void A_value_may_be_as_long_as_max_value()
    {
        TestGateway gateway = With(pool => pool with { MaxValue = 2000 });
        gateway.Shard("a").Answer = _ => "+a\r\n";
        TestClient client = gateway.Connect();
        Assert.Contains("$4\r\n2000\r\n", client.Ask("CONFIG GET proto-max-bulk-len"));
        Assert.Equal("+a\r\n", client.Ask("SET a:1 " + new string('v', 2000)));
        client.SendRaw("*3\r\n$3\r\nSET\r\n$3\r\na:1\r\n$2001\r\n");
        client.Received("-ERR Protocol error: invalid bulk length\r\n");
        Assert.True(client.IsClosed);

        // Also of who sends it byte by byte, and of who comes after a client that is in the middle of a request.
        TestClient half = gateway.Connect();
        half.SendRaw("*3\r\n$3\r\nSET\r\n$3\r\na:1\r\n$10\r\nabc");
        TestClient next = gateway.Connect();
        next.SendRaw("*3\r\n$3\r\nSET\r\n$3\r\na:1\r\n$2001\r\n");
        Assert.True(next.IsClosed);
        half.SendRaw("defghij\r\n*2\r\n$3\r\nGET\r\n$20");
        half.SendRaw("01\r\n");
        half.Received("+a\r\n-ERR Protocol error: invalid bulk length\r\n");
    }

    [Fact]
    public void What_all_clients_leave_untaken_is_bounded_and_the_greediest_goes()
    {
        TestGateway gateway = With(pool => pool with { MaxCollected = 700_000, Buffers = 1_000_000 });
        gateway.Shard("a").Answer = _ => $"$60000\r\n{new string('x', 60_000)}\r\n";
        TestClient[] clients = [.. Enumerable.Range(0, 4).Select(_ => gateway.Connect())];
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i].Peer.StopReading();
            for (int n = 0; n < 3 + 2 * i; n++) clients[i].TrySendRaw(TestClient.Encode("GET", "a:1"));
        }
        gateway.Advance(200);
        Assert.True(clients[3].IsClosed || gateway.Server.ClientCount < 4);
        Assert.InRange(gateway.Server.Loops[0].Sessions.Sum(session => session.UntakenBytes), 0, 1_000_000);
        Assert.Equal("+PONG\r\n", gateway.Connect().Ask("PING"));
    }

    private static TestGateway With(Func<PoolDefinition, PoolDefinition> change) =>
        TestGateway.With(["a"], options => options with { Pools = [change(options.Pools[0])] });
}
