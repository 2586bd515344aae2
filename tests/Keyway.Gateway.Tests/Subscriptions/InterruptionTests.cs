using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Subscriptions;

/// <summary>Masters that die, move or say nothing while clients listen.</summary>
public class InterruptionTests
{
    [Fact]
    public void After_a_restart_everything_is_subscribed_again_and_the_gap_is_told()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Ask("SUBSCRIBE x y");
        client.Ask("PSUBSCRIBE p*");
        gateway.Shard("a").Kill();
        gateway.Advance(500);
        gateway.Shard("b").Broker.Publish("x", "from b");
        client.Received(Message("x", "from b"));
        gateway.Shard("a").Restart();
        gateway.Advance(200);
        Assert.Equal(["p*", "x", "y"], gateway.Shard("a").Broker.Names);
        gateway.Shard("a").Broker.Publish("y", "again");
        client.Received(Message("y", "again"));
        Assert.Equal(1, gateway.Server.Snapshot().Shards[0].Counters.SubscriptionGaps);
        Assert.Equal(1, gateway.Server.Snapshot().Shards[0].Counters.SubscriptionLinks);
        Assert.Contains(gateway.Log.Lines, line => line.Contains("on which 3 subscriptions stood is gone"));
        Assert.Contains(gateway.Log.Lines, line => line.Contains("3 subscriptions stand again"));
    }

    [Fact]
    public void A_client_waits_for_a_master_that_is_away_but_not_for_ever()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        gateway.Shard("a").Kill();
        TestClient client = gateway.Connect();
        client.Send("SUBSCRIBE x");
        gateway.Advance(4_900);
        client.ReceivedNothing();
        gateway.Advance(200);
        client.Received(Confirmed("subscribe", "x", 1));
        Assert.Contains(gateway.Log.Lines, line => line.Contains("did not confirm a subscription in time"));

        // The next need not wait: it is known by now.
        Assert.Equal(Confirmed("subscribe", "y", 2), client.Ask("SUBSCRIBE y"));
        gateway.Shard("a").Restart();
        gateway.Advance(200);
        Assert.Equal(["x", "y"], gateway.Shard("a").Broker.Names);
    }

    [Fact]
    public void A_master_that_dies_in_mid_subscription_is_asked_again()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        gateway.Shard("a").Broker.IsHesitant = true;
        client.Send("SUBSCRIBE x");
        gateway.Shard("a").Kill();
        gateway.Shard("a").Broker.IsHesitant = false;
        gateway.Shard("a").Restart();
        gateway.Advance(200);
        client.Received(Confirmed("subscribe", "x", 1));
        Assert.Equal(["x"], gateway.Shard("a").Broker.Names);
    }

    [Fact]
    public void A_failover_is_followed_at_once()
    {
        TestGateway gateway = TestGateway.WithNodes();
        gateway.Advance(200);
        TestClient client = gateway.Connect();
        client.Ask("SUBSCRIBE x");
        Assert.Equal(["x"], gateway.Shard("a").Broker.Names);
        Assert.Empty(gateway.Shard("a2").Broker.Names);

        gateway.Shard("a").Kill();
        gateway.Shard("a2").Role!.Promote("h2");
        gateway.Shard("a3").Role!.Follow(gateway.Shard("a2"));
        gateway.Advance(1_500);
        Assert.Equal(["x"], gateway.Shard("a2").Broker.Names);
        gateway.Shard("a2").Broker.Publish("x", "m");
        client.Received(Message("x", "m"));
        Assert.Equal(1, gateway.Server.Snapshot().Shards[0].Counters.SubscriptionGaps);
    }

    [Fact]
    public void A_silent_link_is_asked_whether_it_is_there_and_given_up_after_long()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Ask("SUBSCRIBE x");
        int pings = gateway.Shard("a").Handshakes.Count;
        gateway.Advance(7_000);
        Assert.InRange(gateway.Shard("a").Handshakes.Count - pings, 2, 4);
        Assert.Equal(0, gateway.Server.Snapshot().Shards[0].Counters.SubscriptionGaps);

        gateway.Shard("a").HandshakeAnswer = request => request == "PING" ? "" : null;
        gateway.Advance(11_000);
        Assert.Equal(1, gateway.Server.Snapshot().Shards[0].Counters.SubscriptionGaps);
    }

    [Fact]
    public void A_server_that_says_something_else_loses_its_link_and_gets_another()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        foreach (string nonsense in new[] { "+OK\r\n", "?\r\n", "*3\r\n$9\r\nsubscribe\r\n$1\r\nz\r\n:1\r\n", "*0\r\n", ":1\r\n" })
        {
            client.Ask("SUBSCRIBE x");
            gateway.Shard("a").Broker.SendRaw(nonsense);
            gateway.Advance(200);
            gateway.Shard("a").Broker.Publish("x", "m");
            client.Received(Message("x", "m"));
        }
        Assert.Equal(5, gateway.Server.Snapshot().Shards[0].Counters.SubscriptionGaps);
    }

    [Fact]
    public void In_a_cluster_one_master_brings_messages_and_each_brings_keyspace_events()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b", "c");
        TestGateway gateway = cluster.Gateway;
        string[] names = ["a", "b", "c"];
        TestClient client = gateway.Connect();
        Assert.Equal(Confirmed("subscribe", "x", 1), client.Ask("SUBSCRIBE x"));
        Assert.Equal(1, names.Count(name => gateway.Shard(name).Broker.Names.Contains("x")));
        Assert.Equal(Confirmed("psubscribe", "__key*", 2) + Confirmed("subscribe", "__keyspace@0__:k", 3), client.Ask("PSUBSCRIBE __key*") + client.Ask("SUBSCRIBE __keyspace@0__:k"));
        foreach (string name in names) Assert.Contains("__key*", gateway.Shard(name).Broker.Names);

        // The bus repeats a message everywhere.
        foreach (string name in names) gateway.Shard(name).Broker.Publish("x", "m");
        client.Received(Message("x", "m"));
        foreach (string name in names) gateway.Shard(name).Broker.Publish("__keyother", "m");
        Assert.Equal(Pattern("__key*", "__keyother", "m"), client.Take());
        foreach (string name in names) gateway.Shard(name).Broker.Publish("__keyevent@0__:del", name);
        Assert.Equal(3, client.Take().Split("pmessage").Length - 1);

        string chosen = names.First(name => gateway.Shard(name).Broker.Names.Contains("x"));
        gateway.Shard(chosen).Kill();
        gateway.Advance(200);
        foreach (string name in names.Where(name => name != chosen)) gateway.Shard(name).Broker.Publish("x", "after");
        client.Received(Message("x", "after"));
    }

    [Fact]
    public void A_shard_channel_is_heard_where_its_slot_is_and_follows_it()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b");
        TestGateway gateway = cluster.Gateway;
        TestClient client = gateway.Connect();
        string channel = cluster.KeyOf("a");
        Assert.Equal(Confirmed("ssubscribe", channel, 1), client.Ask($"SSUBSCRIBE {channel}"));
        Assert.Equal([channel], gateway.Shard("a").Broker.Names);
        Assert.Empty(gateway.Shard("b").Broker.Names);

        string moved = cluster.Redirect("MOVED", channel, "b");
        gateway.Shard("a").Broker.Refusal = request => request == $"ssubscribe {channel}" ? moved : null;
        cluster.Give(FakeCluster.SlotOf(channel), "b");
        gateway.Shard("a").Broker.TakeAway(channel);
        gateway.Advance(500);
        Assert.Equal([channel], gateway.Shard("b").Broker.Names);
        gateway.Shard("b").Broker.Publish(channel, "m", "s");
        client.Received(TestClient.Encode("smessage", channel, "m"));
        Assert.Equal(":1\r\n", gateway.Connect().Ask($"SPUBLISH {channel} n"));
        client.Received(TestClient.Encode("smessage", channel, "n"));
    }

    [Fact]
    public void A_reload_listens_to_new_shards_and_leaves_old_ones()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Ask("SUBSCRIBE x");
        FakeShard added = gateway.AddShard("c");
        GatewayOptions next = gateway.OptionsFor("b", "c");
        Task<string?> reload = gateway.Server.ReloadAsync(next);
        Assert.Null(ReloadDriver.Finish(gateway, reload));
        gateway.Advance(200);
        Assert.Equal(["x"], added.Broker.Names);
        Assert.Equal(0, gateway.Shard("a").Broker.LinkCount);
        added.Broker.Publish("x", "m");
        client.Received(Message("x", "m"));
        Assert.Equal(["subscribe x"], gateway.Shard("b").Broker.Log);
    }

    private static string Confirmed(string word, string name, int count) => $"*3\r\n${word.Length}\r\n{word}\r\n${name.Length}\r\n{name}\r\n:{count}\r\n";

    private static string Message(string channel, string text) => TestClient.Encode("message", channel, text);

    private static string Pattern(string pattern, string channel, string text) => TestClient.Encode("pmessage", pattern, channel, text);
}
