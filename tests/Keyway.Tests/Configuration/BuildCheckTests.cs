using Keyway.Configuration;

namespace Keyway.Tests.Configuration;

public class BuildCheckTests
{
    [Fact]
    public void The_lag_of_a_clusters_replicas_is_not_known_yet()
    {
        KeywayConfig config = Maps.Load("""
            shards:
              s1: { cluster: 10.0.0.1:6379 }
            pools:
              main: { listen: 127.0.0.1:6379, shard: s1, reads: prefer-replica, max_lag: 1s }
            """);

        Assert.Equal(["map.yaml:4:1: pool 'main': 'max_lag' for a cluster's replicas is not built yet; remove it, or give the cluster a pool of its own"],
            BuildCheck.NotBuiltYet(config).Select(error => error.ToString()));
    }

    [Fact]
    public void What_is_built_passes()
    {
        KeywayConfig config = Maps.Load("""
            shards:
              s1: { embedded: 7001, conf: { maxmemory: 1gb } }
              s2: { nodes: 10.0.0.1:6379, user: app, password: x, timeout: 1s, tls: { ca: ca.pem, name: redis } }
              s3: { nodes: unix:/run/redis.sock }
              s4: { nodes: [10.0.1.1:6379, 10.0.1.2:6379] }
              s6: { cluster: [10.0.2.1:6379, 10.0.2.2:6379] }
              s5: { sentinel: { master: m, nodes: 10.0.0.9:26379 } }
            pools:
              main: { listen: [127.0.0.1:6379, unix:/run/keyway.sock], password: x, shard: s1, reads: prefer-replica, max_lag: 1s, moves: abandon }
              more: { listen: 127.0.0.1:6380, tls: { cert: a, key: b, ca: c }, partitions: [{ slots: { 0-1: s2, 2-16383: s3 } }] }
            """);

        Assert.Empty(BuildCheck.NotBuiltYet(config));
    }
}
