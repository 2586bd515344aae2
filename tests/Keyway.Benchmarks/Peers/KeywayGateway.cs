namespace Keyway.Benchmarks.Peers;

/// <summary>Keyway as its users run it: the built executable, a map in a file, nothing of its inside.</summary>
internal static class KeywayGateway
{
    /// <returns>Null where it is not built or does not serve; the reason is printed.</returns>
    public static Peer? Start(Workspace workspace, string? dll, string name, KeywayMap map)
    {
        Peer? peer = Launch(workspace, dll, name, map);
        if (peer is null) return null;

        // Through to every shard, not just PING, which the gateway answers by itself.
        bool serves = Readiness.AwaitPong(peer.Process, peer.Port, TimeSpan.FromSeconds(10));
        for (int i = 0; serves && i < 32; i++)
        {
            serves = Readiness.Await(
                peer.Process, peer.Port, TimeSpan.FromSeconds(5), RespClient.Encode("EXISTS", $"probe:{i}"), ":0"u8);
        }

        if (serves) return peer;
        Console.WriteLine($"{name} does not serve:\n{peer.Process.LastOutput()}");
        peer.Process.Dispose();
        return null;
    }

    /// <summary>Starts it and does not wait.</summary>
    public static Peer? Launch(Workspace workspace, string? dll, string name, KeywayMap map)
    {
        dll ??= Executables.FindKeyway();
        if (dll is null || !File.Exists(dll))
        {
            Console.WriteLine($"{name} is absent: {dll ?? "src/Keyway/bin/Release/net10.0/keyway.dll"} is not built");
            return null;
        }

        int port = workspace.FreePort();
        int admin = workspace.FreePort();
        string id = name.Replace(' ', '-').Replace(",", "", StringComparison.Ordinal);
        string file = workspace.PathOf(id + ".yaml");
        File.WriteAllText(file, map.ToYaml(port, admin, workspace.PathOf(id + "-data")));
        ChildProcess process = workspace.Start(id, "dotnet", dll, "run", "-c", file);
        return new Peer(name, port, process) { AdminPort = admin };
    }
}
