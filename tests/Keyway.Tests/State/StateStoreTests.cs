using System.Diagnostics;
using System.Text;
using Keyway.State;
using Keyway.Tests.Configuration;

namespace Keyway.Tests.State;

public sealed class StateStoreTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), "keyway-state-" + Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(_path)) Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public void Before_the_first_start_nothing_was_served()
    {
        using DataFolder folder = DataFolder.Open(_path);

        Assert.Null(new StateStore(folder).Read());
        Assert.Null(new StateStore(folder).ReadShardId("s1"));
    }

    [Fact]
    public void What_was_served_is_read_back_whole()
    {
        const string Everything = """
            shards:
              a: { embedded: 7001 }
              b: { nodes: [10.0.1.1:6379, unix:/run/redis.sock] }
              c: { sentinel: { master: orders, nodes: [10.0.0.9:26379] } }
            pools:
              main:
                listen: 127.0.0.1:6379
                moves: abandon
                partitions:
                  - { prefix: "n:", by: number, ranges: { 1-20000: a, 30000-: b }, otherwise: next }
                  - { prefix: "t:", by: text, ranges: [{ to: "hex:00ff", shard: a }, { from: "b..c", shard: b }], otherwise: c }
                  - { prefix: "k:", ketama: { hash: md5, tag: "{}", servers: { a: "10.0.0.1:6379:1 x", b: "10.0.0.2:6379:2" } } }
                  - { prefix: "m\x00:", modula: { hash: one_at_a_time, servers: { a: "10.0.0.1:6379:1" } } }
                  - { prefix: "s:", shard: c }
                  - slots: { 0-100: a, 101-16383: b }
              cache: { listen: 127.0.0.1:6380, shard: c }
            """;
        ServedMap map = Served.Of(Everything);
        using DataFolder folder = DataFolder.Open(_path);
        new StateStore(folder).Write(map);

        ServedMap read = new StateStore(folder).Read()!;

        Assert.Equivalent(map, read, strict: true);
        Assert.Equal(map.MapOf(map.Pools[0]).Digest, read.MapOf(read.Pools[0]).Digest);
        Assert.Equal(("id-of-a", null), (read.Shards[0].Id, read.Shards[1].Id));
        Assert.Equal([["replid-of-b", "0000"], ["replid-of-c", "0000"]], read.Shards.Skip(1).Select(shard => shard.ReplicationIds));
        Assert.True(StateRules.Compare(read, Maps.Load(Everything), new TestFacts()).Accepted);
    }

    [Fact]
    public void A_second_map_replaces_the_first_and_leaves_nothing_beside_it()
    {
        using DataFolder folder = DataFolder.Open(_path);
        var store = new StateStore(folder);
        store.Write(Served.Of(Served.Map));
        store.Write(Served.Of("shards: { x: { embedded: 1 } }\npools: { p: { listen: 127.0.0.1:6379, shard: x } }"));

        Assert.Equal("x", Assert.Single(store.Read()!.Shards).Name);
        Assert.Equal("map.json", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(_path, "state")))));
    }

    /// <summary>The format that is on disks: whoever changes it must raise its version.</summary>
    [Fact]
    public void A_file_of_version_one_is_read()
    {
        Directory.CreateDirectory(Path.Combine(_path, "state"));
        File.WriteAllText(Path.Combine(_path, "state", "map.json"), """
            {
              "version": 1,
              "map": {
                "shards": [
                  { "name": "a", "kind": "embedded", "addresses": ["127.0.0.1:7001"], "id": "0123", "replicationIds": [] },
                  { "name": "b", "kind": "nodes", "addresses": ["10.0.0.1:6379"], "id": null, "replicationIds": ["abcd", "0000"] }
                ],
                "pools": [
                  {
                    "name": "main",
                    "moves": "refuse",
                    "rules": [
                      { "name": "user:", "prefix": "dXNlcjo=", "line": 9,
                        "placement": { "by": "number", "ranges": [{ "first": "1", "last": null, "shard": 0, "line": 11 }] },
                        "otherwise": { "kind": "shard", "shard": 1 } },
                      { "name": "rest", "prefix": "", "line": 13,
                        "placement": { "by": "slots", "ranges": [{ "first": 0, "last": 16383, "shard": 1, "line": 13 }] },
                        "otherwise": { "kind": "refuse", "shard": -1 } }
                    ]
                  }
                ]
              }
            }
            """);
        using DataFolder folder = DataFolder.Open(_path);

        ServedMap map = new StateStore(folder).Read()!;

        Assert.Equal(("user:", 9), (Encoding.UTF8.GetString(map.Pools[0].Rules[0].Prefix), map.Pools[0].Rules[0].Line));
        Assert.Equal(0, map.MapOf(map.Pools[0]).Find("user:7"u8).Shard);
        Assert.Equal(["abcd", "0000"], map.Shards[1].ReplicationIds);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{", "")]
    [InlineData("[]", "it names no version")]
    [InlineData("{\"map\": {}}", "it names no version")]
    [InlineData("{\"version\": 3}", "it is of version 3, and this program reads versions up to 2")]
    [InlineData("{\"version\": 1}", "")]
    [InlineData("{\"version\": 1, \"map\": null}", "")]
    [InlineData("{\"version\": 1, \"map\": {\"shards\": [], \"pools\": []}, \"more\": 1}", "")]
    [InlineData("{\"version\": 1, \"map\": {\"shards\": [], \"pools\": [{\"name\": \"p\", \"moves\": \"refuse\", \"rules\": []}]}}", "")]
    public void A_damaged_file_stops_the_start_and_is_named(string content, string why)
    {
        Directory.CreateDirectory(Path.Combine(_path, "state"));
        string file = Path.Combine(_path, "state", "map.json");
        File.WriteAllText(file, content);
        using DataFolder folder = DataFolder.Open(_path);

        var refused = Assert.Throws<StateException>(() => new StateStore(folder).Read());

        Assert.StartsWith($"'{file}', the map last served, cannot be read: {why}", refused.Message);
        Assert.EndsWith("restore it, or remove it if you know that the map names every shard as before", refused.Message);
    }

    [Fact]
    public void A_shards_id_is_made_once()
    {
        string first;
        using (DataFolder folder = DataFolder.Open(_path))
        {
            var store = new StateStore(folder);
            first = store.ShardId("s1");
            Assert.NotEqual(first, store.ShardId("s2"));
        }

        using (DataFolder folder = DataFolder.Open(_path))
        {
            Assert.Equal(first, new StateStore(folder).ShardId("s1"));
            Assert.Equal(first, new StateStore(folder).ReadShardId("s1"));
        }

        Assert.Matches("^[0-9a-f]{40}$", first);
    }

    [Fact]
    public void An_id_file_that_holds_no_id_is_not_replaced()
    {
        Directory.CreateDirectory(Path.Combine(_path, "s1"));
        File.WriteAllText(Path.Combine(_path, "s1", "id"), "");
        using DataFolder folder = DataFolder.Open(_path);

        Assert.Contains("holds no id of shard 's1'", Assert.Throws<StateException>(() => new StateStore(folder).ShardId("s1")).Message);
    }

    [Fact]
    public void A_state_that_cannot_be_written_says_so()
    {
        using DataFolder folder = DataFolder.Open(_path);
        File.WriteAllText(Path.Combine(_path, "state"), "a file where the folder should be");

        Assert.Contains("cannot be written", Assert.Throws<StateException>(() => new StateStore(folder).Write(Served.Of(Served.Map))).Message);
    }

    [Fact]
    public void A_folder_in_use_is_refused_with_the_others_pid()
    {
        using DataFolder first = DataFolder.Open(_path);

        var refused = Assert.Throws<StateException>(() => DataFolder.Open(_path));

        Assert.Equal($"data folder '{_path}' is in use by another keyway (pid {Environment.ProcessId}); stop that one, or give this one a folder of its own with 'data:'", refused.Message);
    }

    [Fact]
    public void A_folder_that_was_given_back_can_be_taken_again()
    {
        DataFolder.Open(_path).Dispose();

        using DataFolder again = DataFolder.Open(_path);
        Assert.Equal(_path, again.Path);
    }

    [Fact]
    public void Another_process_is_kept_out_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/flock"), "needs Linux and flock(1)");
        using DataFolder folder = DataFolder.Open(_path);

        using Process other = Process.Start("/usr/bin/flock", ["--nonblock", Path.Combine(_path, "lock"), "true"]);
        other.WaitForExit();

        Assert.Equal(1, other.ExitCode);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_says_so()
    {
        Directory.CreateDirectory(_path);
        string file = Path.Combine(_path, "file");
        File.WriteAllText(file, "");

        Assert.Contains("cannot be made", Assert.Throws<StateException>(() => DataFolder.Open(Path.Combine(file, "data"))).Message);
    }
}
