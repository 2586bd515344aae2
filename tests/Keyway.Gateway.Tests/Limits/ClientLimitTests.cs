using System.Text;
using Keyway.Gateway.Sessions;
using Keyway.Gateway.Tests.Harness;
using Keyway.Protocol;

namespace Keyway.Gateway.Tests.Limits;

/// <summary>Every queue has a limit: reaching it slows its client down, refuses it, or ends it, and nobody else notices.</summary>
public class ClientLimitTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Clients_past_the_limit_are_told_so_and_a_place_that_gets_free_is_free(int loops)
    {
        TestGateway gateway = With(pool => pool with { MaxClients = 3 }, loops: loops);
        TestClient[] clients = [.. Enumerable.Range(0, 3).Select(_ => gateway.Connect())];
        TestClient fourth = gateway.Connect();
        fourth.Received("-ERR max number of clients reached\r\n");
        Assert.True(fourth.IsClosed);
        foreach (TestClient client in clients) Assert.Equal("+PONG\r\n", client.Ask("PING"));
        clients[1].Peer.Close();
        gateway.Settle();
        Assert.Equal("+PONG\r\n", gateway.Connect().Ask("PING"));
        gateway.Connect().Received("-ERR max number of clients reached\r\n");
    }

    [Fact]
    public void A_full_pipeline_stops_the_reading_of_its_client_and_its_order_stays()
    {
        TestGateway gateway = With(pool => pool with { MaxPipeline = 4 });
        TestClient client = gateway.Connect();
        client.Send("GET a:0", "GET b:1", "GET a:2", "GET b:3", "GET a:4", "PING", "GET b:5");
        Assert.Equal(["GET a:0", "GET a:2"], gateway.Shard("a").Waiting);
        Assert.Equal(["GET b:1", "GET b:3"], gateway.Shard("b").Waiting);
        gateway.Shard("b").Reply("$1\r\n1\r\n");
        Assert.Equal(2, gateway.Shard("a").Waiting.Count);
        gateway.Shard("a").Reply("$1\r\n0\r\n");
        client.Received("$1\r\n0\r\n$1\r\n1\r\n");
        Assert.Equal(["GET a:2", "GET a:4"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("$1\r\n2\r\n", "$1\r\n4\r\n");
        gateway.Shard("b").Reply("$1\r\n3\r\n", "$1\r\n5\r\n");
        client.Received("$1\r\n2\r\n$1\r\n3\r\n$1\r\n4\r\n+PONG\r\n$1\r\n5\r\n");
    }

    [Fact]
    public void When_no_private_link_is_left_a_large_request_is_refused_and_the_next_is_understood()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Shards = [options.Shards[0] with { PrivateLinks = 1 }] });
        string set = TestClient.Encode("SET", "a:big", new string('v', 200_000));
        TestClient first = gateway.Connect();
        TestClient second = gateway.Connect();
        first.SendRaw(set[..100_000]);
        second.SendRaw(set + TestClient.Encode("PING"));
        second.Received("-TRYAGAIN shard 'a' has no private link left (1 in use; see private_links); not executed\r\n+PONG\r\n");
        first.SendRaw(set[100_000..]);
        Assert.Equal(["SET a:big <200000 bytes>"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("+OK\r\n");
        first.Received("+OK\r\n");
        second.SendRaw(set);
        gateway.Shard("a").Reply("+OK\r\n");
        second.Received("+OK\r\n");
    }

    [Fact]
    public void An_idle_client_is_closed_and_one_that_waits_for_a_reply_is_not()
    {
        TestGateway gateway = With(pool => pool with { Idle = TimeSpan.FromSeconds(5) });
        gateway.Shard("b").Answer = _ => "$1\r\nv\r\n";
        TestClient idle = gateway.Connect();
        TestClient busy = gateway.Connect();
        TestClient never = gateway.Connect();
        idle.Ask("PING");
        for (int i = 0; i < 4; i++)
        {
            gateway.Advance(2000);
            Assert.Equal("$1\r\nv\r\n", busy.Ask("GET b:1"));
        }
        Assert.True(idle.IsClosed);
        Assert.True(never.IsClosed);
        Assert.False(busy.IsClosed);
    }

    [Fact]
    public void Without_a_limit_an_idle_client_stays()
    {
        TestGateway gateway = With(pool => pool);
        TestClient idle = gateway.Connect();
        gateway.Advance(60_000);
        Assert.Equal("+PONG\r\n", idle.Ask("PING"));
    }

    [Fact]
    public void What_all_clients_collect_together_is_bounded()
    {
        TestGateway gateway = With(pool => pool with { Buffers = 400_000 });
        string mset = TestClient.Encode("MSET", "a:1", new string('v', 250_000), "b:1", "x");
        TestClient first = gateway.Connect();
        TestClient second = gateway.Connect();
        first.SendRaw(mset[..150_000]);
        second.TrySendRaw(mset[..150_000]);
        Assert.StartsWith("-ERR request too large: ", second.Take());
        Assert.True(second.IsClosed);
        first.SendRaw(mset[150_000..]);
        gateway.Shard("a").Reply("+OK\r\n");
        gateway.Shard("b").Reply("+OK\r\n");
        first.Received("+OK\r\n");
        TestClient third = gateway.Connect();
        third.SendRaw(mset);
        gateway.Shard("a").Reply("+OK\r\n");
        gateway.Shard("b").Reply("+OK\r\n");
        third.Received("+OK\r\n");
        Assert.Equal(0, gateway.Server.Loops[0].Pools[0].CollectedBytes);
    }

    [Fact]
    public void Early_replies_past_the_limit_end_their_client_and_nobody_else()
    {
        TestGateway gateway = With(pool => pool with { MaxCollected = 1_000_000 });
        gateway.Shard("b").Answer = request => request == "GET b:small" ? "$1\r\ns\r\n" : $"$200000\r\n{new string('v', 200_000)}\r\n";
        TestClient greedy = gateway.Connect();
        TestClient other = gateway.Connect();
        greedy.Send("GET a:1");
        greedy.SendRaw(string.Concat(Enumerable.Repeat(TestClient.Encode("GET", "b:large"), 16)));
        gateway.Settle();
        Assert.True(greedy.IsClosed);
        Assert.Equal("$1\r\ns\r\n", other.Ask("GET b:small"));
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        other.ReceivedNothing();
    }

    [Fact]
    public void A_hundred_thousand_pipelined_requests_over_several_shards_are_answered_in_order_within_bounds()
    {
        const int count = 100_000;
        TestGateway gateway = TestGateway.With(["a", "b", "c"], loops: 1);
        foreach (string name in new[] { "a", "b", "c" }) gateway.Shard(name).Answer = request => $"${request.Length - 4}\r\n{request[4..]}\r\n";
        TestClient client = gateway.Connect();
        var random = new Random(1);
        var expected = new StringBuilder();
        var received = new StringBuilder();
        var chunk = new StringBuilder();
        ClientSession session = gateway.Server.Loops[0].Sessions.Single();
        for (int i = 0; i < count;)
        {
            chunk.Clear();
            for (int j = 0; j < 500; j++, i++)
            {
                string key = $"{"abc"[random.Next(3)]}:{i}";
                chunk.Append(TestClient.Encode("GET", key));
                expected.Append('$').Append(key.Length).Append("\r\n").Append(key).Append("\r\n");
            }
            string rest = chunk.ToString();
            while (rest.Length > 0)
            {
                rest = rest[client.Peer.Send(rest)..];
                for (int step = 0; step < 200 && gateway.Network.Step(); step++) Assert.InRange(session.RequestsInFlight, 0, 1024);
                Assert.InRange(session.PendingBytes + session.OutputBytes, 0, 2 << 20);
            }
            received.Append(client.Peer.TakeText());
        }
        received.Append(client.Take());
        Assert.Equal(expected.ToString(), received.ToString());
        Assert.Equal(0, session.PendingBytes + session.OutputBytes);
    }

    [Fact]
    public void A_client_that_never_reads_is_bounded_and_others_are_served()
    {
        TestGateway gateway = With(pool => pool);
        foreach (string name in new[] { "a", "b" }) gateway.Shard(name).Answer = _ => $"$10000\r\n{new string('v', 10_000)}\r\n";
        TestClient deaf = gateway.Connect();
        deaf.Peer.StopReading();
        string gets = string.Concat(Enumerable.Range(0, 20_000).Select(i => TestClient.Encode("GET", $"{"ab"[i % 2]}:{i:D5}")));
        int sent = deaf.TrySendRaw(gets);
        ClientSession session = gateway.Server.Loops[0].Sessions.Single();
        Assert.InRange(session.OutputBytes, 500_000, 12 << 20);
        Assert.InRange(sent, 1, 200_000);
        TestClient other = gateway.Connect();
        for (int i = 0; i < 50; i++) Assert.StartsWith("$10000\r\n", other.Ask($"GET {"ab"[i % 2]}:x"));

        deaf.Peer.ResumeReading();
        gateway.Settle();
        int replies = 0;
        ReplyScanner scanner = default;
        byte[] received = Encoding.Latin1.GetBytes(deaf.Take());
        for (int at = 0; at < received.Length; replies++)
        {
            Assert.Equal(ReplyStatus.Complete, scanner.Scan(received.AsSpan(at), out int consumed));
            at += consumed;
        }
        Assert.Equal(sent / (gets.Length / 20_000), replies);
        Assert.Equal(0, session.OutputBytes);
    }

    [Fact]
    public void Memory_of_clients_that_left_is_given_back()
    {
        TestGateway gateway = With(pool => pool);
        string mset = TestClient.Encode("MSET", "a:1", new string('v', 150_000), "b:1", "x");
        for (int i = 0; i < 20; i++)
        {
            TestClient client = gateway.Connect();
            client.SendRaw(mset[..100_000]);
            client.Peer.Abort();
            gateway.Settle();
        }
        Assert.Equal(0, gateway.Server.Loops[0].ClientCount);
        Assert.Equal(0, gateway.Server.Loops[0].Pools[0].CollectedBytes);
        Assert.Empty(gateway.Server.Loops[0].Streaming);
    }

    private static TestGateway With(Func<PoolDefinition, PoolDefinition> change, int loops = 1) =>
        TestGateway.With(["a", "b"], options => options with { Pools = [change(options.Pools[0])] }, loops: loops);
}
