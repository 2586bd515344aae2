using System.Net;

namespace Keyway.Testing.RealServers;

/// <summary>A real redis-sentinel that watches one master.</summary>
public sealed class RedisSentinel : ExternalServer
{
    private RedisSentinel()
    {
    }

    /// <param name="name">What the sentinels call the master.</param>
    /// <param name="more">Further lines of its file.</param>
    public static RedisSentinel Start(string name, IPEndPoint master, int quorum, int downAfterMs = 1000, int failoverTimeoutMs = 3000, params string[] more)
    {
        var sentinel = new RedisSentinel();
        try
        {
            sentinel.StartProcess("redis-server", port => [sentinel.WriteConf(port, name, master, quorum, downAfterMs, failoverTimeoutMs, more), "--sentinel"], sentinel.Answers);
            return sentinel;
        }
        catch
        {
            sentinel.Dispose();
            throw;
        }
    }

    public RespClient Connect() => RespClient.Connect(Port);

    private string WriteConf(int port, string name, IPEndPoint master, int quorum, int downAfterMs, int failoverTimeoutMs, string[] more)
    {
        string file = Path.Combine(Directory, "sentinel.conf");
        File.WriteAllText(file, $"""
            port {port}
            bind 127.0.0.1
            dir {Directory}
            sentinel monitor {name} {master.Address} {master.Port} {quorum}
            sentinel down-after-milliseconds {name} {downAfterMs}
            sentinel failover-timeout {name} {failoverTimeoutMs}
            {string.Join('\n', more)}

            """);
        return file;
    }

    private bool Answers()
    {
        using RespClient client = Connect();
        return client.Call("PING").Text == "PONG";
    }
}
