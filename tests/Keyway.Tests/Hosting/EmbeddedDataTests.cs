using System.Text;
using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting;

/// <summary>Embedded shards come back with their keys, however the process ended.</summary>
public sealed class EmbeddedDataTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestMap _map = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_there_after_the_process_was_killed()
    {
        Write(_map.Yaml(s1: $"{{ embedded: {_map.Shard1}, conf: {{ appendfsync: always }} }}"));
        using (KeywayProcess keyway = Start())
        {
            using RespClient client = RespClient.Connect(_map.Port);
            Assert.Equal("OK", client.Call("SET", "n:1", "one").Text);
            Assert.Equal("3", client.Call("RPUSH", "n:2", "a", "b", "c").Text);
            Assert.Equal("OK", client.Call("SELECT", "3").Text);
            Assert.Equal("OK", client.Call("SET", "n:3", "elsewhere").Text);

            // The other shard writes at least once a second.
            Assert.Equal("OK", client.Call("SET", "n:200", "two hundred").Text);
            Eventually.True(() => Incremental(_map.Shard2).Contains("two hundred", StringComparison.Ordinal), keyway.Describe);
        }

        using KeywayProcess again = Start();
        using RespClient reader = RespClient.Connect(_map.Port);
        Assert.Equal("one", reader.Call("GET", "n:1").Text);
        RespValue list = reader.Call("LRANGE", "n:2", "0", "-1");
        Assert.True(list.Texts is ["a", "b", "c"], $"{list}\n{again.Describe()}");
        Assert.Equal("OK", reader.Call("SELECT", "3").Text);
        Assert.Equal(["elsewhere", "two hundred"], reader.Call("MGET", "n:3", "n:200").Texts);
    }

    [Fact]
    public void A_process_that_is_asked_to_end_loses_nothing()
    {
        Write(_map.Yaml(s1: $"{{ embedded: {_map.Shard1}, conf: {{ appendonly: no }} }}"));
        using (KeywayProcess keyway = Start())
        {
            using RespClient client = RespClient.Connect(_map.Port);
            for (int i = 1; i <= 200; i++) client.Send("SET", $"n:{i}", $"{i}");
            for (int i = 1; i <= 200; i++)
            {
                RespValue reply = client.ReadReply();
                Assert.True(reply.Text == "OK", $"{i}: {reply}\n{keyway.Describe()}");
            }

            keyway.Signal(KeywayProcess.Terminate);
            Assert.Equal(0, keyway.WaitForExit());
            Assert.Equal("", keyway.Error);
        }

        using KeywayProcess again = Start();
        using RespClient reader = RespClient.Connect(_map.Port);
        for (int i = 1; i <= 200; i++) Assert.Equal($"{i}", reader.Call("GET", $"n:{i}").Text);

        // By its journal, and by the snapshot that Redis's own save points ask for at the end.
        Assert.True(File.Exists(_folder.PathOf($"data/s1/{_map.Shard1}/dump.rdb")));
        Assert.True(Directory.Exists(_folder.PathOf($"data/s2/{_map.Shard2}/appendonlydir")));
        Assert.False(Directory.Exists(_folder.PathOf($"data/s1/{_map.Shard1}/appendonlydir")));
        Assert.False(File.Exists(_folder.PathOf($"data/s2/{_map.Shard2}/dump.rdb")));
    }

    [Fact]
    public void It_is_ready_when_all_is_loaded_and_answers_before()
    {
        RunOnce(_map.Yaml(), "SET", "n:1", "one");

        using KeywayProcess keyway = Start();
        int loading = keyway.Output.IndexOf($"Shard s1 at 127.0.0.1:{_map.Shard1} is loading its data", StringComparison.Ordinal);
        int loaded = keyway.Output.IndexOf("s1: DB loaded from append only file", StringComparison.Ordinal);
        int answers = keyway.Output.LastIndexOf($"Shard s1 at 127.0.0.1:{_map.Shard1} answers", StringComparison.Ordinal);
        int ready = keyway.Output.IndexOf("Ready to accept connections", StringComparison.Ordinal);
        Assert.True(0 <= loading && loading < loaded && loaded < answers && answers < ready, keyway.Output);
        Assert.Single(keyway.Output.Split("Ready to accept connections").Skip(1));
    }

    [Fact]
    public void Its_settings_are_those_of_a_shard_that_keeps_its_keys_and_the_map_may_say_otherwise()
    {
        Write(_map.Yaml(s1: $"{{ embedded: {_map.Shard1}, conf: {{ appendfsync: no, repl-backlog-size: 2mb, save: \"900 1\" }} }}"));
        using KeywayProcess keyway = Start();
        using RespClient first = RespClient.Connect(_map.Shard1);
        using RespClient second = RespClient.Connect(_map.Shard2);

        Assert.Equal(["yes", "no", "2097152", "900 1", _folder.PathOf($"data/s1/{_map.Shard1}")], Settings(first));
        Assert.Equal(["yes", "everysec", "16777216", "", _folder.PathOf($"data/s2/{_map.Shard2}")], Settings(second));
        Assert.DoesNotContain("has no effect", keyway.Output);
    }

    [Fact]
    public void Damaged_data_stops_the_start_and_nothing_is_overwritten()
    {
        string snapshot = _folder.PathOf($"data/s1/{_map.Shard1}/dump.rdb");
        Directory.CreateDirectory(Path.GetDirectoryName(snapshot)!);
        File.WriteAllText(snapshot, "REDIS0010 and then nonsense");
        Write(_map.Yaml(s1: $"{{ embedded: {_map.Shard1}, conf: {{ appendonly: no }} }}"));

        (int code, string output, string error) = KeywayProcess.Run(_folder.Path, "-c", "keyway.yaml");

        Assert.Equal(1, code);
        Assert.Equal("keyway: shard 's1' cannot load its data; the log says why\n", error);
        Assert.DoesNotContain("Ready to accept connections", output);
        Assert.Equal("REDIS0010 and then nonsense", File.ReadAllText(snapshot));
    }

    [Fact]
    public void Keys_on_the_disk_count_when_the_map_was_edited_while_the_process_was_stopped()
    {
        RunOnce(_map.Yaml(), "SET", "n:150", "of s2");

        Write(_map.Yaml(last: 200));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", "keyway.yaml");
        Assert.Equal(78, code);
        Assert.Contains("n: 101-200 would move from 's2' to 's1'", error);
        Assert.Contains("'s2' has files that may hold keys", error);

        // What s1 would lose is nothing: it has never held a key.
        RunOnce(_map.Yaml(last: 50), "GET", "n:1");
    }

    [Fact]
    public void A_journal_that_is_turned_off_in_the_map_would_leave_its_keys_behind_and_is_refused()
    {
        RunOnce(_map.Yaml(), "SET", "n:1", "one");

        string without = $"{{ embedded: {_map.Shard1}, conf: {{ appendonly: no }} }}";
        Write(_map.Yaml(s1: without));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", "keyway.yaml");
        Assert.Equal(78, code);
        Assert.Contains("shard 's1' (keyway.yaml:5) has its keys in appendonlydir/appendonly.aof and would start with dump.rdb; 's1' has files that may hold keys", error);

        Write(_map.Yaml(s1: without, pool: "moves: abandon"));
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(_map.Port);
        Assert.True(client.Call("GET", "n:1").IsNull);
    }

    [Theory]
    [InlineData("s1")]
    [InlineData("s1/PORT")]
    public void A_folder_that_is_not_there_any_more_is_missed(string folder)
    {
        RunOnce(_map.Yaml(), "SET", "n:1", "one");
        string path = _folder.PathOf($"data/{folder.Replace("PORT", $"{_map.Shard1}", StringComparison.Ordinal)}");
        Directory.Move(path, _folder.PathOf("elsewhere"));

        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", "keyway.yaml");
        Assert.Equal(78, code);
        Assert.Contains("shard 's1' (keyway.yaml:5)", error);
        Assert.Contains("restore the folder", error);

        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        Directory.Move(_folder.PathOf("elsewhere"), path);
        RunOnce(_map.Yaml(), "GET", "n:1");
    }

    [Fact]
    public void A_shard_that_gets_another_port_keeps_its_keys()
    {
        RunOnce(_map.Yaml(), "SET", "n:1", "one");

        Write(_map.Yaml(s1: $"{{ embedded: {_map.Shard3} }}"));
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(_map.Port);
        Assert.Equal("one", client.Call("GET", "n:1").Text);
        Assert.Contains("where its port was another", keyway.Output);
        Assert.False(Directory.Exists(_folder.PathOf($"data/s1/{_map.Shard1}")));
    }

    [Fact]
    public void A_shard_that_a_reload_brings_back_has_what_it_kept()
    {
        RunOnce(_map.Yaml(shards: _map.ShardThree, rest: "s3", pool: "moves: abandon"), "SET", "other", "three");
        RunOnce(_map.Yaml(pool: "moves: abandon"), "GET", "n:1");

        Write(_map.Yaml());
        using KeywayProcess keyway = Start();
        _folder.Replace("keyway.yaml", _map.Yaml(shards: _map.ShardThree, rest: "s3"));
        keyway.WaitFor("Reload (the file changed): keyway.yaml is served now.");
        using RespClient client = RespClient.Connect(_map.Port);
        Assert.Equal("three", client.Call("GET", "other").Text);
    }

    private static string[] Settings(RespClient shard) =>
        [.. new[] { "appendonly", "appendfsync", "repl-backlog-size", "save", "dir" }.Select(name => shard.Call("CONFIG", "GET", name)[1].Text)];

    /// <summary>What the journal of a shard of the second name holds besides its base.</summary>
    private string Incremental(int port)
    {
        var text = new StringBuilder();
        foreach (string file in Directory.GetFiles(_folder.PathOf($"data/s2/{port}/appendonlydir"), "*.incr.aof")) text.Append(File.ReadAllText(file, Encoding.Latin1));
        return text.ToString();
    }

    /// <summary>Serves the map for one request, and ends in good order.</summary>
    private void RunOnce(string yaml, params string[] request)
    {
        Write(yaml);
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(_map.Port);
        Assert.False(client.Call(request).IsError);
        keyway.Signal(KeywayProcess.Terminate);
        Assert.Equal(0, keyway.WaitForExit());
    }

    private void Write(string yaml) => _folder.Write("keyway.yaml", yaml);

    private KeywayProcess Start() => KeywayProcess.Start(_folder.Path, "-c", "keyway.yaml").WaitUntilReady();
}
