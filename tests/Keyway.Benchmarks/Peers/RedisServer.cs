using System.Globalization;

namespace Keyway.Benchmarks.Peers;

/// <summary>redis-server without persistence: the shard behind every gateway, and the yardstick beside them.</summary>
internal static class RedisServer
{
    public static Peer Start(Workspace workspace, string name, int port = 0, params string[] more)
    {
        foreach (string program in new[] { "redis-server", "redis-benchmark" })
        {
            if (Executables.Find(program) is null) throw new InvalidOperationException($"{program} is not installed (Debian: apt install redis)");
        }

        if (port == 0) port = workspace.FreePort();
        string[] arguments =
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", workspace.Folder, "--tcp-backlog", "4096", "--daemonize", "no", .. more,
        ];
        ChildProcess process = workspace.Start($"redis-{name}", "redis-server", arguments);
        if (!Readiness.AwaitPong(process, port, TimeSpan.FromSeconds(10)))
            throw new InvalidOperationException($"redis-server did not start:\n{process.LastOutput()}");
        return new Peer(name, port, process);
    }
}
