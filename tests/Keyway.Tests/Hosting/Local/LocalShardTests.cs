using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting.Local;

/// <summary>Shards whose servers are processes of their own, as they run: their deaths, their parent's death, and what they find when they come back.</summary>
public sealed partial class LocalShardTests : IDisposable
{
    private const int Killed = 9;
    private const int Continued = 18;
    private const int Stopped = 19;

    private readonly TestFolder _folder = new();
    private readonly int _port = ExternalServer.FreePort();
    private readonly int _admin = ExternalServer.FreePort();
    private readonly int _first = ExternalServer.FreePort();
    private readonly int _second = ExternalServer.FreePort();
    private readonly int _third = ExternalServer.FreePort();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_master_that_is_killed_is_replaced_and_comes_back_as_a_replica_that_lacks_little()
    {
        using KeywayProcess keyway = Start();
        AwaitReplica(_second, keyway);
        using (RespClient client = RespClient.Connect(_port))
            for (int i = 0; i < 1000; i++) Assert.Equal("OK", client.Call("SET", $"before:{i}", $"{i}").Text);
        AwaitEqual(keyway);

        Kill(_first);
        List<string> written = WriteUntilAnswered(50, keyway);

        keyway.WaitFor($"the server at port {_second} is its master now; it was the one at port {_first}");
        AwaitReplica(_first, keyway);
        Assert.Equal("1", Info(_second, "stats", "sync_partial_ok"));
        Assert.Equal("0", Info(_second, "stats", "sync_full"));
        using RespClient master = RespClient.Connect(_second);
        Assert.Equal(1000 + written.Count, int.Parse(master.Call("DBSIZE").Text, CultureInfo.InvariantCulture));

        // And back again.
        AwaitEqual(keyway);
        Kill(_second);
        WriteUntilAnswered(10, keyway);
        AwaitReplica(_second, keyway);
        Assert.Equal("1", Info(_first, "stats", "sync_partial_ok"));
    }

    [Fact]
    public void A_master_that_hangs_is_replaced_and_follows_when_it_goes_on()
    {
        using KeywayProcess keyway = Start();
        AwaitReplica(_second, keyway);
        Write("a", "1", keyway);
        AwaitEqual(keyway);
        keyway.WaitFor($"the server at port {_second} has its master's data");
        int hung = PidOf(_first);
        Assert.Equal(0, Kill(hung, Stopped));
        try
        {
            keyway.WaitFor($"the server at port {_second} is its master now; it was the one at port {_first}");
            Write("b", "2", keyway);

            // It cannot write so itself: if all ended now, it must not claim to be the master.
            Assert.Contains($"replicaof 127.0.0.1 {_second}", File.ReadAllText(_folder.PathOf($"data/s1/{_first}/shard.conf")));
        }
        finally
        {
            Assert.Equal(0, Kill(hung, Continued));
        }

        AwaitReplica(_first, keyway);
        AwaitEqual(keyway);
        Assert.Equal(hung, PidOf(_first));
        Assert.Equal(["1", "2"], Read(["a", "b"], keyway));
        Assert.Contains($"replicaof 127.0.0.1 {_second}", File.ReadAllText(_folder.PathOf($"data/s1/{_first}/shard.conf")));
    }

    [Fact]
    public void However_the_gateway_ends_no_server_is_left_and_roles_and_keys_are_found_again()
    {
        int[] children;
        using (KeywayProcess keyway = Start())
        {
            AwaitReplica(_second, keyway);
            Write("a", "1", keyway);
            AwaitEqual(keyway);
            Kill(_first);
            AwaitReplica(_first, keyway);
            Write("b", "2", keyway);
            AwaitEqual(keyway);
            children = [PidOf(_first), PidOf(_second)];
            keyway.Signal(Killed);
            keyway.WaitForExit();
            Eventually.True(() => !children.Any(IsAlive), keyway.Describe);
        }

        // The second is the master, though the map names the first one first.
        using (KeywayProcess keyway = Start())
        {
            Assert.Equal(["1", "2"], Read(["a", "b"], keyway));
            Assert.Equal("master", Info(_second, "replication", "role"));
            AwaitReplica(_first, keyway);
            Write("c", "3", keyway);
            AwaitEqual(keyway);
            children = [PidOf(_first), PidOf(_second)];
            keyway.Signal(KeywayProcess.Terminate);
            Assert.Equal(0, keyway.WaitForExit());
            Assert.Equal("", keyway.Error);
            Assert.DoesNotContain(children, IsAlive);
        }

        // A disk that was exchanged: the other one has all of it.
        Directory.Delete(_folder.PathOf($"data/s1/{_second}"), recursive: true);
        using (KeywayProcess keyway = Start())
        {
            keyway.WaitFor($"the server at port {_first} starts as its master: the folder of the master, at port {_second}, holds nothing");
            Assert.Equal(["1", "2", "3"], Read(["a", "b", "c"], keyway));
            AwaitReplica(_second, keyway);
            AwaitEqual(keyway);
            using RespClient replica = RespClient.Connect(_second);
            Assert.Equal("3", replica.Call("DBSIZE").Text);
        }
    }

    [Fact]
    public void A_master_whose_folder_is_emptied_while_it_runs_does_not_empty_its_replica()
    {
        using KeywayProcess keyway = Start();
        AwaitReplica(_second, keyway);
        Write("a", "1", keyway);
        AwaitEqual(keyway);
        int pid = PidOf(_first);
        Directory.Delete(_folder.PathOf($"data/s1/{_first}"), recursive: true);
        Directory.CreateDirectory(_folder.PathOf($"data/s1/{_first}"));
        Assert.Equal(0, Kill(pid, Killed));

        keyway.WaitFor($"the server at port {_second} is its master now");
        Assert.Equal(["1"], Read(["a"], keyway));
        AwaitReplica(_first, keyway);
        AwaitEqual(keyway);
    }

    [Fact]
    public void A_reload_starts_and_stops_servers()
    {
        using KeywayProcess keyway = Start();
        string second = $"s2: {{ local: {_third} }}";
        _folder.Replace("keyway.yaml", Yaml(shards: second));
        keyway.WaitFor("Reload (the file changed): keyway.yaml is served now.");
        using (RespClient added = RespClient.Connect(_third)) Assert.Equal("PONG", added.Call("PING").Text);
        int child = PidOf(_third, "s2");

        _folder.Replace("keyway.yaml", Yaml());
        keyway.WaitFor("is served now.", times: 2);
        Eventually.True(() => !IsAlive(child), keyway.Describe);

        _folder.Replace("keyway.yaml", Yaml(ports: $"{_first}, {_second}, {_third}"));
        keyway.WaitFor($"shard 's1' runs on port {_first}, {_second}; it changes to {_first}, {_second}, {_third} only at a restart");
    }

    [Fact]
    public void A_port_in_use_is_named()
    {
        using var holder = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, _second);
        holder.Start();
        _folder.Write("keyway.yaml", Yaml(ports: $"{_second}"));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", "keyway.yaml");
        Assert.Equal(1, code);
        Assert.StartsWith($"keyway: shard 's1': 127.0.0.1:{_second} is in use", error);
        Assert.False(File.Exists(_folder.PathOf($"data/s1/{_second}/shard.pid")));
    }

    private string Yaml(string shards = "", string ports = "") => $$"""
        admin: 127.0.0.1:{{_admin}}
        loops: 1
        shards:
          s1: { local: [{{(ports.Length > 0 ? ports : $"{_first}, {_second}")}}] }
          {{shards}}
        pools:
          main: { listen: "127.0.0.1:{{_port}}", shard: s1 }
        """;

    private KeywayProcess Start()
    {
        _folder.Write("keyway.yaml", Yaml());
        return KeywayProcess.Start(_folder.Path, "-c", "keyway.yaml").WaitUntilReady();
    }

    private void Write(string key, string value, KeywayProcess keyway) => Eventually.True(
        () =>
        {
            using RespClient client = RespClient.Connect(_port);
            return client.Call("SET", key, value).Text == "OK";
        },
        keyway.Describe);

    private string[] Read(string[] keys, KeywayProcess keyway)
    {
        string[] values = [];
        Eventually.True(
            () =>
            {
                using RespClient client = RespClient.Connect(_port);
                RespValue reply = client.Call(["MGET", .. keys]);
                if (reply.IsError) return false;
                values = [.. reply.Texts];
                return true;
            },
            keyway.Describe);
        return values;
    }

    /// <returns>What was acknowledged.</returns>
    private List<string> WriteUntilAnswered(int count, KeywayProcess keyway)
    {
        var written = new List<string>();
        int attempts = 0;
        Eventually.True(
            () =>
            {
                using RespClient client = RespClient.Connect(_port);
                string key = $"after:{attempts++}";
                if (client.Call("SET", key, "x").Text == "OK") written.Add(key);
                return written.Count >= count;
            },
            keyway.Describe);
        return written;
    }

    private static void AwaitReplica(int port, KeywayProcess keyway) => Eventually.True(
        () => Info(port, "replication", "role") == "slave" && Info(port, "replication", "master_link_status") == "up", keyway.Describe);

    private void AwaitEqual(KeywayProcess keyway) => Eventually.True(
        () => Info(_first, "replication", "master_repl_offset") is { Length: > 0 } offset && offset == Info(_second, "replication", "master_repl_offset"), keyway.Describe);

    private static string Info(int port, string section, string field)
    {
        try
        {
            using RespClient client = RespClient.Connect(port);
            string line = client.Call("INFO", section).Text.Split("\r\n").FirstOrDefault(line => line.StartsWith(field + ":", StringComparison.Ordinal)) ?? "";
            return line[(line.IndexOf(':') + 1)..];
        }
        catch (Exception down) when (down is System.Net.Sockets.SocketException or IOException)
        {
            return "";
        }
    }

    private void Kill(int port) => Assert.Equal(0, Kill(PidOf(port), Killed));

    private int PidOf(int port, string shard = "s1") =>
        int.Parse(File.ReadAllText(_folder.PathOf($"data/{shard}/{port}/shard.pid")), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);

    private static bool IsAlive(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
