using System.Text.Json.Nodes;
using Keyway.Tests.Configuration;
using Keyway.Verbs;

namespace Keyway.Tests.Verbs;

public sealed class VerbTests : IDisposable
{
    private const string Map = """
        shards:
          s1: { embedded: 7001 }
          s2: { nodes: [10.0.0.2:6379, 10.0.0.3:6379] }
          s3: { sentinel: { master: orders, nodes: [10.0.0.9:26379] } }
        pools:
          main:
            listen: 127.0.0.1:6379
            partitions:
              - prefix: "user:"
                by: number
                ranges:
                  1-20000: s1
                  20001-30000: s2
              - prefix: "evt:"
                by: text
                ranges: { ..2025: s1, 2026..: s3 }
                otherwise: next
              - { prefix: "old:", ketama: { hash: md5, tag: "{}", servers: { s1: "10.0.0.1:6379:1", s2: "10.0.0.2:6379:1" } } }
              - { prefix: "bin:", by: text, ranges: [{ from: "hex:00ff", shard: s1 }], otherwise: s2 }
              - slots: { 0-8191: s1, 8192-16383: s2 }
        """;

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Check_prints_what_is_right()
    {
        string map = _cli.File("keyway.yaml", "shards: { s1: { embedded: 7001 } }\npools: { main: { listen: 127.0.0.1:6379, shard: s1 } }\n");

        foreach (string[] form in (string[][])[["check", "-c", map], ["-t", "-c", map], ["-c", map, "-t"], ["check", "-t", "-c", map]])
        {
            Assert.Equal(ExitCode.Ok, _cli.Run(form));
            Assert.Equal(("OK: keyway.yaml (1 shard, 1 pool)\n", ""), (_cli.Out, _cli.Error));
        }
    }

    [Fact]
    public void Check_prints_every_error_and_ends_with_78()
    {
        string map = _cli.File("keyway.yaml", "shrads: { s1: { embedded: x } }\npools: { main: { listen: 127.0.0.1:6379, shard: s1 } }\n");

        Assert.Equal(ExitCode.Configuration, _cli.Run("check", "-c", map));
        Assert.Equal("", _cli.Out);
        Assert.Equal("keyway.yaml:1:1: unknown key 'shrads'; did you mean 'shards'?\nkeyway.yaml:1:27: 'x' is no port; write a number from 1 to 65535\n", _cli.Error);
    }

    [Fact]
    public void Check_counts_the_environment_in()
    {
        string map = _cli.File("keyway.yaml", Map);
        _cli.Environment["KEYWAY__POOLS__MAIN__HOLD"] = "soon";

        Assert.Equal(ExitCode.Configuration, _cli.Run("check", "-c", map));
        Assert.Equal("environment KEYWAY__POOLS__MAIN__HOLD: 'soon' is no duration; write 400ms, 2s, 1m or a bare number of milliseconds\n", _cli.Error);
    }

    [Fact]
    public void Check_accepts_what_is_not_built_yet_and_notes_it()
    {
        const string Later = "shards:\n  s1: { cluster: 10.0.0.1:6379 }\npools:\n  main: { listen: 127.0.0.1:6379, shard: s1, reads: prefer-replica, max_lag: 1s }\n";
        Assert.Equal(ExitCode.Ok, _cli.Run("check", "-c", _cli.File("keyway.yaml", Later)));
        Assert.Equal("note: keyway.yaml:4:1: pool 'main': 'max_lag' for a cluster's replicas is not built yet; remove it, or give the cluster a pool of its own\n", _cli.Error);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_wrong_configuration()
    {
        Assert.Equal(ExitCode.Configuration, _cli.Run("check", "-c", "/nowhere/keyway.yaml"));
        Assert.Equal("/nowhere/keyway.yaml: there is no such file; name the map with -c FILE\n", _cli.Error);
        Assert.Equal(ExitCode.Configuration, _cli.Run("explain", "-c", "/nowhere/keyway.yaml", "k"));
        Assert.Equal(ExitCode.Configuration, _cli.Run("map", "-c", "/nowhere/keyway.yaml", "--json"));
        Assert.Equal(ExitCode.Configuration, _cli.Run("import", "/nowhere/nutcracker.yml"));
        Assert.Equal("/nowhere/nutcracker.yml: there is no such file\n", _cli.Error);
    }

    [Theory]
    [InlineData("user:42:cart", """{"key":"user:42:cart","pool":"main","rule":"user:","line":12,"slot":null,"number":42,"shard":"s1","kind":"embedded","address":"127.0.0.1:7001"}""")]
    [InlineData("user:{20001}", """{"key":"user:{20001}","pool":"main","rule":"user:","line":13,"slot":null,"number":20001,"shard":"s2","kind":"nodes","address":"10.0.0.2:6379"}""")]
    [InlineData("user:99999999999999999999", """{"key":"user:99999999999999999999","pool":"main","rule":"user:","line":9,"slot":null,"number":99999999999999999999,"shard":null,"kind":null,"address":null}""")]
    [InlineData("evt:2026-01", """{"key":"evt:2026-01","pool":"main","rule":"evt:","line":16,"slot":null,"number":null,"shard":"s3","kind":"sentinel","address":"10.0.0.9:26379"}""")]
    [InlineData("evt:2025-01", """{"key":"evt:2025-01","pool":"main","rule":"rest","line":20,"slot":600,"number":null,"shard":"s1","kind":"embedded","address":"127.0.0.1:7001"}""")]
    [InlineData("foo", """{"key":"foo","pool":"main","rule":"rest","line":20,"slot":12182,"number":null,"shard":"s2","kind":"nodes","address":"10.0.0.2:6379"}""")]
    [InlineData("größe", """{"key":"größe","pool":"main","rule":"rest","line":20,"slot":9425,"number":null,"shard":"s2","kind":"nodes","address":"10.0.0.2:6379"}""")]
    public void Explain_answers_in_json(string key, string expected)
    {
        Assert.Equal(ExitCode.Ok, _cli.Run("explain", "-c", _cli.File("keyway.yaml", Map), "--json", key));
        Assert.Equal(expected, Assert.Single(JsonNode.Parse(_cli.Out)!.AsArray())!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public void Explain_answers_in_words()
    {
        Assert.Equal(ExitCode.Ok, _cli.Run("explain", "-c", _cli.File("keyway.yaml", Map), "user:42", "user:0", "--", "--json"));
        Assert.Equal("""
            user:42 -> s1 (embedded, 127.0.0.1:7001)
              rule 'user:' (prefix 'user:'): number 42 is in 1-20000 -> s1 [keyway.yaml:12]
            user:0 -> no shard
              rule 'user:' (prefix 'user:'): number 0 is in no range, and there is no 'otherwise': refused [keyway.yaml:9]
            --json -> s2 (nodes, 10.0.0.2:6379)
              rule 'rest' (no prefix): slot 13528 -> s2 [keyway.yaml:20]

            """, _cli.Out);
    }

    [Fact]
    public void Explain_asks_every_pool_or_the_one_that_is_named()
    {
        string map = _cli.File("keyway.yaml", "shards: { s1: { embedded: 7001 } }\npools:\n  main: { listen: 127.0.0.1:6379, shard: s1 }\n  cache: { listen: 127.0.0.1:6380, shard: s1 }\n");

        _cli.Run("explain", "-c", map, "--json", "k");
        Assert.Equal(["main", "cache"], JsonNode.Parse(_cli.Out)!.AsArray().Select(answer => (string)answer!["pool"]!));
        _cli.Run("explain", "-c", map, "--pool=cache", "--json", "k", "l");
        Assert.Equal([("cache", "k"), ("cache", "l")], JsonNode.Parse(_cli.Out)!.AsArray().Select(answer => ((string)answer!["pool"]!, (string)answer["key"]!)));
        _cli.Run("explain", "-c", map, "k");
        Assert.Equal(["pool 'main': k -> s1 (embedded, 127.0.0.1:7001)", "pool 'cache': k -> s1 (embedded, 127.0.0.1:7001)"], _cli.Out.Split('\n').Where(line => line.StartsWith("pool", StringComparison.Ordinal)));
        Assert.Equal(ExitCode.Usage, _cli.Run("explain", "-c", map, "--pool", "mian", "k"));
        Assert.StartsWith("keyway explain: unknown pool 'mian'; did you mean 'main'?\n", _cli.Error);
    }

    [Fact]
    public void Explain_knows_the_built_in_map_which_has_no_lines()
    {
        Assert.Equal(ExitCode.Ok, _cli.Run("explain", "--json", "foo"));
        JsonNode answer = Assert.Single(JsonNode.Parse(_cli.Out)!.AsArray())!;
        Assert.Equal((null, 12182, "s3", "127.0.0.1:7003"), ((int?)answer["line"], (int)answer["slot"]!, (string)answer["shard"]!, (string)answer["address"]!));
        _cli.Run("explain", "foo");
        Assert.Equal("foo -> s3 (local, 127.0.0.1:7003)\n  rule 'rest' (no prefix): slot 12182 -> s3 [built-in map]\n", _cli.Out);
    }

    [Fact]
    public void Map_prints_all_that_a_client_needs_to_partition_itself()
    {
        Assert.Equal(ExitCode.Ok, _cli.Run("map", "-c", _cli.File("keyway.yaml", Map), "--json"));

        JsonNode map = JsonNode.Parse(_cli.Out)!;
        string digest = (string)map["pools"]![0]!["digest"]!;
        Assert.Equal(Maps.Load(Map).Pools[0].Map.Digest, digest);
        Assert.Equal("""
            {"file":"keyway.yaml",
            "shards":[
            {"name":"s1","kind":"embedded","addresses":["127.0.0.1:7001"],"master":null},
            {"name":"s2","kind":"nodes","addresses":["10.0.0.2:6379","10.0.0.3:6379"],"master":null},
            {"name":"s3","kind":"sentinel","addresses":["10.0.0.9:26379"],"master":"orders"}],
            "pools":[{"name":"main","listen":["127.0.0.1:6379"],"databases":16,"digest":"DIGEST","rules":[
            {"name":"user:","prefix":"user:","line":9,"by":"number","ranges":[{"from":"1","to":"20000","shard":"s1","line":12},{"from":"20001","to":"30000","shard":"s2","line":13}],"otherwise":null},
            {"name":"evt:","prefix":"evt:","line":14,"by":"text","ranges":[{"from":null,"to":"2025","shard":"s1","line":16},{"from":"2026","to":null,"shard":"s3","line":16}],"otherwise":"next"},
            {"name":"old:","prefix":"old:","line":18,"by":"ketama","hash":"md5","tag":"{}","servers":[{"shard":"s1","server":"10.0.0.1:6379:1","line":18},{"shard":"s2","server":"10.0.0.2:6379:1","line":18}],"otherwise":null},
            {"name":"bin:","prefix":"bin:","line":19,"by":"text","ranges":[{"from":"hex:00ff","to":null,"shard":"s1","line":19}],"otherwise":"s2"},
            {"name":"rest","prefix":"","line":20,"by":"slots","ranges":[{"from":0,"to":8191,"shard":"s1","line":20},{"from":8192,"to":16383,"shard":"s2","line":20}],"otherwise":null}]}]}
            """.Replace("\n", "", StringComparison.Ordinal), map.ToJsonString().Replace(digest, "DIGEST", StringComparison.Ordinal));
    }

    [Fact]
    public void Databases_that_live_elsewhere_are_exported_and_explained()
    {
        string map = _cli.File("keyway.yaml", """
            shards: { s1: { embedded: 7001 }, s2: { embedded: 7002 } }
            pools:
              main:
                listen: 127.0.0.1:6379
                shard: s1
                dbs:
                  3: { shard: s2 }
            """);
        Assert.Equal(ExitCode.Ok, _cli.Run("map", "-c", map, "--json"));
        JsonNode unit = Assert.Single(JsonNode.Parse(_cli.Out)!["pools"]![0]!["units"]!.AsArray())!;
        Assert.Equal((3, 7, "s2"), ((int)unit["database"]!, (int)unit["line"]!, (string)unit["rules"]![0]!["shard"]!));
        Assert.Equal(ExitCode.Ok, _cli.Run("explain", "-c", map, "k"));
        Assert.Contains("k -> s1 (", _cli.Out);
        Assert.Contains("pool 'main', database 3: k -> s2 (", _cli.Out);
    }

    [Fact]
    public void Diff_prints_what_changes_its_owner()
    {
        string old = _cli.File("old.yaml", Map);
        string next = _cli.File("new.yaml", Map.Replace("0-8191: s1, 8192-16383: s2", "0-8999: s1, 9000-16383: s2", StringComparison.Ordinal).Replace("10.0.0.3", "10.0.0.4", StringComparison.Ordinal));

        Assert.Equal(ExitCode.Ok, _cli.Run("diff", old, next));
        Assert.Contains("pool 'main': slots 8192-8999: s2 -> s1\n", _cli.Out);
        Assert.Contains("shard 's2': nodes 10.0.0.2:6379, 10.0.0.3:6379 -> nodes 10.0.0.2:6379, 10.0.0.4:6379\n", _cli.Out);

        Assert.Equal(ExitCode.Ok, _cli.Run("diff", old, old));
        Assert.Equal("no key changes its owner\n", _cli.Out);
    }

    [Fact]
    public void Diff_knows_pools_that_come_and_go_and_prints_the_errors_of_both_files()
    {
        string one = _cli.File("one.yaml", "shards: { s1: { embedded: 7001 } }\npools: { main: { listen: 127.0.0.1:6379, shard: s1 } }\n");
        string other = _cli.File("other.yaml", "shards: { s1: { embedded: 7001 } }\npools: { cache: { listen: 127.0.0.1:6379, shard: s1 } }\n");

        _cli.Run("diff", one, other);
        Assert.Equal("pool 'main' is gone\npool 'cache' is new\n", _cli.Out);
        Assert.Equal(ExitCode.Configuration, _cli.Run("diff", _cli.File("a.yaml", ""), _cli.File("b.yaml", "[")));
        Assert.Equal(["a.yaml:1:1", "b.yaml:2:1"], _cli.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(':', line.Split(':').Take(3))));
    }

    [Fact]
    public void Import_prints_a_map_that_loads()
    {
        string file = _cli.File("nutcracker.yml", "alpha:\n  listen: 127.0.0.1:22121\n  redis: true\n  preconnect: true\n  timeout: 400\n  servers:\n   - 10.0.0.1:6379:1 one\n");

        Assert.Equal(ExitCode.Ok, _cli.Run("import", file));
        Assert.Equal("one", Assert.Single(Maps.Load(_cli.Out).Shards).Name);
        Assert.Equal("note: nutcracker.yml:4: 'preconnect' has no counterpart: Keyway connects when the first request needs it\n", _cli.Error);
    }

    [Fact]
    public void Import_prints_nothing_that_would_not_load()
    {
        string file = _cli.File("nutcracker.yml", "alpha:\n  listen: 127.0.0.1:9380\n  redis: true\n  timeout: 400\n  servers:\n   - 10.0.0.1:6379:1 one\n");

        Assert.Equal(ExitCode.Configuration, _cli.Run("import", file));
        Assert.Equal("", _cli.Out);
        Assert.Equal("keyway.yaml:8:13: 127.0.0.1:9380 is taken by the admin page; choose another port\n", _cli.Error);
    }
}
