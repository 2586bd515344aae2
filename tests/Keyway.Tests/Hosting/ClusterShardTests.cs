using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting;

/// <summary>A real cluster as one shard of a map, beside another shard.</summary>
public sealed class ClusterShardTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_cluster_has_its_part_of_the_keys()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisCluster cluster = RedisCluster.Start(masters: 2, replicas: 0);
        using RedisServer single = RedisServer.Start();
        int port = ExternalServer.FreePort();
        int admin = ExternalServer.FreePort();
        string map = _folder.Write("keyway.yaml", $$"""
            admin: 127.0.0.1:{{admin}}
            shards:
              one: { nodes: 127.0.0.1:{{single.Port}} }
              many: { cluster: 127.0.0.1:{{cluster.Servers[1].Port}} }
            pools:
              main:
                listen: 127.0.0.1:{{port}}
                partitions:
                  - { prefix: "one:", shard: one }
                  - shard: many
            """);
        using KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "-c", map).WaitUntilReady();
        using RespClient client = RespClient.Connect(port);
        string[] keys = [.. Enumerable.Range(0, 100).Select(i => i % 4 == 0 ? $"one:{i}" : $"k{i}")];
        Eventually.True(() => client.Call("SET", "k1", "v").Text == "OK", keyway.Describe);
        Assert.Equal("OK", client.Call(["MSET", .. keys.SelectMany(key => new[] { key, "v" + key })]).Text);
        Assert.Equal(keys.Select(key => "v" + key), client.Call(["MGET", .. keys]).Texts);
        Assert.Equal(100, client.Call("DBSIZE").Integer);
        Assert.Equal(25, single.Connect().Call("DBSIZE").Integer);
        Assert.Equal(75, cluster.Servers.Sum(server => cluster.Ask(server, "DBSIZE").Integer));

        using var http = new HttpClient();
        string metrics = await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}/metrics"), TestContext.Current.CancellationToken);
        Assert.Contains($"keyway_shard_up{{shard=\"many\",address=\"127.0.0.1:{cluster.Servers[1].Port}\"}} 1\n", metrics);
        Assert.Contains("keyway_redirects_total{kind=\"moved\"} 0\n", metrics);
    }
}
