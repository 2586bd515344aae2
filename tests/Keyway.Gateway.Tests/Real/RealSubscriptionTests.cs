using System.Diagnostics;
using System.Text;
using Keyway.Testing.RealServers;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>Channels through a gateway over real redis-servers, beside a redis-server of their own.</summary>
public sealed class RealSubscriptionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public RealSubscriptionTests() => Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_byte_is_as_a_redis_server_sends_it(int protocol)
    {
        using var twins = new Twins(protocol);
        (RespClient Lone, RespClient Through) listener = twins.Connect();
        (RespClient Lone, RespClient Through) other = twins.Connect();
        AskFor(listener, "SUBSCRIBE news other news", 3);
        AskFor(listener, "PSUBSCRIBE n*", 1);
        AskFor(listener, "SSUBSCRIBE shard", 1);
        AskFor(other, "SUBSCRIBE news", 1);
        (RespClient Lone, RespClient Through) asks = twins.Connect();
        foreach (string request in new[]
        {
            "PUBSUB NUMSUB news other nobody", "PUBSUB NUMPAT", "PUBSUB CHANNELS o*", "PUBSUB SHARDCHANNELS", "PUBSUB SHARDNUMSUB shard", "PUBSUB HELP", "PUBSUB CHANNELS a b",
            "PUBSUB NOSUCH", "PUBSUB", "PUBSUB NUMPAT x", "SUBSCRIBE", "PUBLISH x", "SPUBLISH x y z",
        }) Twins.Ask(asks, request);

        foreach (string text in new[] { "hello", "", "a~b", new string('x', 5000) })
        {
            Twins.Ask(asks, $"PUBLISH news {text}");
            Twins.Compare(listener, "message");
            Twins.Compare(listener, "pmessage");
            Twins.Compare(other, "message");
            Twins.Ask(asks, $"SPUBLISH shard {text}");
            Twins.Compare(listener, "smessage");
            Twins.Ask(asks, $"PUBLISH unheard {text}");
        }
        foreach (string request in new[] { "PING", "PING hello", "GET a", "CLIENT ID x", "NOSUCH x", "ECHO x", "MULTI", "DISCARD" }) Twins.Ask(listener, request);

        AskFor(listener, "UNSUBSCRIBE never news", 2);
        Twins.Ask(asks, "PUBLISH news gone");
        Twins.Compare(listener, "pmessage");
        Twins.Compare(other, "message");
        foreach (string request in new[] { "UNSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE shard", "SUNSUBSCRIBE", "PING", "GET a" }) Twins.Ask(listener, request);
        AskFor(other, "PSUBSCRIBE * n*", 2);
        Twins.Ask(other, "RESET");
        Twins.Ask(other, "GET a");
        Twins.Ask(asks, "PUBLISH news nobody");
    }

    [Fact]
    public void A_client_that_does_not_want_to_hear_replies_hears_messages_all_the_same()
    {
        using var twins = new Twins(protocol: 3);
        (RespClient Lone, RespClient Through) listener = twins.Connect();
        (RespClient Lone, RespClient Through) asks = twins.Connect();
        foreach (RespClient client in new[] { listener.Lone, listener.Through }) client.Send("CLIENT", "REPLY", "OFF");
        AskFor(listener, "SUBSCRIBE news", 1);
        Twins.Ask(asks, "PUBLISH news hello");
        Twins.Compare(listener, "message");
        AskFor(listener, "UNSUBSCRIBE news", 1);
        Twins.Ask(listener, "CLIENT REPLY ON");
    }

    [Fact]
    public void Messages_and_keyspace_events_come_wherever_they_are_born()
    {
        using var twins = new Twins(2, "--notify-keyspace-events", "KEA");
        using RespClient listener = twins.Gateway.Connect();
        Assert.Equal("subscribe", listener.Call("SUBSCRIBE", "news")[0].Text);
        Assert.Equal("psubscribe", listener.Call("PSUBSCRIBE", "__keyevent@*__:set")[0].Text);
        foreach (RedisServer server in twins.Servers)
        {
            using RespClient direct = server.Connect();
            Assert.Equal(1, direct.Call("PUBLISH", "news", $"{server.Port}").Integer);
            Assert.Equal(["message", "news", $"{server.Port}"], listener.ReadReply().Texts);
            Assert.Equal("OK", direct.Call("SET", $"key{server.Port}", "v").Text);
            Assert.Equal(["pmessage", "__keyevent@*__:set", "__keyevent@0__:set", $"key{server.Port}"], listener.ReadReply().Texts);
        }
    }

    [Fact]
    public void Every_message_comes_once_to_the_clients_of_two_gateways()
    {
        using var twins = new Twins(2, "--notify-keyspace-events", "KEA");
        using var second = new RealGateway("sockets", [twins.Servers[0].EndPoint, twins.Servers[1].EndPoint],
            [new PartitionRule { Name = "rest", Line = 1, Placement = new Placement.Slots([new SlotRange(0, 8191, 0), new SlotRange(8192, 16383, 1)]) }], loops: 3);
        RealGateway[] gateways = [twins.Gateway, second];
        RespClient[] listeners = [.. gateways.SelectMany(gateway => Enumerable.Range(0, 6).Select(_ => gateway.Connect()))];
        foreach (RespClient listener in listeners)
        {
            Assert.Equal(1, listener.Call("SUBSCRIBE", "news")[2].Integer);
            Assert.Equal(2, listener.Call("PSUBSCRIBE", "__keyevent@0__:set")[2].Integer);
        }
        var expected = new List<string>();
        RespClient[] publishers = [twins.Gateway.Connect(), second.Connect()];
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(6, publishers[i % 2].Call("PUBLISH", "news", $"m{i}").Integer);
            Assert.Equal("OK", publishers[i % 2].Call("SET", $"k{i}", "v").Text);
            expected.AddRange([$"m{i}", $"k{i}"]);
        }
        foreach (RespClient listener in listeners)
        {
            string[] got = [.. expected.Select(_ => listener.ReadReply().Texts[^1])];
            Assert.Equal(expected.Order(), got.Order());
            Assert.Equal(Enumerable.Range(0, 40).Select(i => $"m{i}"), got.Where(text => text[0] == 'm'));
            Assert.Equal("pong", listener.Call("PING")[0].Text);
            listener.Dispose();
        }
        foreach (RespClient publisher in publishers) publisher.Dispose();
    }

    [Fact]
    public void A_crowd_that_comes_and_goes_misses_nothing_and_leaves_nothing()
    {
        using var twins = new Twins();
        RespClient[] steady = [.. Enumerable.Range(0, 200).Select(_ => twins.Gateway.Connect())];
        foreach (RespClient client in steady) client.Send("SUBSCRIBE", "news");
        foreach (RespClient client in steady) Assert.Equal(1, client.ReadReply()[2].Integer);
        using RespClient publisher = twins.Gateway.Connect();
        for (int i = 0; i < 100; i++)
        {
            // Somebody subscribes, hears what is published from then on, and leaves.
            using RespClient passing = twins.Gateway.Connect();
            Assert.Equal(1, passing.Call("SUBSCRIBE", i % 2 == 0 ? "news" : $"own{i}")[2].Integer);
            Assert.Equal(i % 2 == 0 ? 201 : 200, publisher.Call("PUBLISH", "news", $"{i}").Integer);
            if (i % 2 == 0)
            {
                // The loop listens already: what another loop's client has published a moment ago may still be on its way here.
                string text = passing.ReadReply()[2].Text;
                while (text != $"{i}") text = passing.ReadReply()[2].Text;
            }
            if (i % 3 == 0) Assert.Equal(0, passing.Call("UNSUBSCRIBE")[2].Integer);
            passing.Dispose();
            Until(() => publisher.Call("PUBSUB", "NUMSUB", "news")[1].Integer == 200, () => "it does not leave");
        }
        foreach (RespClient client in steady)
        {
            for (int i = 0; i < 100; i++) Assert.Equal($"{i}", client.ReadReply()[2].Text);
        }
        Assert.Equal(4, twins.Gateway.Server.Snapshot().Shards.Sum(shard => shard.Counters.SubscriptionLinks));
        foreach (RespClient client in steady) client.Dispose();
        Until(() => twins.Gateway.Server.Snapshot().Shards.Sum(shard => shard.Counters.SubscriptionLinks) == 0, () => "links are left");
        foreach (RedisServer server in twins.Servers)
        {
            using RespClient direct = server.Connect();
            Until(() => direct.Call("PUBSUB", "CHANNELS").Count == 0, () => "channels are left");
        }
    }

    [Fact]
    public void After_a_server_has_come_back_its_messages_do_too()
    {
        using var twins = new Twins();
        using RespClient listener = twins.Gateway.Connect();
        Assert.Equal(1, listener.Call("SUBSCRIBE", "news", "other")[2].Integer);
        Assert.Equal(2, listener.ReadReply()[2].Integer);
        twins.Servers[0].Kill();
        using (RespClient other = twins.Servers[1].Connect())
        {
            Assert.InRange(other.Call("PUBLISH", "news", "meanwhile").Integer, 1, 2);
            Assert.Equal("meanwhile", listener.ReadReply()[2].Text);
        }
        twins.Servers[0].Restart();
        using RespClient direct = twins.Servers[0].Connect();
        Until(() => direct.Call("PUBSUB", "NUMSUB", "news", "other")[3].Integer > 0, () => string.Join('\n', twins.Gateway.Log.Lines));
        direct.Call("PUBLISH", "other", "again");
        Assert.Equal("again", listener.ReadReply()[2].Text);
        Assert.True(twins.Gateway.Server.Snapshot().Shards[0].Counters.SubscriptionGaps > 0);
    }

    [Fact]
    public void In_a_cluster_each_message_comes_once_and_shard_channels_follow_their_slots()
    {
        using RedisCluster cluster = RedisCluster.Start(masters: 2, replicas: 0, options: _ => ["--notify-keyspace-events", "KEA"]);
        using RealGateway gateway = new("sockets", [cluster.Servers[0].EndPoint], [new() { Name = "rest", Line = 1, Placement = new Placement.Single(0) }], loops: 2,
            change: shard => shard with { Kind = "cluster", Servers = new ServerList([new ServerAddress(cluster.Servers[0].EndPoint, $"{cluster.Servers[0].EndPoint}")]) });
        using RespClient listener = gateway.Connect();
        using RespClient client = gateway.Connect();
        Until(() => client.Call("SET", "first", "1").Text == "OK" && client.Call("SET", "second", "1").Text == "OK", () => string.Join('\n', gateway.Log.Lines));
        string channel = "{moving}";
        int slot = HashSlot.Of(Encoding.ASCII.GetBytes(channel));
        Assert.Equal("news", listener.Call("SUBSCRIBE", "news")[1].Text);
        Assert.Equal(2, listener.Call("PSUBSCRIBE", "__keyevent@0__:*")[2].Integer);
        Assert.Equal(1, listener.Call("SSUBSCRIBE", channel)[2].Integer);

        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(1, client.Call("PUBLISH", "news", $"{i}").Integer);
            Assert.Equal([$"{i}"], Messages(listener, 1));
            Assert.Equal("OK", client.Call("SET", $"k{i}", "v").Text);
            Assert.Equal([$"k{i}"], Messages(listener, 1));
            using RespClient direct = cluster.Servers[i % 2].Connect();
            direct.Call("PUBLISH", "news", $"direct {i}");
            Assert.Equal([$"direct {i}"], Messages(listener, 1));
        }
        int from = cluster.OwnerOf(slot);
        cluster.MoveSlot(slot, from, 1 - from);
        using RespClient there = cluster.Servers[1 - from].Connect();
        Until(() => there.Call("PUBSUB", "SHARDNUMSUB", channel)[1].Integer == 1, () => string.Join('\n', gateway.Log.Lines));
        Assert.Equal(1, client.Call("SPUBLISH", channel, "moved").Integer);
        Assert.Equal(["moved"], Messages(listener, 1));
        Assert.Equal("pong", listener.Call("PING")[0].Text);
    }

    private static string[] Messages(RespClient listener, int count) => [.. Enumerable.Range(0, count).Select(_ => listener.ReadReply().Texts[^1])];

    private static void AskFor((RespClient Lone, RespClient Through) clients, string request, int replies)
    {
        Twins.Ask(clients, request);
        for (int i = 1; i < replies; i++) Twins.Compare(clients, request);
    }

    private static void Until(Func<bool> condition, Func<string> describe)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, describe());
            Thread.Yield();
        }
    }
}
