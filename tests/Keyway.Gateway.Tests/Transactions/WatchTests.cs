using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Transactions;

/// <summary>WATCH takes a link of the client's own until EXEC, and whatever happens to that link is as if a watched key had changed.</summary>
public class WatchTests
{
    [Fact]
    public void A_watched_key_that_changes_makes_EXEC_answer_null()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1", "GET a:1", "MULTI", "SET a:1 x", "EXEC");
        client.Received("+OK\r\n+GET a:1\r\n+OK\r\n+QUEUED\r\n*1\r\n+SET a:1 x\r\n");
        client.Send("WATCH a:1 a:2");
        shard.Transactions!.Touch("a:2");
        client.Send("MULTI", "SET a:1 y", "EXEC", "MULTI", "SET a:1 z", "EXEC");
        client.Received("+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n+OK\r\n+QUEUED\r\n*1\r\n+SET a:1 z\r\n");
        Assert.Equal(["GET a:1", "SET a:1 x", "SET a:1 z"], shard.Transactions.Ran);
    }

    [Fact]
    public void What_a_client_asks_while_it_watches_goes_over_its_own_link()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        TestClient other = gateway.Connect();
        other.Ask("GET a:0");
        client.Send("WATCH a:1");
        shard.Transactions = null;
        client.Send("GET a:1", "GET b:1");
        other.Send("GET a:2");
        Assert.Equal(["GET a:1", "GET a:2"], shard.Waiting);
        Assert.Equal(2, shard.WaitingLinks.Distinct().Count());
        shard.Reply("$1\r\n1\r\n", "$1\r\n2\r\n");
        client.Received("+OK\r\n$1\r\n1\r\n+GET b:1\r\n");
        other.Received("$1\r\n2\r\n");
    }

    [Theory]
    [InlineData("UNWATCH")]
    [InlineData("MULTI,GET a:1,DISCARD")]
    [InlineData("MULTI,NOSUCH,EXEC")]
    [InlineData("RESET")]
    [InlineData("MULTI,GET a:1,EXEC")]
    public void A_link_goes_back_when_the_shard_has_forgotten_what_was_watched(string requests)
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1");
        Assert.Equal(["a:1"], shard.Transactions!.Watched);
        client.Send(requests.Split(','));
        client.Take();
        Assert.Empty(shard.Transactions.Watched);
        int links = shard.Links.Count;
        TestClient next = gateway.Connect();
        next.Send("WATCH a:2", "MULTI", "GET a:2", "EXEC");
        Assert.EndsWith("*1\r\n+GET a:2\r\n", next.Take());
        Assert.Equal(links, shard.Links.Count);
        gateway.Advance(11_000);
        Assert.Single(shard.Links);
    }

    [Fact]
    public void A_link_that_the_shard_will_not_clean_is_not_used_again()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1");
        shard.Reply("+OK\r\n");
        client.Send("UNWATCH", "GET a:1");
        client.Received("+OK\r\n+OK\r\n");
        var own = shard.WaitingLinks[0];
        shard.ReplyTo("UNWATCH", "-ERR no\r\n");
        Assert.True(own.IsClosed);
        shard.Reply("$1\r\n1\r\n");
        client.Received("$1\r\n1\r\n");
    }

    [Fact]
    public void Keys_of_several_units_cannot_be_watched_together()
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient client = gateway.Connect();
        const string crossSlot = "-CROSSSLOT Keys in request don't hash to the same slot\r\n";
        Assert.Equal(crossSlot, client.Ask("WATCH a:1 b:1"));
        Assert.Equal("+OK\r\n", client.Ask("WATCH a:1"));
        Assert.Equal(crossSlot, client.Ask("WATCH b:1"));
        client.Send("MULTI", "GET b:1", "EXEC");
        client.Received("+OK\r\n" + crossSlot + "-EXECABORT Transaction discarded because of previous errors.\r\n");
    }

    [Fact]
    public void An_empty_transaction_still_asks_whether_the_watched_keys_have_changed()
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1", "MULTI", "EXEC", "WATCH a:1");
        gateway.Shard("a").Transactions!.Touch("a:1");
        client.Send("MULTI", "PING", "EXEC", "WATCH a:1", "MULTI", "PING", "EXEC");
        client.Received("+OK\r\n+OK\r\n*0\r\n+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n+PONG\r\n");
    }

    [Fact]
    public void Databases_are_watched_each_for_itself()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1", "SELECT 1", "WATCH a:1", "MULTI", "GET a:1", "SELECT 0", "EXEC", "GET a:2");
        client.Received("+OK\r\n+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+GET a:1\r\n+OK\r\n+GET a:2\r\n");
        Assert.Equal(["WATCH a:1", "WATCH a:1", "MULTI", "GET a:1", "SELECT 0", "EXEC", "GET a:2"], shard.Log);
        Assert.Equal(["SELECT 1", "SELECT 1"], shard.Handshakes.Where(request => request.StartsWith("SELECT", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_database_that_the_shard_has_not_ends_what_is_watched()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1");
        shard.HandshakeAnswer = request => request == "SELECT 9" ? "-ERR DB index is out of range\r\n" : null;
        client.Send("SELECT 9", "MULTI", "GET a:1", "EXEC");
        client.Received("+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n");
        Assert.Empty(shard.Transactions!.Ran);
    }

    [Fact]
    public void A_lost_link_is_a_changed_key_and_never_forgotten()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1");
        foreach (var link in shard.Links) link.Abort();
        gateway.Settle();
        client.Send("GET a:1", "WATCH a:2", "MULTI", "SET a:1 x", "EXEC", "MULTI", "SET a:1 y", "EXEC");
        client.Received("+OK\r\n+GET a:1\r\n+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n+OK\r\n+QUEUED\r\n*1\r\n+SET a:1 y\r\n");
    }

    [Fact]
    public void RESP3_hears_null_in_its_own_form()
    {
        TestGateway gateway = FakeMulti.Gateway();
        gateway.Shard("a").Transactions!.Resp3 = true;
        TestClient client = gateway.Connect();
        client.Ask("HELLO 3");
        client.Send("WATCH a:1");
        gateway.Shard("a").Transactions!.Touch("a:1");
        client.Send("MULTI", "GET a:1", "EXEC", "WATCH a:1");
        foreach (var link in gateway.Shard("a").Links) link.Abort();
        client.Send("MULTI", "GET a:1", "EXEC");
        client.Received("+OK\r\n+OK\r\n+QUEUED\r\n_\r\n+OK\r\n+OK\r\n+QUEUED\r\n_\r\n");
    }

    [Fact]
    public void A_client_that_leaves_takes_its_link_with_it()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1", "MULTI", "SET a:1 x");
        client.Peer.Abort();
        gateway.Settle();
        Assert.Empty(shard.Transactions!.Watched);
        Assert.Single(shard.Links);
        Assert.Equal(0, gateway.Server.Loops[0].Pools[0].CollectedBytes);
    }

    [Fact]
    public void A_client_that_leaves_with_a_split_request_on_its_own_link_harms_nobody()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        FakeShard a = gateway.Shard("a");
        FakeShard b = gateway.Shard("b");
        for (int round = 0; round < 3; round++)
        {
            TestClient leaver = gateway.Connect();
            leaver.Send("WATCH a:1");
            a.Reply("+OK\r\n");
            leaver.Send("MGET a:1 b:1");
            b.Reply("*1\r\n$1\r\nx\r\n");
            leaver.Peer.Abort();
            gateway.Settle();
            a.ForgetWaiting();

            // Each needs a place of its own for what is gathered.
            TestClient first = gateway.Connect();
            TestClient second = gateway.Connect();
            first.Send("MGET a:1 b:1");
            second.Send("MGET a:2 b:2");
            b.Reply("*1\r\n$2\r\nb1\r\n", "*1\r\n$2\r\nb2\r\n");
            a.Reply("*1\r\n$2\r\na1\r\n", "*1\r\n$2\r\na2\r\n");
            first.Received("*2\r\n$2\r\na1\r\n$2\r\nb1\r\n");
            second.Received("*2\r\n$2\r\na2\r\n$2\r\nb2\r\n");
        }
    }

    [Fact]
    public void Links_of_ones_own_are_bounded_and_say_so()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Shards = [options.Shards[0] with { PrivateLinks = 3 }] });
        FakeMulti.Teach(gateway.Shard("a"));
        TestClient[] clients = [.. Enumerable.Range(0, 4).Select(_ => gateway.Connect())];
        for (int i = 0; i < 3; i++) Assert.Equal("+OK\r\n", clients[i].Ask("WATCH a:1"));
        Assert.Equal("-TRYAGAIN shard 'a' has no private link left (3 in use; see private_links); not executed\r\n", clients[3].Ask("WATCH a:1"));
        clients[3].Send("MULTI", "GET a:1", "EXEC");
        clients[3].Received("+OK\r\n+QUEUED\r\n*1\r\n+GET a:1\r\n");
        clients[0].Ask("UNWATCH");
        Assert.Equal("+OK\r\n", clients[3].Ask("WATCH a:1"));
        Assert.Equal(4, gateway.Shard("a").Links.Count);
    }

    [Fact]
    public void A_refused_WATCH_watches_nothing()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1");
        shard.Reply("-NOPERM no\r\n");
        client.Received("-NOPERM no\r\n");
        FakeMulti.Teach(shard);
        client.Send("MULTI", "GET a:1", "EXEC");
        client.Received("+OK\r\n+QUEUED\r\n*1\r\n+GET a:1\r\n");
    }

    [Fact]
    public void A_change_of_the_map_ends_what_is_watched_and_what_is_queued()
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient watcher = gateway.Connect();
        TestClient queuer = gateway.Connect();
        TestClient own = gateway.Connect();
        watcher.Send("WATCH a:1", "MULTI", "SET a:1 x");
        queuer.Send("MULTI", "SET a:1 x");
        own.Send("MULTI", "PING");
        GatewayOptions next = gateway.OptionsFor("b", "a");
        Task<string?> reload = gateway.Server.ReloadAsync(next);
        gateway.Advance(20);

        // The server's own control flow goes by the thread pool.
        Assert.True(SpinWait.SpinUntil(() =>
        {
            gateway.Settle();
            return reload.IsCompleted;
        }, TimeSpan.FromSeconds(30)));
        gateway.Settle();
        watcher.Send("EXEC", "GET a:1");
        queuer.Send("EXEC", "GET a:1");
        own.Send("EXEC");
        watcher.Received("+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n+GET a:1\r\n");
        queuer.Received("+OK\r\n+QUEUED\r\n-TRYAGAIN the map has changed since the transaction began; not executed\r\n+GET a:1\r\n");
        own.Received("+OK\r\n+QUEUED\r\n*1\r\n+PONG\r\n");
    }
}
