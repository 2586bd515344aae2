using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Subscriptions;

/// <summary>What a client is told when it begins and ends to listen, and when.</summary>
public class SubscribeTests
{
    [Fact]
    public void A_client_is_told_that_it_listens_once_every_master_has_confirmed()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        gateway.Shard("b").Broker.IsHesitant = true;
        client.Send("SUBSCRIBE x");
        client.ReceivedNothing();
        Assert.Equal(["x"], gateway.Shard("a").Broker.Names);

        gateway.Shard("b").Broker.Confirm();
        client.Received(Confirmed("subscribe", "x", 1));
    }

    [Fact]
    public void No_message_comes_before_the_confirmation_and_none_is_lost_after_it()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        gateway.Shard("b").Broker.IsHesitant = true;
        client.Send("SUBSCRIBE x");
        gateway.Shard("a").Broker.Publish("x", "early");
        client.ReceivedNothing();

        gateway.Shard("b").Broker.Confirm();
        gateway.Shard("b").Broker.Publish("x", "1");
        gateway.Shard("a").Broker.Publish("x", "2");
        client.Received(Confirmed("subscribe", "x", 1) + Message("x", "1") + Message("x", "2"));
    }

    [Fact]
    public void A_confirmation_keeps_its_place_among_the_replies()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "SUBSCRIBE x");
        gateway.Shard("b").Broker.Publish("x", "early");
        client.ReceivedNothing();
        gateway.Shard("a").Reply("$1\r\nA\r\n");
        client.Received("$1\r\nA\r\n" + Confirmed("subscribe", "x", 1));
        gateway.Shard("b").Broker.Publish("x", "late");
        client.Received(Message("x", "late"));
    }

    [Fact]
    public void All_clients_of_a_loop_share_one_subscription_at_each_shard()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient[] clients = [.. Enumerable.Range(0, 50).Select(_ => gateway.Connect())];
        foreach (TestClient client in clients) Assert.Equal(Confirmed("subscribe", "x", 1), client.Ask("SUBSCRIBE x"));
        foreach (string shard in new[] { "a", "b" })
        {
            Assert.Equal(["subscribe x"], gateway.Shard(shard).Broker.Log);
            Assert.Equal(1, gateway.Shard(shard).Broker.LinkCount);
        }
        gateway.Shard("a").Broker.Publish("x", "m");
        foreach (TestClient client in clients) client.Received(Message("x", "m"));
    }

    [Fact]
    public void Whoever_listens_in_two_ways_hears_twice_and_nobody_else_does()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient both = gateway.Connect();
        TestClient one = gateway.Connect();
        Assert.Equal(Confirmed("subscribe", "news", 1), both.Ask("SUBSCRIBE news"));
        Assert.Equal(Confirmed("psubscribe", "n*", 2) + Confirmed("psubscribe", "*s", 3), both.Ask("PSUBSCRIBE n* *s"));
        Assert.Equal(Confirmed("subscribe", "news", 1) + Confirmed("subscribe", "news", 1), one.Ask("SUBSCRIBE news news"));
        gateway.Shard("b").Broker.Publish("news", "m");
        one.Received(Message("news", "m"));
        both.Received(Message("news", "m") + PatternMessage("n*", "news", "m") + PatternMessage("*s", "news", "m"));
    }

    [Fact]
    public void Ending_without_names_ends_all_of_a_kind_in_one_message_each()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Ask("SUBSCRIBE 1 2 3");
        client.Ask("PSUBSCRIBE p*");
        client.Ask("SSUBSCRIBE s");
        Assert.Equal(Confirmed("unsubscribe", "1", 3) + Confirmed("unsubscribe", "2", 2) + Confirmed("unsubscribe", "3", 1), client.Ask("UNSUBSCRIBE"));
        Assert.Equal("*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:1\r\n", client.Ask("UNSUBSCRIBE"));
        Assert.Equal(Confirmed("unsubscribe", "never", 1), client.Ask("UNSUBSCRIBE never"));
        Assert.Equal(Confirmed("punsubscribe", "p*", 0), client.Ask("PUNSUBSCRIBE"));
        Assert.StartsWith("-ERR Can't execute 'get'", client.Ask("GET a:1"));
        Assert.Equal(Confirmed("sunsubscribe", "s", 0), client.Ask("SUNSUBSCRIBE s"));
        client.Send("GET a:1");
        gateway.Shard("a").Reply("$-1\r\n");
        client.Received("$-1\r\n");
    }

    [Fact]
    public void In_RESP2_a_client_that_listens_may_ask_for_nothing_else()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("SUBSCRIBE x", "GET a:1", "CLIENT ID", "HELLO 3", "PUBLISH x y", "PING", "PING hi", "NOSUCH", "GET", "UNSUBSCRIBE", "PING");
        string refused(string name) => $"-ERR Can't execute '{name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n";
        client.Received(Confirmed("subscribe", "x", 1) + refused("get") + refused("client|id") + refused("hello") + refused("publish")
            + "*2\r\n$4\r\npong\r\n$0\r\n\r\n*2\r\n$4\r\npong\r\n$2\r\nhi\r\n-ERR unknown command 'NOSUCH', with args beginning with: \r\n-ERR wrong number of arguments for 'get' command\r\n"
            + Confirmed("unsubscribe", "x", 0) + "+PONG\r\n");
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void A_large_request_of_a_client_that_listens_is_refused_too()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Ask("SUBSCRIBE x");
        client.SendRaw(TestClient.Encode("SET", "a:1", new string('v', 200_000)));
        Assert.StartsWith("-ERR Can't execute 'set'", client.Take());
        Assert.Equal("*2\r\n$4\r\npong\r\n$0\r\n\r\n", client.Ask("PING"));
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void In_RESP3_messages_are_pushes_between_the_replies()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Ask("HELLO 3");
        client.Send("SUBSCRIBE x", "GET a:1", "GET b:1");
        client.Received(Confirmed("subscribe", "x", 1, '>'));
        gateway.Shard("b").Reply("$1\r\nB\r\n");
        gateway.Shard("a").Broker.Publish("x", "m");
        client.Received(Message("x", "m", '>'));
        gateway.Shard("a").Reply("$1\r\nA\r\n");
        client.Received("$1\r\nA\r\n$1\r\nB\r\n");
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
    }

    [Fact]
    public void What_follows_a_subscription_finds_it_done()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Ask("HELLO 3");
        gateway.Shard("a").Broker.IsHesitant = true;
        client.Send("SUBSCRIBE x", "PUBLISH x m");
        client.ReceivedNothing();
        Assert.Equal(["subscribe x"], gateway.Shard("a").Broker.Log);
        gateway.Shard("a").Broker.IsHesitant = false;
        gateway.Shard("a").Broker.Confirm();
        string all = client.Take();
        Assert.StartsWith(Confirmed("subscribe", "x", 1, '>'), all);
        Assert.Contains(Message("x", "m", '>'), all);
        Assert.Equal(Confirmed("subscribe", "x", 1, '>').Length + Message("x", "m", '>').Length + ":1\r\n".Length, all.Length);
    }

    [Fact]
    public void A_client_that_changes_its_protocol_gets_every_message_in_the_right_one()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Ask("HELLO 3");
        client.Ask("SUBSCRIBE x");
        client.Send("GET a:1", "HELLO 2");
        gateway.Shard("a").Broker.Publish("x", "old");
        client.Received(Message("x", "old", '>'));
        gateway.Shard("a").Reply("$1\r\nA\r\n");
        Assert.StartsWith("$1\r\nA\r\n*14\r\n$6\r\nserver", client.Take());
        gateway.Shard("a").Broker.Publish("x", "new");
        client.Received(Message("x", "new"));
    }

    [Fact]
    public void Many_subscriptions_in_one_breath_are_one_journey()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        gateway.Shard("a").Broker.IsHesitant = true;
        string[] requests = [.. Enumerable.Range(0, 200).Select(i => $"SUBSCRIBE c{i}")];
        client.SendRaw(string.Concat(requests.Select(request => TestClient.Encode(request.Split(' ')))));
        Assert.Equal(200, gateway.Shard("a").Broker.Unconfirmed);
        gateway.Shard("a").Broker.Confirm(50);
        client.Received(string.Concat(Enumerable.Range(0, 50).Select(i => Confirmed("subscribe", $"c{i}", i + 1))));
        gateway.Shard("a").Broker.Confirm();
        client.Received(string.Concat(Enumerable.Range(50, 150).Select(i => Confirmed("subscribe", $"c{i}", i + 1))));
    }

    [Fact]
    public void The_number_of_subscriptions_of_one_client_is_bounded()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        gateway.Shard("a").Kill();
        string[] names = [.. Enumerable.Range(0, 60_000).Select(i => $"{i}")];
        client.SendRaw(TestClient.Encode(["SUBSCRIBE", .. names]));
        client.SendRaw(TestClient.Encode(["PSUBSCRIBE", .. names]));
        gateway.Advance(5_100);
        Assert.EndsWith(":60000\r\n-ERR too many subscriptions: one client may have 100000\r\n", client.Take());
    }

    [Fact]
    public void A_shards_own_refusal_is_the_answer()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        const string noPermission = "-NOPERM this user has no permissions to access one of the channels used as arguments\r\n";
        gateway.Shard("b").Broker.Refusal = request => request.EndsWith(" secret") ? noPermission : null;
        Assert.Equal(noPermission, client.Ask("SUBSCRIBE open secret"));
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
        gateway.Shard("b").Broker.Refusal = null;
        Assert.Equal(Confirmed("subscribe", "secret", 1), client.Ask("SUBSCRIBE secret"));
    }

    [Fact]
    public void A_subscription_that_nobody_wants_any_more_is_ended_after_a_moment()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Ask("SUBSCRIBE x y");
        client.Ask("UNSUBSCRIBE x");
        client.Ask("SUBSCRIBE x");
        Assert.Equal(2, gateway.Shard("a").Broker.Log.Count);

        client.Ask("UNSUBSCRIBE y");
        gateway.Advance(1500);
        Assert.Equal(["x"], gateway.Shard("a").Broker.Names);
        client.Peer.Close();
        gateway.Advance(1500);
        foreach (string shard in new[] { "a", "b" }) Assert.Equal(0, gateway.Shard(shard).Broker.LinkCount);
        Assert.Equal(0, gateway.Server.Snapshot().Shards.Sum(shard => shard.Counters.SubscriptionLinks));
        Assert.Equal(0, gateway.Server.Snapshot().Shards.Sum(shard => shard.Counters.SubscriptionGaps));
    }

    [Fact]
    public void A_client_that_leaves_before_it_is_told_leaves_nothing_behind()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        gateway.Shard("a").Broker.IsHesitant = true;
        client.Send("SUBSCRIBE x");
        client.Peer.Close();
        gateway.Settle();
        gateway.Shard("a").Broker.Confirm();
        gateway.Advance(1500);
        Assert.Equal(0, gateway.Shard("a").Broker.LinkCount);
    }

    [Fact]
    public void RESET_ends_all_subscriptions_without_a_word()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("SUBSCRIBE x", "PSUBSCRIBE y*", "SSUBSCRIBE z", "RESET");
        client.Received(Confirmed("subscribe", "x", 1) + Confirmed("psubscribe", "y*", 2) + Confirmed("ssubscribe", "z", 1) + "+RESET\r\n");
        gateway.Shard("a").Broker.Publish("x", "m");
        client.ReceivedNothing();
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
    }

    [Fact]
    public void PUBSUB_tells_of_the_gateways_own_clients_on_all_loops()
    {
        TestGateway gateway = TestGateway.With(["a", "b"], loops: 3);
        TestClient[] clients = [.. Enumerable.Range(0, 6).Select(_ => gateway.Connect())];
        foreach (TestClient client in clients) client.Ask("SUBSCRIBE x");
        clients[0].Ask("PSUBSCRIBE x* y*");
        clients[1].Ask("PSUBSCRIBE x*");
        clients[2].Ask("SSUBSCRIBE s");
        TestClient asks = gateway.Connect();
        Assert.Equal("*1\r\n$1\r\nx\r\n", asks.Ask("PUBSUB CHANNELS"));
        Assert.Equal("*0\r\n", asks.Ask("PUBSUB CHANNELS y*"));
        Assert.Equal("*4\r\n$1\r\nx\r\n:6\r\n$1\r\ny\r\n:0\r\n", asks.Ask("PUBSUB NUMSUB x y"));
        Assert.Equal(":2\r\n", asks.Ask("PUBSUB NUMPAT"));
        Assert.Equal("*1\r\n$1\r\ns\r\n", asks.Ask("PUBSUB SHARDCHANNELS"));
        Assert.Equal("*2\r\n$1\r\ns\r\n:1\r\n", asks.Ask("PUBSUB SHARDNUMSUB s"));
        Assert.Equal("-ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. Try PUBSUB HELP.\r\n", asks.Ask("PUBSUB CHANNELS x y"));
        Assert.Equal(":8\r\n", asks.Ask("PUBLISH x m"));
        Assert.Equal(":1\r\n", asks.Ask("SPUBLISH s m"));
        Assert.Equal(":0\r\n", asks.Ask("PUBLISH nobody m"));
        foreach (TestClient client in clients) Assert.StartsWith(Message("x", "m"), client.Take());
    }

    private static string Confirmed(string word, string name, int count, char first = '*') => $"{first}3\r\n${word.Length}\r\n{word}\r\n${name.Length}\r\n{name}\r\n:{count}\r\n";

    private static string Message(string channel, string text, char first = '*') => first + TestClient.Encode("message", channel, text)[1..];

    private static string PatternMessage(string pattern, string channel, string text) => TestClient.Encode("pmessage", pattern, channel, text);
}
