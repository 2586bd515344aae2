using Keyway.Gateway.Sessions;
using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Blocking;

/// <summary>A client that waits costs a link of its own while it waits, holds up nobody, and leaves nothing behind.</summary>
public class BlockedClientTests
{
    private const string Popped = "*2\r\n$3\r\na:q\r\n$1\r\nx\r\n";

    private readonly TestGateway _gateway = TestGateway.WithShards("a", "b");

    private FakeShard A => _gateway.Shard("a");

    private FakeShard B => _gateway.Shard("b");

    [Theory]
    [InlineData("BLPOP a:q 0")]
    [InlineData("brpop a:q 0.5")]
    [InlineData("BLMOVE a:q a:q LEFT RIGHT 0")]
    [InlineData("BRPOPLPUSH a:q a:q 0")]
    [InlineData("BLMPOP 0 1 a:q LEFT")]
    [InlineData("BZPOPMIN a:q 0")]
    [InlineData("BZPOPMAX a:q 0")]
    [InlineData("BZMPOP 0 1 a:q MIN")]
    [InlineData("XREAD BLOCK 0 STREAMS a:q $")]
    [InlineData("XREADGROUP GROUP g c BLOCK 0 STREAMS a:q >")]
    public void It_has_a_link_of_its_own_that_is_used_again(string request)
    {
        TestClient blocked = _gateway.Connect();
        TestClient other = _gateway.Connect();
        blocked.Send(request);
        other.Send("GET a:1");
        Assert.Equal([request, "GET a:1"], A.Waiting);
        A.ReplyTo("GET a:1", "$1\r\n1\r\n");
        other.Received("$1\r\n1\r\n");
        blocked.ReceivedNothing();

        _gateway.Advance(30_000);
        blocked.ReceivedNothing();
        int links = A.Links.Count;
        A.Reply(Popped);
        blocked.Received(Popped);
        blocked.Send(request);
        Assert.Equal([request], A.Waiting);
        Assert.Equal(links, A.Links.Count);
        A.Reply("*-1\r\n");
        blocked.Received("*-1\r\n");
        Assert.Equal(0, _gateway.Server.Snapshot().Shards[0].Counters.InFlight);
    }

    [Fact]
    public void What_it_has_asked_before_is_answered_first_and_what_it_asks_behind_waits()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "GET b:1", "BLPOP a:q 0", "GET b:2", "GET a:2", "PING", "FOO");
        Assert.Equal(["SET a:1 x"], A.Waiting);
        Assert.Equal(["GET b:1"], B.Waiting);
        A.Reply("+OK\r\n");
        Assert.Equal(["BLPOP a:q 0"], A.Waiting);
        B.Reply("$-1\r\n");
        client.Received("+OK\r\n$-1\r\n");
        Assert.Empty(B.Waiting);

        A.Reply(Popped);
        Assert.Equal(["GET a:2"], A.Waiting);
        Assert.Equal(["GET b:2"], B.Waiting);
        A.Reply("$-1\r\n");
        B.Reply("$-1\r\n");
        client.Received(Popped + "$-1\r\n$-1\r\n+PONG\r\n-ERR unknown command 'FOO', with args beginning with: \r\n");
    }

    [Fact]
    public void A_large_request_behind_it_waits_too()
    {
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0");
        string large = TestClient.Encode("SET", "a:1", new string('x', 200_000));
        int sent = client.TrySendRaw(large);
        Assert.Equal(["BLPOP a:q 0"], A.Waiting);
        A.Reply("*-1\r\n");
        client.SendRaw(large[sent..]);
        Assert.Equal(["SET a:1 <200000 bytes>"], A.Waiting);
        A.Reply("+OK\r\n");
        client.Received("*-1\r\n+OK\r\n");
    }

    [Fact]
    public void A_long_pipeline_with_it_in_the_middle_keeps_its_order()
    {
        A.Answer = request => request.StartsWith("INCR") ? $":{A.Log.Count}\r\n" : null;
        TestClient client = _gateway.Connect();
        var requests = new List<string>();
        for (int i = 0; i < 3000; i++) requests.Add(i == 1500 ? "BRPOP a:q 0" : "INCR a:1");
        string bytes = string.Concat(requests.Select(request => TestClient.Encode(request.Split(' '))));
        int sent = client.TrySendRaw(bytes);
        Assert.Equal(["BRPOP a:q 0"], A.Waiting);
        Assert.Equal(string.Concat(Enumerable.Range(1, 1500).Select(i => $":{i}\r\n")), client.Take());
        A.Reply("*-1\r\n");
        client.SendRaw(bytes[sent..]);
        Assert.Equal("*-1\r\n" + string.Concat(Enumerable.Range(1502, 1499).Select(i => $":{i}\r\n")), client.Take());
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET a:1")]
    public void When_it_leaves_its_link_ends(string behind)
    {
        TestClient client = _gateway.Connect();
        int links = A.Links.Count;
        client.Send("BLPOP a:q 0");
        if (behind.Length > 0) client.Send(behind);
        Assert.Equal(links + 1, A.Links.Count);
        client.Peer.Close();
        _gateway.Advance(20);
        Assert.Equal(links, A.Links.Count);
        Assert.Equal(0, _gateway.Server.ClientCount);
        NothingIsLeft();
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET a:1")]
    public void When_it_ends_its_side_it_is_closed_as_Redis_closes_it(string behind)
    {
        TestClient client = _gateway.Connect();
        client.Send("PING", "BLPOP a:q 0");
        if (behind.Length > 0) client.Send(behind);
        client.Peer.EndOutput();
        client.Received("+PONG\r\n");
        Assert.True(client.IsClosed);
        NothingIsLeft();
    }

    [Fact]
    public void When_it_is_cut_off_its_link_ends()
    {
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0", "GET a:1");
        client.Peer.Abort();
        NothingIsLeft();
    }

    [Fact]
    public void When_it_leaves_before_the_link_stands_nothing_is_asked()
    {
        A.HandshakeAnswer = _ => "";
        TestClient client = _gateway.Connect();
        client.Send("SELECT 3", "BLPOP a:q 0");
        client.Peer.Close();
        NothingIsLeft();
        Assert.Empty(A.Log);
    }

    [Fact]
    public void When_its_link_is_lost_it_is_told_and_goes_on()
    {
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0", "GET b:1");
        A.WaitingLink.Abort();
        A.ForgetWaiting();
        client.Received("-UNCERTAIN shard 'a' gave no reply (the connection was lost); may have been executed\r\n");
        B.Reply("$-1\r\n");
        client.Received("$-1\r\n");
        NothingIsLeft();
    }

    [Fact]
    public void A_shard_that_goes_down_ends_what_waits_there()
    {
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0");
        A.Kill();
        client.Received("-UNCERTAIN shard 'a' gave no reply (the connection was lost); may have been executed\r\n");
        client.Send("BLPOP a:q 0");
        client.Received("-TRYAGAIN shard 'a' has no master (connection refused); not executed\r\n");
        NothingIsLeft();
    }

    [Fact]
    public void When_no_link_is_left_it_is_told_so_and_the_next_has_the_one_that_comes_back()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Shards = [options.Shards[0] with { PrivateLinks = 2 }] });
        TestClient[] clients = [gateway.Connect(), gateway.Connect(), gateway.Connect()];
        foreach (TestClient client in clients) client.Send("BLPOP a:q 0");
        clients[2].Received("-TRYAGAIN shard 'a' has no private link left (2 in use; see private_links); not executed\r\n");
        Assert.Equal(2, gateway.Shard("a").Waiting.Count);

        clients[0].Peer.Close();
        gateway.Settle();
        clients[2].Send("BLPOP a:q 0");
        clients[2].ReceivedNothing();
        gateway.Shard("a").ForgetWaiting();
        gateway.Shard("a").Reply(Popped, "*-1\r\n");
        clients[1].Received(Popped);
        clients[2].Received("*-1\r\n");
    }

    [Fact]
    public void Keys_of_several_units_are_refused()
    {
        TestClient client = _gateway.Connect();
        Assert.Equal("-CROSSSLOT Keys in request don't hash to the same slot\r\n", client.Ask("BLPOP a:q b:q 0"));
        Assert.Equal("-CROSSSLOT Keys in request don't hash to the same slot\r\n", client.Ask("XREAD BLOCK 0 STREAMS a:q b:q 0 0"));
        Assert.Equal("-ERR wrong number of arguments for 'blpop' command\r\n", client.Ask("BLPOP a:q"));
        Assert.Empty(A.Log);
    }

    [Theory]
    [InlineData(2, false, "*-1\r\n")]
    [InlineData(3, false, "_\r\n")]
    [InlineData(2, true, "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")]
    public void It_can_be_unblocked(int protocol, bool asError, string expected)
    {
        TestClient client = _gateway.Connect();
        client.Send($"HELLO {protocol}");
        client.Take();
        ClientSession session = _gateway.Server.Loops[0].Sessions.Single();
        Assert.False(session.TryEndWait(asError));
        client.Send("BLPOP a:q 0", "GET a:1");
        Assert.True(session.TryEndWait(asError));
        Assert.False(session.TryEndWait(asError));
        client.Received(expected);
        A.ReplyTo("GET a:1", "$-1\r\n");
        client.Received("$-1\r\n");
        NothingIsLeft();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Other_clients_see_unblock_and_kill_it_wherever_it_is(int loops)
    {
        TestGateway gateway = TestGateway.With(["a"], loops: loops);
        TestClient[] blocked = [gateway.Connect(), gateway.Connect(), gateway.Connect()];
        string[] ids = [.. blocked.Select(client => client.Ask("CLIENT ID")[1..^2])];
        foreach (TestClient client in blocked) client.Send("BLPOP a:q 0");
        TestClient other = gateway.Connect();
        Assert.Contains("\r\nblocked_clients:3\r\n", other.Ask("INFO clients"));
        Assert.Equal(4, other.Ask("CLIENT LIST").Split(" flags=b ").Length);

        Assert.Equal(":1\r\n", other.Ask($"CLIENT UNBLOCK {ids[0]}"));
        blocked[0].Received("*-1\r\n");
        Assert.Equal(":1\r\n", other.Ask($"CLIENT UNBLOCK {ids[1]} error"));
        blocked[1].Received("-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
        Assert.Equal(":1\r\n", other.Ask($"CLIENT KILL ID {ids[2]}"));
        Assert.True(blocked[2].IsClosed);

        foreach (string id in ids) Assert.Equal(":0\r\n", other.Ask($"CLIENT UNBLOCK {id} TIMEOUT"));
        Assert.Equal("-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR\r\n", other.Ask("CLIENT UNBLOCK x foo"));
        Assert.Equal("-ERR value is not an integer or out of range\r\n", other.Ask("CLIENT UNBLOCK x"));
        Assert.Equal("-ERR unknown subcommand or wrong number of arguments for 'UNBLOCK'. Try CLIENT HELP.\r\n", other.Ask("CLIENT UNBLOCK 1 TIMEOUT x"));
        Assert.Contains("\r\nblocked_clients:0\r\n", other.Ask("INFO clients"));
        gateway.Advance(11_000);
        Assert.Equal(0, gateway.Server.Snapshot().Shards[0].Counters.PrivateLinks);
    }

    [Fact]
    public void A_client_that_is_idle_only_because_it_waits_is_not_closed()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { Idle = TimeSpan.FromSeconds(1) }] });
        TestClient client = gateway.Connect();
        client.Send("BLPOP a:q 0");
        gateway.Advance(5000);
        gateway.Shard("a").Reply(Popped);
        client.Received(Popped);
    }

    [Fact]
    public void A_large_reply_comes_through()
    {
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0", "PING");
        A.Reply($"*2\r\n$3\r\na:q\r\n$300000\r\n{new string('x', 300_000)}\r\n");
        Assert.Equal(300_000 + 24 + 7, client.Take().Length);
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], A.Waiting);
    }

    [Fact]
    public void Waiting_is_no_latency()
    {
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0");
        _gateway.Advance(10_000);
        A.Reply("*-1\r\n");
        client.Take();
        Assert.Equal(0, _gateway.Server.Snapshot().Shards[0].Counters.Duration.SumSeconds, 0.1);
    }

    [Fact]
    public void At_shutdown_it_is_closed_and_not_waited_for()
    {
        TestClient client = _gateway.Connect();
        client.Send("PING", "BLPOP a:q 0");
        _gateway.Server.Loops[0].Drain();
        client.Received("+PONG\r\n");
        Assert.True(client.IsClosed);
    }

    private void NothingIsLeft()
    {
        _gateway.Advance(11_000);
        Assert.All(_gateway.Server.Snapshot().Shards, shard =>
        {
            Assert.Equal(0, shard.Counters.PrivateLinks);
            Assert.Equal(0, shard.Counters.InFlight);
        });
    }
}
