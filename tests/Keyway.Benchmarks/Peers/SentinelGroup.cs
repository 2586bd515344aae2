using System.Diagnostics;

namespace Keyway.Benchmarks.Peers;

/// <summary>A master and its replicas, and three redis-sentinels that watch over them.</summary>
internal sealed class SentinelGroup
{
    public const string Name = "orders";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Workspace _workspace;

    public SentinelGroup(Workspace workspace, int replicas, int downAfterMs)
    {
        _workspace = workspace;
        Servers = [RedisServer.Start(workspace, "node-0")];
        for (int i = 1; i <= replicas; i++) Servers.Add(RedisServer.Start(workspace, $"node-{i}", 0, "--replicaof", "127.0.0.1", $"{Servers[0].Port}"));
        for (int i = 0; i < 3; i++) Sentinels.Add(StartSentinel(i, downAfterMs));
        foreach (int port in Sentinels)
        {
            Await(() =>
            {
                using var client = new RespClient(port);
                return client.Call("SENTINEL", "REPLICAS", Name).StartsWith($"*{replicas}", StringComparison.Ordinal)
                    && client.Call("SENTINEL", "SENTINELS", Name).StartsWith("*2", StringComparison.Ordinal);
            }, "the sentinels know all");
        }

        AwaitReplicas();
    }

    public List<Peer> Servers { get; } = [];

    /// <summary>Their ports.</summary>
    public List<int> Sentinels { get; } = [];

    /// <summary>Its place in <see cref="Servers"/>, by what most sentinels say.</summary>
    public int Master()
    {
        int[] named = [.. Sentinels.Select(MasterBy)];
        return named.GroupBy(index => index).OrderByDescending(group => group.Count()).First().Key;
    }

    public int MasterBy(int sentinel)
    {
        using var client = new RespClient(sentinel);
        string reply = client.Call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Name);
        return Servers.FindIndex(server => reply.Contains($"\r\n{server.Port}\r\n", StringComparison.Ordinal));
    }

    /// <summary>A server that was killed starts again, empty and believing that it is a master.</summary>
    public void Restart(int index) => Servers[index] = RedisServer.Start(_workspace, $"node-{index}", Servers[index].Port);

    /// <summary>All but one follow, and have what it has.</summary>
    public void AwaitReplicas() => Await(() =>
    {
        int masters = 0;
        foreach (Peer server in Servers)
        {
            using var client = new RespClient(server.Port);
            string info = client.Call("INFO", "replication");
            if (info.Contains("role:master", StringComparison.Ordinal)) masters++;
            else if (!info.Contains("master_link_status:up", StringComparison.Ordinal)) return false;
        }

        return masters == 1 && Sentinels.Select(MasterBy).Distinct().Count() == 1;
    }, "all follow the master");

    public static void Await(Func<bool> condition, string what)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"not within {Patience.TotalSeconds} s: {what}");
            Thread.Sleep(20);
        }
    }

    private int StartSentinel(int number, int downAfterMs)
    {
        int port = _workspace.FreePort();
        string file = _workspace.PathOf($"sentinel-{number}.conf");
        File.WriteAllText(file, $"""
            port {port}
            bind 127.0.0.1
            dir {_workspace.Folder}
            sentinel monitor {Name} 127.0.0.1 {Servers[0].Port} 2
            sentinel down-after-milliseconds {Name} {downAfterMs}
            sentinel failover-timeout {Name} 3000

            """);
        ChildProcess process = _workspace.Start($"sentinel-{number}", "redis-server", file, "--sentinel");
        if (!Readiness.AwaitPong(process, port, TimeSpan.FromSeconds(10))) throw new InvalidOperationException($"redis-sentinel did not start:\n{process.LastOutput()}");
        return port;
    }
}
