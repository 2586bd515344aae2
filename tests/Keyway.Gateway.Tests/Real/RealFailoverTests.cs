using Keyway.Testing.RealServers;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>Real servers under real sentinels fail over while clients write through the gateway.</summary>
public sealed class RealFailoverTests
{
    private const int Clients = 6;

    [Theory]
    [InlineData("nodes", true)]
    [InlineData("sentinel", false)]
    public void Clients_see_only_errors_that_are_allowed_and_are_served_again(string kind, bool hangs)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "stopping a process needs its signals");
        using var shard = ReplicatedShard.Start();
        using RealGateway gateway = Before(shard, kind);
        RedisServer old = shard.Servers[0];
        using var crowd = new WritingCrowd(gateway.Port, Clients);
        crowd.AwaitWrites(200);

        if (hangs) old.Suspend();
        else old.Kill();
        ReplicatedShard.Await(() => gateway.Server.Snapshot().Shards[0].Failovers == 1, "the gateway follows");
        crowd.AwaitWrites(200);

        // The old master comes back and believes that it is one, until a sentinel tells it otherwise: nothing may go there.
        if (hangs) old.Continue();
        else old.Restart();
        ReplicatedShard.Await(() => ReplicatedShard.RoleOf(old) == "slave", "the old master follows the new one");
        crowd.AwaitWrites(200);
        crowd.Stop();

        Assert.Empty(crowd.Wrong);
        Assert.Equal(1, gateway.Server.Snapshot().Shards[0].Failovers);
        Assert.NotEqual($"127.0.0.1:{old.Port}", gateway.Server.Snapshot().Shards[0].Address);

        // What asynchronous replication loses is what the old master had not sent when it went: a moment's worth.
        Assert.InRange(crowd.LostBy(shard.Master()!).Count, 0, 20 * Clients);
        Assert.Empty(crowd.Wrong);
    }

    [Fact]
    public void A_switch_that_is_asked_for_loses_nothing_and_shows_no_error()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var shard = ReplicatedShard.Start(replicas: 1, sentinels: 0);
        using RealGateway gateway = Before(shard, "nodes");
        using var crowd = new WritingCrowd(gateway.Port, Clients, reads: false);
        crowd.AwaitWrites(200);
        RedisServer[] servers = shard.Servers;
        for (int round = 0; round < 3; round++)
        {
            using (RespClient master = servers[round % 2].Connect())
            {
                // One that has only just come is refused.
                ReplicatedShard.Await(() => master.Call("INFO", "replication").Text.Contains("state=online", StringComparison.Ordinal), "the replica is in step");
                Assert.Equal("OK", master.Call("FAILOVER", "TO", "127.0.0.1", $"{servers[(round + 1) % 2].Port}").Text);
            }

            ReplicatedShard.Await(() => gateway.Server.Snapshot().Shards[0].Failovers == round + 1, "the gateway follows");
            crowd.AwaitWrites(200);
        }
        crowd.Stop();
        Assert.Empty(crowd.Wrong);
        Assert.Equal(0, crowd.Errors);
        Assert.Empty(crowd.LostBy(servers[1]));
    }

    private static RealGateway Before(ReplicatedShard shard, string kind)
    {
        PartitionRule[] all = [new() { Name = "rest", Line = 1, Placement = new Placement.Single(0) }];
        return new RealGateway("epoll", [shard.Servers[0].EndPoint], all, change: definition => definition with
        {
            Kind = kind,
            MasterName = kind == "sentinel" ? ReplicatedShard.Name : null,
            Servers = new ServerList((kind == "sentinel" ? shard.Sentinels.Cast<ExternalServer>() : shard.Servers)
                .Select(server => new ServerAddress(server.EndPoint, server.EndPoint.ToString()))),
        });
    }
}
