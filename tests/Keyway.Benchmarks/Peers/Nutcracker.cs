using System.Globalization;

namespace Keyway.Benchmarks.Peers;

/// <summary>twemproxy, which every bound of speed is stated against.</summary>
internal static class Nutcracker
{
    /// <returns>Null where it is not installed or does not serve; the reason is printed.</returns>
    public static Peer? Start(Workspace workspace, params int[] shardPorts) => Start(workspace, "nutcracker", null, AsItComes, shardPorts);

    /// <summary>
    /// One log level below the one it comes with: it then spares a getpeername for each request, which halves its processor time with pipelines.
    /// Few know; it is shown beside the one that people run.
    /// </summary>
    public static Peer? StartQuiet(Workspace workspace, params int[] shardPorts) => Start(workspace, "nutcracker -v 4", null, AsItComes - 1, shardPorts);

    public static Peer? StartWithTimeout(Workspace workspace, int timeoutMs, params int[] shardPorts) =>
        Start(workspace, "nutcracker", timeoutMs, AsItComes, shardPorts);

    private const int AsItComes = 5;

    private static Peer? Start(Workspace workspace, string name, int? timeoutMs, int logLevel, int[] shardPorts)
    {
        string? executable = Executables.Find("nutcracker");
        if (executable is null)
        {
            Console.WriteLine("nutcracker is not installed: nothing to compare with (Debian: apt install nutcracker)");
            return null;
        }

        int port = workspace.FreePort();
        string file = workspace.PathOf($"nutcracker{logLevel}.yml");
        File.WriteAllText(file, $"""
            main:
              listen: 127.0.0.1:{port}
              hash: fnv1a_64
              distribution: ketama
              redis: true
              backlog: 4096
              preconnect: true
              auto_eject_hosts: false
              {(timeoutMs is null ? "" : $"timeout: {timeoutMs}")}
              servers:
            {string.Concat(shardPorts.Select(p => $"   - 127.0.0.1:{p}:1\n"))}
            """);
        ChildProcess process = workspace.Start(
            $"nutcracker{logLevel}", executable, "-c", file, "-a", "127.0.0.1",
            "-s", workspace.FreePort().ToString(CultureInfo.InvariantCulture), "-p", workspace.PathOf($"nutcracker{logLevel}.pid"),
            "-v", logLevel.ToString(CultureInfo.InvariantCulture),
            "-o", workspace.PathOf($"nutcracker{logLevel}.log"));
        if (Readiness.AwaitPong(process, port, TimeSpan.FromSeconds(5))) return new Peer(name, port, process);

        Console.WriteLine($"nutcracker does not serve:\n{process.LastOutput()}");
        return null;
    }
}
