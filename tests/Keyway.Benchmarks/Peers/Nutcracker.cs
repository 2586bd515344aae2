using System.Globalization;

namespace Keyway.Benchmarks.Peers;

/// <summary>twemproxy, which every bound of speed is stated against.</summary>
internal static class Nutcracker
{
    /// <returns>Null where it is not installed or does not serve; the reason is printed.</returns>
    public static Peer? Start(Workspace workspace, params int[] shardPorts) => Start(workspace, null, shardPorts);

    public static Peer? StartWithTimeout(Workspace workspace, int timeoutMs, params int[] shardPorts) => Start(workspace, timeoutMs, shardPorts);

    private static Peer? Start(Workspace workspace, int? timeoutMs, int[] shardPorts)
    {
        string? executable = Executables.Find("nutcracker");
        if (executable is null)
        {
            Console.WriteLine("nutcracker is not installed: nothing to compare with (Debian: apt install nutcracker)");
            return null;
        }

        int port = workspace.FreePort();
        string file = workspace.PathOf("nutcracker.yml");
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
            "nutcracker", executable, "-c", file, "-a", "127.0.0.1",
            "-s", workspace.FreePort().ToString(CultureInfo.InvariantCulture), "-p", workspace.PathOf("nutcracker.pid"), "-v", "4",
            "-o", workspace.PathOf("nutcracker.log"));
        if (Readiness.AwaitPong(process, port, TimeSpan.FromSeconds(5))) return new Peer("nutcracker", port, process);

        Console.WriteLine($"nutcracker does not serve:\n{process.LastOutput()}");
        return null;
    }
}
