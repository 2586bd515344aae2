using System.Net;
using System.Net.Sockets;
using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting;

public sealed class RunTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestMap _map = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_says_where_everything_is_serves_and_ends_with_0_when_asked_to()
    {
        string file = _folder.Write("keyway.yaml", _map.Yaml());
        using KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "run", "-c", "keyway.yaml").WaitUntilReady();

        Assert.Contains($"127.0.0.1:{_map.Port}", keyway.Output);
        Assert.Contains($"127.0.0.1:{_map.Shard1} (embedded)", keyway.Output);
        Assert.Contains($"http://127.0.0.1:{_map.Admin}/", keyway.Output);
        Assert.Contains(file, keyway.Output);
        Assert.Contains(_folder.PathOf("data"), keyway.Output);
        Assert.Contains($"redis-cli -p {_map.Port} SET user:1 hello", keyway.Output);

        using RespClient client = RespClient.Connect(_map.Port);
        Assert.Equal("OK", client.Call("SET", "n:1", "one").Text);
        Assert.Equal("OK", client.Call("SET", "n:200", "two hundred").Text);
        Assert.Equal(["one", "two hundred"], client.Call("MGET", "n:1", "n:200").Texts);

        // Where the map says, and reachable without the gateway.
        using RespClient first = RespClient.Connect(_map.Shard1);
        using RespClient second = RespClient.Connect(_map.Shard2);
        Assert.Equal(["one", ""], first.Call("MGET", "n:1", "n:200").Texts);
        Assert.Equal(["", "two hundred"], second.Call("MGET", "n:1", "n:200").Texts);

        keyway.Signal(KeywayProcess.Terminate);
        Assert.Equal(0, keyway.WaitForExit());
        Assert.Equal("", keyway.Error);
        Assert.True(client.IsClosedByPeer());
    }

    [Fact]
    public void An_interrupt_from_the_terminal_ends_it_with_0()
    {
        _folder.Write("keyway.yaml", _map.Yaml());
        using KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "-c", "keyway.yaml").WaitUntilReady();
        keyway.Signal(KeywayProcess.Interrupt);
        Assert.Equal(0, keyway.WaitForExit());
    }

    [Fact]
    public void Directives_of_an_embedded_shard_hold()
    {
        _folder.Write("keyway.yaml", _map.Yaml(s1: $"{{ embedded: {_map.Shard1}, conf: {{ requirepass: secret, maxmemory: 64mb }} }}"));
        using KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "-c", "keyway.yaml").WaitUntilReady();

        using RespClient shard = RespClient.Connect(_map.Shard1);
        Assert.StartsWith("NOAUTH", shard.Call("GET", "n:1").Text);
        Assert.Equal("OK", shard.Call("AUTH", "secret").Text);
        Assert.Equal(["maxmemory", "67108864"], shard.Call("CONFIG", "GET", "maxmemory").Texts);

        // The gateway knows the password from the same line.
        using RespClient client = RespClient.Connect(_map.Port);
        Assert.Equal("OK", client.Call("SET", "n:1", "one").Text);
    }

    [Theory]
    [InlineData("conf: { maxmemory: lots }", "maxmemory")]
    [InlineData("conf: { no-such-directive: 1 }", "no-such-directive")]
    [InlineData("conf: { port: 7 }", "cannot stand in 'conf'")]
    public void A_directive_that_cannot_hold_is_refused_with_its_line(string conf, string expected)
    {
        _folder.Write("keyway.yaml", _map.Yaml(s1: $"{{ embedded: {_map.Shard1}, {conf} }}"));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", "keyway.yaml");
        Assert.Equal(78, code);
        Assert.StartsWith("keyway.yaml:5:", error);
        Assert.Contains(expected, error);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public void Every_error_of_a_bad_map_is_printed_and_the_exit_code_is_78()
    {
        _folder.Write("keyway.yaml", _map.Yaml(pool: "max_clientz: 1").Replace("embedded: ", "embeded: ", StringComparison.Ordinal));
        (int code, string output, string error) = KeywayProcess.Run(_folder.Path, "run", "-c", "keyway.yaml");
        Assert.Equal(78, code);
        Assert.Equal("", output);
        Assert.Contains("max_clientz", error);
        Assert.Contains("did you mean 'embedded'", error);
        Assert.DoesNotContain("   at ", error);
    }

    [Fact]
    public void What_is_not_built_yet_is_refused_with_its_line()
    {
        _folder.Write("keyway.yaml", _map.Yaml(pool: "max_lag: 1s", s1: "{ cluster: 127.0.0.1:1 }"));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "run", "-c", "keyway.yaml");
        Assert.Equal(78, code);
        Assert.Contains("pool 'main': 'max_lag' for a cluster's replicas is not built yet", error);
    }

    [Theory]
    [InlineData("pool")]
    [InlineData("admin")]
    [InlineData("shard")]
    public void A_port_in_use_is_named_with_its_process_in_one_line(string which)
    {
        int port = which switch { "pool" => _map.Port, "admin" => _map.Admin, _ => _map.Shard1 };
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, port));
        holder.Listen();

        _folder.Write("keyway.yaml", _map.Yaml());
        (int code, string output, string error) = KeywayProcess.Run(_folder.Path, "run", "-c", "keyway.yaml");
        Assert.Equal(1, code);
        Assert.DoesNotContain("Ready", output);
        Assert.Contains($"127.0.0.1:{port} is in use by", error);
        if (which != "admin") Assert.False(File.Exists(_folder.PathOf("data/state/map.json")));   // nothing was served
        if (OperatingSystem.IsLinux()) Assert.Contains($"process {Environment.ProcessId}", error);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public void Two_processes_never_share_a_data_folder()
    {
        _folder.Write("keyway.yaml", _map.Yaml());
        _folder.Write("other.yaml", new TestMap().Yaml());
        using KeywayProcess first = KeywayProcess.Start(_folder.Path, "-c", "keyway.yaml").WaitUntilReady();
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", "other.yaml");
        Assert.Equal(1, code);
        Assert.Contains($"in use by another keyway (pid {first.Id})", error);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public void A_map_edited_while_the_process_was_stopped_is_compared_with_what_was_served()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer a = RedisServer.Start();
        using RedisServer b = RedisServer.Start();
        string NodesMap(RedisServer first, RedisServer second) => _map.Yaml(s1: $"{{ nodes: [127.0.0.1:{first.Port}] }}")
            .Replace($"s2: {{ embedded: {_map.Shard2} }}", $"s2: {{ nodes: [127.0.0.1:{second.Port}] }}", StringComparison.Ordinal);

        _folder.Write("keyway.yaml", NodesMap(a, b));
        using (KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "-c", "keyway.yaml").WaitUntilReady())
        {
            using RespClient client = RespClient.Connect(_map.Port);
            Assert.Equal("OK", client.Call("SET", "n:1", "one").Text);
            keyway.Signal(KeywayProcess.Terminate);
            Assert.Equal(0, keyway.WaitForExit());
        }

        _folder.Write("keyway.yaml", NodesMap(b, a));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", "keyway.yaml");
        Assert.Equal(78, code);
        Assert.Contains("shard 's1'", error);
        Assert.Contains("'s1' holds keys", error);

        // Nothing was noted: the right map is served again.
        _folder.Write("keyway.yaml", NodesMap(a, b));
        using KeywayProcess again = KeywayProcess.Start(_folder.Path, "-c", "keyway.yaml").WaitUntilReady();
    }

    [Fact]
    public void Without_a_file_the_built_in_map_is_checked_and_named()
    {
        // Its port may be taken on this machine: what counts is which map was meant.
        Dictionary<string, string> environment = new() { ["KEYWAY__ADMIN"] = "nonsense" };
        var error = new StringWriter();
        int code = Keyway.Verbs.CommandLine.Run([], new Keyway.Verbs.VerbContext { Out = TextWriter.Null, Error = error, Environment = environment });
        Assert.Equal(78, code);
        Assert.Contains("KEYWAY__ADMIN", error.ToString());
    }
}
