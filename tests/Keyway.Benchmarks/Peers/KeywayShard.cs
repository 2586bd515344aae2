using System.Globalization;

namespace Keyway.Benchmarks.Peers;

/// <summary>One of our shards as a server of its own, in a redis-server's place.</summary>
internal static class KeywayShard
{
    /// <returns>Null where it is not built or does not serve; the reason is printed.</returns>
    public static Peer? Start(Workspace workspace, string? dll, string name, params string[] more)
    {
        dll ??= Executables.FindKeyway();
        if (dll is null || !File.Exists(dll))
        {
            Console.WriteLine($"{name} is absent: {dll ?? "src/Keyway/bin/Release/net10.0/keyway.dll"} is not built");
            return null;
        }

        int port = workspace.FreePort();
        string[] arguments =
        [
            dll, "shard", "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", workspace.Folder, "--tcp-backlog", "4096", .. more,
        ];
        ChildProcess process = workspace.Start(name.Replace(' ', '-'), "dotnet", arguments);
        if (Readiness.AwaitPong(process, port, TimeSpan.FromSeconds(10))) return new Peer(name, port, process);

        Console.WriteLine($"{name} does not serve:\n{process.LastOutput()}");
        process.Dispose();
        return null;
    }
}
