using Keyway.Testing.RealServers;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>Clients that wait, and scripts, before a real Redis Cluster that stands as one shard.</summary>
public sealed class RealBlockedClusterTests
{
    private static readonly PartitionRule[] All = [new() { Name = "rest", Line = 1, Placement = new Placement.Single(0) }];

    public RealBlockedClusterTests() => Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");

    [Fact]
    public void Who_waits_goes_with_the_slot_and_scripts_are_on_every_master()
    {
        using RedisCluster cluster = RedisCluster.Start(masters: 3, replicas: 0);
        using var gateway = new RealGateway(OperatingSystem.IsLinux() ? "epoll" : "sockets", [cluster.Servers[0].EndPoint], All, change: shard => shard with { Kind = "cluster" });
        using RespClient client = gateway.Connect();
        Await(() => client.Call("SET", "first", "1").Text == "OK", "the cluster is served");

        using RespClient waiting = gateway.Connect();
        int slot = HashSlot.Of("moving"u8);
        int from = cluster.OwnerOf(slot);
        waiting.Send("BLPOP", "{moving}list", "0");
        waiting.Send("GET", "{moving}other");
        Await(() => Blocked(cluster, from) == 1, "the client is blocked");
        int to = (from + 1) % cluster.Masters;
        cluster.MoveSlot(slot, from, to);
        Await(() => Blocked(cluster, from) == 0 && Blocked(cluster, to) == 1, "the client waits where the slot is now");
        Assert.Equal(1, client.Call("RPUSH", "{moving}list", "x").Integer);
        Assert.Equal(["{moving}list", "x"], waiting.ReadReply().Texts);
        Assert.True(waiting.ReadReply().IsNull);
        Assert.StartsWith("CROSSSLOT ", client.Call("BLPOP", "{moving}list", "elsewhere", "0").Text);

        string sha = client.Call("SCRIPT", "LOAD", "return {KEYS[1], redis.call('INCR', KEYS[1])}").Text;
        using (RespClient master = cluster.Servers[to].Connect()) Assert.Equal("OK", master.Call("SCRIPT", "FLUSH").Text);
        for (int i = 0; i < 30; i++) Assert.Equal(1, client.Call("EVALSHA", sha, "1", $"script:{i}")[1].Integer);
        Assert.Equal("lib", client.Call("FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', function(keys) return keys[1] end)").Text);
        for (int i = 0; i < 30; i++) Assert.Equal($"k{i}", client.Call("FCALL", "f", "1", $"k{i}").Text);
        Assert.Equal(0, client.Call("WAIT", "0", "0").Integer);
        Assert.Equal(0, client.Call("WAIT", "1", "50").Integer);
    }

    private static int Blocked(RedisCluster cluster, int server)
    {
        using RespClient client = cluster.Servers[server].Connect();
        return int.Parse(client.Call("INFO", "clients").Text.Split("blocked_clients:")[1].Split('\r')[0]);
    }

    private static void Await(Func<bool> condition, string what) => ReplicatedShard.Await(condition, what);
}
