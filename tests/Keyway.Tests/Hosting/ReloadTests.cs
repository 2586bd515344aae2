using System.Runtime.InteropServices;
using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting;

public sealed partial class ReloadTests : IDisposable
{
    private const string File = "keyway.yaml";

    private readonly TestFolder _folder = new();
    private readonly TestMap _map = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_replaced_file_is_served_without_being_asked_for()
    {
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(_map.Port);
        Assert.Equal("OK", client.Call("SET", "n:1", "one").Text);

        // 101 to 200 go from s2, which is empty, to s1.
        _folder.Replace(File, _map.Yaml(last: 200));
        keyway.WaitFor("Reload (the file changed): keyway.yaml is served now.");
        Assert.Contains("n: 101-200", keyway.Output);

        Assert.Equal("OK", client.Call("SET", "n:150", "moved").Text);
        using RespClient first = RespClient.Connect(_map.Shard1);
        Assert.Equal(["one", "moved"], first.Call("MGET", "n:1", "n:150").Texts);
        Assert.Contains("keyway_map_reloads_total{result=\"ok\"} 1\n", Metrics());
    }

    [Fact]
    public void A_link_that_points_to_another_file_is_noticed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links are exchanged by rename");

        // As a mounted configuration is exchanged: keyway.yaml -> current/keyway.yaml, current -> 1, then -> 2.
        foreach (int version in new[] { 1, 2 })
        {
            Directory.CreateDirectory(_folder.PathOf($"{version}"));
            _folder.Write($"{version}/keyway.yaml", _map.Yaml(last: 100 * version));
        }

        Directory.CreateSymbolicLink(_folder.PathOf("current"), "1");
        System.IO.File.CreateSymbolicLink(_folder.PathOf(File), "current/keyway.yaml");
        using KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "-c", File).WaitUntilReady();

        Directory.CreateSymbolicLink(_folder.PathOf("next"), "2");
        Assert.Equal(0, Rename(_folder.PathOf("next"), _folder.PathOf("current")));
        keyway.WaitFor("Reload (the file changed): keyway.yaml is served now.");
    }

    [Fact]
    public void A_bad_file_changes_nothing_and_raises_a_metric()
    {
        using KeywayProcess keyway = Start();
        _folder.Replace(File, _map.Yaml(pool: "max_clientz: 5"));
        keyway.WaitFor("the map is wrong, the old one is kept");
        Assert.Contains("max_clientz", keyway.Output);

        using RespClient client = RespClient.Connect(_map.Port);
        Assert.Equal("OK", client.Call("SET", "n:1", "one").Text);
        Eventually.True(() => Metrics().Contains("keyway_map_reloads_total{result=\"invalid\"} 1\n", StringComparison.Ordinal), Metrics);
    }

    [Fact]
    public void Keys_that_would_be_lost_sight_of_refuse_the_reload_with_the_list()
    {
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(_map.Port);

        // In another database: it counts all the same.
        Assert.Equal("OK", client.Call("SELECT", "3").Text);
        Assert.Equal("OK", client.Call("SET", "n:150", "mine").Text);

        _folder.Write(File, _map.Yaml(last: 200));
        (int code, string output, string error) = KeywayProcess.Run(_folder.Path, "reload", "-c", File);
        Assert.Equal(78, code);
        Assert.Equal("", output);
        Assert.Contains("n: 101-200 would move from 's2' to 's1'", error);
        Assert.Contains("'s2' holds keys", error);
        Assert.Equal("mine", client.Call("GET", "n:150").Text);
        Assert.Contains("keyway_map_reloads_total{result=\"ok\"} 0\n", Metrics());

        // A cache may lose them.
        _folder.Write(File, _map.Yaml(last: 200, pool: "moves: abandon"));
        Assert.Equal(0, KeywayProcess.Run(_folder.Path, "reload", "-c", File).ExitCode);
        keyway.WaitFor("the keys stay behind");
        Assert.True(client.Call("GET", "n:150").IsNull);
    }

    [Fact]
    public void Keyway_reload_prints_what_changes_and_ends_with_0()
    {
        using KeywayProcess keyway = Start();
        _folder.Write(File, _map.Yaml(pool: "max_clients: 77", shards: _map.ShardThree, rest: "s3"));
        (int code, string output, string error) = KeywayProcess.Run(_folder.Path, "reload", "-c", File);
        Assert.Equal("", error);
        Assert.Equal(0, code);

        // It may come second to the watch of the file, and then there is nothing left to do: what changed is in the log either way.
        Assert.Contains($"OK: {_folder.PathOf(File)} is served", output);
        keyway.WaitFor("shard 's3' is new").WaitFor("max_clients 10000 -> 77");

        using RespClient client = RespClient.Connect(_map.Port);
        Assert.Equal("OK", client.Call("SET", "other", "three").Text);
        using RespClient third = RespClient.Connect(_map.Shard3);
        Assert.Equal("three", third.Call("GET", "other").Text);
    }

    [Fact]
    public void An_embedded_shard_that_the_map_names_no_more_is_stopped()
    {
        using KeywayProcess keyway = Start(_map.Yaml(shards: _map.ShardThree));
        using RespClient third = RespClient.Connect(_map.Shard3);
        Assert.Equal("PONG", third.Call("PING").Text);

        _folder.Replace(File, _map.Yaml());
        keyway.WaitFor("shard 's3' is gone");
        Assert.True(third.IsClosedByPeer());
    }

    [Fact]
    public void A_hangup_reloads_and_does_not_end_the_process()
    {
        using KeywayProcess keyway = Start();
        keyway.Signal(KeywayProcess.Hangup);
        keyway.WaitFor("Reload (SIGHUP): keyway.yaml is served now.");
        keyway.Signal(KeywayProcess.Hangup);
        keyway.WaitFor("Reload (SIGHUP): keyway.yaml is served now.", times: 2);
        keyway.Signal(KeywayProcess.Terminate);
        Assert.Equal(0, keyway.WaitForExit());
    }

    [Theory]
    [InlineData("loops")]
    [InlineData("data")]
    [InlineData("port")]
    [InlineData("conf")]
    public void What_needs_a_restart_is_refused_in_words(string what)
    {
        using KeywayProcess keyway = Start();
        string next = what switch
        {
            "loops" => _map.Yaml().Replace("loops: 2", "loops: 3", StringComparison.Ordinal),
            "data" => _map.Yaml(top: "data: elsewhere"),
            "port" => _map.Yaml(s1: $"{{ embedded: {_map.Shard3} }}"),
            _ => _map.Yaml(s1: $"{{ embedded: {_map.Shard1}, conf: {{ maxclients: 5 }} }}"),
        };
        _folder.Write(File, next);
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "reload", "-c", File);
        Assert.Equal(78, code);
        Assert.Contains("only at a restart", error);
        Assert.EndsWith($"refused: {_folder.PathOf(File)} is not served; the old map is kept\n", error);
    }

    [Fact]
    public void Another_admin_address_is_refused_too()
    {
        using KeywayProcess keyway = Start();
        string next = _map.Yaml().Replace($"admin: 127.0.0.1:{_map.Admin}", $"admin: 127.0.0.1:{_map.Shard3}", StringComparison.Ordinal);
        _folder.Replace(File, next);
        keyway.WaitFor("'admin' is");
    }

    [Fact]
    public void A_port_that_is_taken_refuses_the_reload_and_the_old_state_is_kept()
    {
        using KeywayProcess keyway = Start();
        string state = System.IO.File.ReadAllText(_folder.PathOf("data/state/map.json"));
        using var holder = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, _map.Shard3);
        holder.Start();

        _folder.Write(File, _map.Yaml(shards: _map.ShardThree));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "reload", "-c", File);
        Assert.Equal(78, code);
        Assert.Contains($"127.0.0.1:{_map.Shard3} is in use", error);
        Assert.Equal(state, System.IO.File.ReadAllText(_folder.PathOf("data/state/map.json")));
    }

    [Fact]
    public void Without_a_running_gateway_the_exit_code_is_1()
    {
        _folder.Write(File, _map.Yaml());
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "reload", "-c", File);
        Assert.Equal(1, code);
        Assert.StartsWith($"keyway reload: no gateway answers at 127.0.0.1:{_map.Admin}", error);
    }

    // The framework's Move does not exchange links to folders.
    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);

    private KeywayProcess Start(string? yaml = null)
    {
        _folder.Write(File, yaml ?? _map.Yaml());
        return KeywayProcess.Start(_folder.Path, "-c", File).WaitUntilReady();
    }

    private string Metrics()
    {
        using var client = new HttpClient();
        using HttpResponseMessage page = client.Send(new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_map.Admin}/metrics"));
        using var reader = new StreamReader(page.Content.ReadAsStream());
        return reader.ReadToEnd();
    }
}
