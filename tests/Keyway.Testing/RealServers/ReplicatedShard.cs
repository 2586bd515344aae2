using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Keyway.Testing.RealServers;

/// <summary>A real master with its replicas and the sentinels that watch over them, all of which know each other when <see cref="Start"/> returns.</summary>
public sealed class ReplicatedShard : IDisposable
{
    public const string Name = "orders";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private ReplicatedShard(RedisServer[] servers, RedisSentinel[] sentinels)
    {
        Servers = servers;
        Sentinels = sentinels;
    }

    /// <summary>The first starts as master.</summary>
    public RedisServer[] Servers { get; }

    public RedisSentinel[] Sentinels { get; }

    public static ReplicatedShard Start(int replicas = 2, int sentinels = 3, int downAfterMs = 1000)
    {
        var servers = new List<RedisServer>();
        var watching = new List<RedisSentinel>();
        try
        {
            servers.Add(RedisServer.Start("--repl-backlog-size", "16mb"));
            for (int i = 0; i < replicas; i++) servers.Add(RedisServer.Start("--replicaof", "127.0.0.1", $"{servers[0].Port}", "--repl-backlog-size", "16mb"));
            for (int i = 0; i < sentinels; i++) watching.Add(RedisSentinel.Start(Name, servers[0].EndPoint, (sentinels / 2) + 1, downAfterMs));
            var shard = new ReplicatedShard([.. servers], [.. watching]);
            shard.AwaitAcquaintance();
            return shard;
        }
        catch
        {
            foreach (RedisServer server in servers) server.Dispose();
            foreach (RedisSentinel sentinel in watching) sentinel.Dispose();
            throw;
        }
    }

    /// <summary>The server that all sentinels name.</summary>
    /// <returns>Null while they differ.</returns>
    public RedisServer? Master()
    {
        string[] ports = [.. Sentinels.Select(sentinel =>
        {
            using RespClient client = sentinel.Connect();
            return client.Call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Name)[1].Text;
        }).Distinct()];
        return ports.Length == 1 ? Array.Find(Servers, server => $"{server.Port}" == ports[0]) : null;
    }

    public static void Await(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience) throw new TimeoutException($"not within {Patience.TotalSeconds} s: {what}");
            Thread.Sleep(10);
        }
    }

    public void Dispose()
    {
        foreach (RedisSentinel sentinel in Sentinels) sentinel.Dispose();
        foreach (RedisServer server in Servers) server.Dispose();
    }

    /// <summary>A sentinel that gives a server another role ends its clients' connections with it, the one that asks here too.</summary>
    /// <returns>Empty when the connection was ended before there was an answer.</returns>
    public static string RoleOf(RedisServer server)
    {
        using RespClient client = server.Connect();
        try
        {
            return client.Call("ROLE")[0].Text;
        }
        catch (Exception ended) when (ended is EndOfStreamException or SocketException)
        {
            return "";
        }
    }

    private void AwaitAcquaintance()
    {
        foreach (RedisSentinel sentinel in Sentinels)
        {
            Await(() =>
            {
                using RespClient client = sentinel.Connect();
                return client.Call("SENTINEL", "REPLICAS", Name).Count == Servers.Length - 1
                    && client.Call("SENTINEL", "SENTINELS", Name).Count == Sentinels.Length - 1
                    && client.Call("SENTINEL", "CKQUORUM", Name).Text.StartsWith("OK", StringComparison.Ordinal);
            }, $"sentinel {sentinel.Port} knows all");
        }
        foreach (RedisServer replica in Servers[1..])
        {
            Await(() =>
            {
                using RespClient client = replica.Connect();
                return client.Call("INFO", "replication").Text.Contains("master_link_status:up");
            }, $"replica {replica.Port} is in step");
        }
    }
}
