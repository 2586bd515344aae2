using System.Text;
using Keyway.Configuration;
using Keyway.Testing.RealServers;
using Keyway.Topology;

namespace Keyway.Tests.Configuration;

public class NutcrackerImportTests
{
    [Fact]
    public void A_nutcracker_yml_becomes_a_map()
    {
        NutcrackerResult result = NutcrackerImport.Import("nutcracker.yml", """
            alpha:
              listen: 127.0.0.1:22121
              hash: fnv1a_64
              hash_tag: "{}"
              distribution: ketama
              auto_eject_hosts: true
              redis: true
              redis_auth: "pass\"word"
              redis_db: 2
              timeout: 400
              backlog: 1024
              preconnect: true
              server_connections: 1
              server_retry_timeout: 2000
              server_failure_limit: 1
              client_connections: 500
              servers:
               - 10.0.0.1:6379:1 orders
               - 10.0.0.2:6379:2
               - /run/redis.sock:1 next
            beta:
              listen: /run/beta.sock 0666
              redis: true
              distribution: modula
              servers:
                - 10.0.0.2:6379:1
                - redis-9:6379:3 carts
            """);

        Assert.Empty(result.Errors);
        Assert.Equal("""
            # yaml-language-server: $schema=keyway.schema.json

            shards:
              orders: { nodes: [10.0.0.1:6379], password: "pass\"word", timeout: 400ms }
              s2: { nodes: [10.0.0.2:6379], password: "pass\"word", timeout: 400ms }
              s3: { nodes: ["unix:/run/redis.sock"], password: "pass\"word", timeout: 400ms }
              carts: { nodes: [redis-9:6379] }

            pools:
              alpha:
                listen: "127.0.0.1:22121"
                password: "pass\"word"
                max_clients: 500
                partitions:
                  - ketama:
                      hash: fnv1a_64
                      tag: "{}"
                      servers:
                        orders: "10.0.0.1:6379:1 orders"
                        s2: "10.0.0.2:6379:2"
                        s3: "/run/redis.sock:1 next"
              beta:
                listen: "unix:/run/beta.sock"
                partitions:
                  - modula:
                      hash: fnv1a_64
                      servers:
                        s2: "10.0.0.2:6379:1"
                        carts: "redis-9:6379:3 carts"

            """, result.Yaml);
        Assert.Equal(2, Maps.Load(result.Yaml!).Pools.Count);
        Assert.Equal(
            [
                "nutcracker.yml:11: 'backlog' has no counterpart: Keyway uses the system's longest queue",
                "nutcracker.yml:12: 'preconnect' has no counterpart: Keyway connects when the first request needs it",
                "nutcracker.yml:13: 'server_connections' has no counterpart: Keyway shares one pipelined link per loop and shard",
                "nutcracker.yml:14: 'server_retry_timeout' has no counterpart: Keyway probes a shard that is down all the time, at most 50 ms apart",
                "nutcracker.yml:15: 'server_failure_limit' has no counterpart: Keyway counts no failures: silence or a refused connection is enough",
                "nutcracker.yml:6: 'auto_eject_hosts' differs on purpose: Keyway never gives a key another owner because a shard is down; its requests get an error until the shard is back",
                "nutcracker.yml:9: 'redis_db' has no counterpart: clients of pool 'alpha' choose the database themselves, with SELECT 2",
                "nutcracker.yml:8: the password stands in the map now; 'password_file:' keeps it out",
                "nutcracker.yml:21: pool 'beta' waits for its servers for ever in twemproxy; Keyway waits 2s unless a shard has a 'timeout:'",
                "nutcracker.yml:26: 10.0.0.2:6379 is used with different passwords; shard 's2' keeps the first",
                "nutcracker.yml:22: the mode 0666 of the socket is left to the process's umask",
            ],
            result.Notes);
    }

    [Fact]
    public void An_open_door_stays_open_and_is_noted()
    {
        NutcrackerResult result = NutcrackerImport.Import("n.yml", "a:\n  listen: 0.0.0.0:22121\n  redis: true\n  timeout: -1\n  servers: [\"10.0.0.1:6379:1\"]\n");

        Assert.Contains("protected: no", result.Yaml);
        Assert.Contains(result.Notes, note => note.StartsWith("n.yml:2: 0.0.0.0:22121 can be reached from other machines", StringComparison.Ordinal));
        Assert.False(Assert.Single(Maps.Load(result.Yaml!).Pools).Protected);
    }

    [Theory]
    [InlineData("a: { listen: 127.0.0.1:1, servers: [\"10.0.0.1:11211:1\"] }", "n.yml:1:1: pool 'a' speaks memcached (no `redis: true`); Keyway serves Redis alone: take the pool out")]
    [InlineData("a: { listen: 127.0.0.1:1, redis: false, servers: [\"10.0.0.1:11211:1\"] }", "n.yml:1:27: pool 'a' speaks memcached (no `redis: true`); Keyway serves Redis alone: take the pool out")]
    [InlineData("a: { listen: 127.0.0.1:1, redis: true, distribution: random, servers: [\"10.0.0.1:6379:1\"] }", "n.yml:1:54: with 'random' a key has no owner: twemproxy sends it to any server; choose ketama or modula, or point one shard at replicas")]
    [InlineData("a: { listen: 127.0.0.1:1, redis: true, hash: fnv1a_65, servers: [\"10.0.0.1:6379:1\"] }", "n.yml:1:46: 'fnv1a_65' is no value of 'hash'; did you mean 'fnv1a_64'?")]
    [InlineData("a: { listen: 127.0.0.1:1, redis: true }", "n.yml:1:1: pool 'a' has no 'servers'; add them")]
    [InlineData("a: { redis: true, servers: [\"10.0.0.1:6379:1\"] }", "n.yml:1:1: pool 'a' has no 'listen'; add it")]
    [InlineData("a: { listen: proxy:1, redis: true, servers: [\"10.0.0.1:6379:1\"] }", "n.yml:1:14: 'proxy' is a host name, and only an IP address of this machine can be listened on; write 0.0.0.0 for every interface")]
    [InlineData("a: { listen: 127.0.0.1:1, redis: true, servers: [\"10.0.0.1:6379\", \"10.0.0.2:6379:1\", \"10.0.0.2:6379:2 twice\"] }", "n.yml:1:50: '10.0.0.1:6379' is no server; write host:port:weight, or with a name after a space\nn.yml:1:86: 10.0.0.2:6379 stands twice in pool 'a'; a server belongs to one shard: keep one line, with the sum of the weights, and move its keys")]
    [InlineData("a: { lisen: 127.0.0.1:1, redis: true, servers: [\"10.0.0.1:6379:1\"] }", "n.yml:1:6: unknown key 'lisen'; did you mean 'listen'?")]
    [InlineData("a: b", "n.yml:1:1: pool 'a' is no mapping; name a nutcracker.yml")]
    [InlineData("", "n.yml:1:1: there is no pool here; name a nutcracker.yml")]
    [InlineData("a: [", "n.yml:2:1: this is not YAML: while parsing a node, did not find expected node content; look at this line and the one above for a missing quote, bracket, comma or space")]
    public void What_cannot_be_taken_over_is_refused(string yaml, string expected)
    {
        NutcrackerResult result = NutcrackerImport.Import("n.yml", yaml);

        Assert.Null(result.Yaml);
        Assert.Equal(expected, string.Join('\n', result.Errors));
    }

    [Theory]
    [InlineData("ketama", "fnv1a_64", "{}")]
    [InlineData("modula", "crc32", null)]
    public void Keys_stay_where_a_running_nutcracker_put_them(string distribution, string hash, string? tag)
    {
        if (RedisServer.Unavailable is { } noRedis) Assert.Skip(noRedis);
        if (Nutcracker.Unavailable is { } noProxy) Assert.Skip(noProxy);

        using RedisServer first = RedisServer.Start();
        using RedisServer second = RedisServer.Start();
        using RedisServer third = RedisServer.Start();
        RedisServer[] servers = [first, second, third];
        string yaml = $$"""
            alpha:
              listen: 127.0.0.1:{port}
              redis: true
              distribution: {{distribution}}
              hash: {{hash}}
              {{(tag is null ? "" : $"hash_tag: \"{tag}\"")}}
              servers:
               - 127.0.0.1:{{first.Port}}:1 zulu
               - 127.0.0.1:{{second.Port}}:3
               - 127.0.0.1:{{third.Port}}:2 alpha
            """;

        using (Nutcracker proxy = Nutcracker.Start(yaml))
        using (RespClient client = proxy.Connect())
        {
            for (int i = 0; i < 500; i++) Assert.False(client.Call("SET", Key(i), "x").IsError);
        }

        NutcrackerResult result = NutcrackerImport.Import("nutcracker.yml", yaml.Replace("{port}", "22121", StringComparison.Ordinal));
        KeywayConfig config = Maps.Load(result.Yaml!);
        PartitionMap map = config.Pools[0].Map;
        Dictionary<int, RespClient> clients = servers.ToDictionary(server => server.Port, server => server.Connect());
        for (int i = 0; i < 500; i++)
        {
            int port = config.Shards[map.Find(Encoding.UTF8.GetBytes(Key(i))).Shard].Kind.Addresses[0].Port;
            Assert.Equal(1, clients[port].Call("EXISTS", Key(i)).Integer);
        }

        foreach (RespClient client in clients.Values) client.Dispose();
    }

    private static string Key(int i) => i % 3 == 0 ? $"user:{{{i}}}:cart" : $"key:{i}";
}
