namespace Keyway.Benchmarks.Peers;

/// <summary>predixy, the faster of the known proxies; measured beside the others where its binary is given or found.</summary>
internal static class Predixy
{
    public static Peer? Start(Workspace workspace, string? executable, params int[] shardPorts)
    {
        executable ??= Executables.Find("predixy");
        if (executable is null) return null;

        int port = workspace.FreePort();
        string file = workspace.PathOf("predixy.conf");
        string groups = string.Concat(shardPorts.Select((p, i) => $"    Group shard{i} {{\n        + 127.0.0.1:{p}\n    }}\n"));
        File.WriteAllText(file, $$"""
            Bind 127.0.0.1:{{port}}
            WorkerThreads 1
            ClientTimeout 0
            Authority {
                Auth {
                    Mode write
                }
            }
            StandaloneServerPool {
                RefreshMethod fixed
                Databases 16
                Hash crc16
                Distribution modula
            {{groups}}}
            """);
        ChildProcess process = workspace.Start("predixy", executable, file);
        if (Readiness.AwaitPong(process, port, TimeSpan.FromSeconds(5))) return new Peer("predixy", port, process);

        Console.WriteLine($"predixy does not serve:\n{process.LastOutput()}");
        return null;
    }
}
