using System.Text;
using Keyway.Configuration;
using Keyway.Topology;

namespace Keyway.Tests.Configuration;

public class ConfigLoaderTests
{
    private const string Everything = """
        # yaml-language-server: $schema=keyway.schema.json
        admin: 127.0.0.1:9381
        loops: 2
        data: /var/lib/keyway
        shards:
          s1: { embedded: 7001, conf: { maxmemory: 1gb, save: "" } }
          s2: { local: [7002, 7102], timeout: 400ms, private_links: 5 }
          s3: { nodes: [10.0.1.1:6379, redis-3:6379, "[2001:db8::1]:6379", unix:/run/redis.sock], user: app, password: secret, tls: { ca: ca.pem, name: redis } }
          s4: { sentinel: { master: orders, nodes: [10.0.0.9:26379, 10.0.0.10:26379] }, tls: { cert: c.pem, key: k.pem } }
          s5: { cluster: 10.0.2.1:6379, timeout: 1500 }
        pools:
          main:
            listen: [0.0.0.0:6379, unix:/run/keyway.sock]
            password: open sesame
            users: { app: { password: x, allow: ["@read"], keys: ["user:"], shard: s1 } }
            tls: { cert: c.pem, key: k.pem }
            max_clients: 5
            max_pipeline: 6
            max_collected: 1mb
            buffers: 2MB
            max_transaction: 64kb
            idle: 1m
            databases: 4
            commands: known
            reads: prefer-replica
            max_lag: 1s
            hold: 0
            moves: abandon
            protected: no
            partitions:
              - prefix: "user:"
                by: number
                ranges: { 1-20000: s1, 20001-30000: s2, 30001-: s3 }
                otherwise: next
              - prefix: "evt:"
                name: events
                by: text
                ranges: { ..2025: s1, 2025..2026: s2, 2026..: s3 }
                otherwise: s4
              - { prefix: "bull:", shard: s1 }
              - prefix: "old:"
                ketama: { hash: md5, tag: "{}", servers: { s1: "10.0.0.1:6379:1", s2: "10.0.0.2:6379:1 second" } }
              - prefix: "older:"
                modula: { servers: { s2: "10.0.0.2:6379:3", s1: "/run/redis.sock:1" } }
              - prefix: "bin:"
                by: text
                ranges:
                  - { from: "hex:00ff", to: "b..c", shard: s1 }
                  - { from: "b..c", shard: s2 }
              - prefix: "num:"
                by: number
                ranges:
                  - { to: 0099, shard: s1 }
                  - { from: "100", shard: s2 }
              - slots: { 0-5460: s1, 5461-10922: s5, 10923-16382: s3, 16383: s1 }
          cache:
            listen: 127.0.0.1:6380
            shard: s5
        """;

    [Fact]
    public void Every_option_is_read()
    {
        KeywayConfig config = Maps.Load(Everything);

        Assert.Equal("map.yaml", config.File);
        Assert.Equal("127.0.0.1:9381", config.Admin.ToString());
        Assert.Equal(2, config.Loops);
        Assert.Equal("/var/lib/keyway", config.DataFolder);
        Assert.Equal(["s1", "s2", "s3", "s4", "s5"], config.Shards.Select(shard => shard.Name));
        Assert.Equal([6, 7, 8, 9, 10], config.Shards.Select(shard => shard.Line));
        Assert.Equal(["embedded", "local", "nodes", "sentinel", "cluster"], config.Shards.Select(shard => shard.Kind.Name));

        Assert.Equal([new ConfDirective("maxmemory", "1gb", 6), new ConfDirective("save", "", 6)], config.Shards[0].Conf);
        Assert.Equal([7002, 7102], Assert.IsType<ShardKind.Local>(config.Shards[1].Kind).Ports);
        Assert.Equal(TimeSpan.FromMilliseconds(400), config.Shards[1].Timeout);
        Assert.Equal(5, config.Shards[1].PrivateLinks);
        Assert.Equal(["10.0.1.1:6379", "redis-3:6379", "[2001:db8::1]:6379", "unix:/run/redis.sock"], config.Shards[2].Kind.Addresses.Select(a => a.ToString()));
        Assert.Equal(("app", "secret"), (config.Shards[2].User, config.Shards[2].Password));
        Assert.Equal(new TlsConfig { Line = 8, Ca = "ca.pem", Name = "redis" }, config.Shards[2].Tls);
        Assert.Equal("orders", Assert.IsType<ShardKind.Sentinel>(config.Shards[3].Kind).Master);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), config.Shards[4].Timeout);

        PoolConfig pool = config.Pools[0];
        Assert.Equal(("main", 12), (pool.Name, pool.Line));
        Assert.Equal(["0.0.0.0:6379", "unix:/run/keyway.sock"], pool.Listen.Select(a => a.ToString()));
        Assert.Equal("open sesame", pool.Password);
        UserConfig user = Assert.Single(pool.Users);
        Assert.Equal(("app", "x", 15), (user.Name, user.Password, user.Line));
        PoolUnit unit = Assert.Single(pool.Units);
        Assert.Equal(("app", null, 15, 0), (unit.User, unit.Database, unit.Line, unit.Map.OnlyShard));
        Assert.Equal(["@read"], user.Allow!);
        Assert.Equal(["user:"], user.Keys!);
        Assert.Equal(new TlsConfig { Line = 16, Cert = "c.pem", Key = "k.pem" }, pool.Tls);
        Assert.Equal((5, 6, 1L << 20, 2L << 20, 65536L), (pool.MaxClients, pool.MaxPipeline, pool.MaxCollected, pool.Buffers, pool.MaxTransaction));
        Assert.Equal((TimeSpan.FromMinutes(1), 4, CommandPolicy.Known), (pool.Idle, pool.Databases, pool.Commands));
        Assert.Equal((ReadPolicy.PreferReplica, TimeSpan.FromSeconds(1), TimeSpan.Zero), (pool.Reads, pool.MaxLag, pool.Hold));
        Assert.Equal((MovePolicy.Abandon, false), (pool.Moves, pool.Protected));

        Assert.Equal(["user:", "events", "bull:", "old:", "older:", "bin:", "num:", "rest"], pool.Rules.Select(rule => rule.Name));
        Assert.Equal([31, 35, 40, 41, 43, 45, 50, 55], pool.Rules.Select(rule => rule.Line));
        Assert.Equal([new NumberRange("1", "20000", 0, 33), new NumberRange("20001", "30000", 1, 33), new NumberRange("30001", null, 2, 33)],
            Assert.IsType<Placement.Number>(pool.Rules[0].Placement).Ranges);
        Assert.Equal(Otherwise.Next, pool.Rules[0].Otherwise);
        Assert.Equal([(null, "2025", 0), ("2025", "2026", 1), ("2026", null, 2)],
            Assert.IsType<Placement.Text>(pool.Rules[1].Placement).Ranges.Select(range => (Text(range.From), Text(range.To), range.Shard)));
        Assert.Equal(Otherwise.To(3), pool.Rules[1].Otherwise);
        Assert.Equal(new Placement.Single(0), pool.Rules[2].Placement);

        var ketama = Assert.IsType<Placement.Twemproxy>(pool.Rules[3].Placement);
        Assert.Equal((TwemproxyDistribution.Ketama, TwemproxyHash.Md5, "{}"), (ketama.Distribution, ketama.Hash, Text(ketama.Tag)));
        Assert.Equal([new TwemproxyServer(0, "10.0.0.1:6379:1", 42), new TwemproxyServer(1, "10.0.0.2:6379:1 second", 42)], ketama.Servers);
        var modula = Assert.IsType<Placement.Twemproxy>(pool.Rules[4].Placement);
        Assert.Equal((TwemproxyDistribution.Modula, TwemproxyHash.Fnv1a_64, ""), (modula.Distribution, modula.Hash, Text(modula.Tag)));
        Assert.Equal([1, 0], modula.Servers.Select(server => server.Shard));

        Assert.Equal(["00FF-622E2E63", "622E2E63-"], Assert.IsType<Placement.Text>(pool.Rules[5].Placement).Ranges
            .Select(range => $"{Convert.ToHexString(range.From ?? [])}-{Convert.ToHexString(range.To ?? [])}"));
        Assert.Equal([new NumberRange(null, "99", 0, 53), new NumberRange("100", null, 1, 54)], Assert.IsType<Placement.Number>(pool.Rules[6].Placement).Ranges);
        Assert.Equal([new SlotRange(0, 5460, 0, 55), new SlotRange(5461, 10922, 4, 55), new SlotRange(10923, 16382, 2, 55), new SlotRange(16383, 16383, 0, 55)],
            Assert.IsType<Placement.Slots>(pool.Rules[7].Placement).Ranges);

        PartitionRule all = Assert.Single(config.Pools[1].Rules);
        Assert.Equal(("rest", 58, new Placement.Single(4)), (all.Name, all.Line, all.Placement));
    }

    [Fact]
    public void The_map_routes_as_the_rules_say()
    {
        PartitionMap map = Maps.Load(Everything).Pools[0].Map;

        Assert.Equal("s2", Owner(map, "user:20001:cart"));
        Assert.Equal("s3", Owner(map, "user:{30001}"));
        Assert.Equal("s2", Owner(map, "evt:2025-06"));
        Assert.Equal("s1", Owner(map, "bull:x"));
        Assert.Equal("s3", Owner(map, "foo"));
        Assert.Equal("s1", Owner(map, "user:guest"));
    }

    [Fact]
    public void What_is_not_written_has_the_default_of_the_records()
    {
        KeywayConfig config = Maps.Load("shards: { s1: { embedded: 7001 } }\npools: { main: { listen: 127.0.0.1:6379, shard: s1 } }\n");

        Assert.Equivalent(new KeywayConfig { File = "map.yaml", Shards = config.Shards, Pools = config.Pools }, config, strict: true);
        Assert.Equal(new ShardConfig { Name = "s1", Line = 1, Kind = new ShardKind.Embedded(7001), Conf = config.Shards[0].Conf }, config.Shards[0]);
        Assert.Empty(config.Shards[0].Conf);
        PoolConfig pool = config.Pools[0];
        Assert.Equal(new PoolConfig { Name = "main", Line = 2, Listen = pool.Listen, Users = pool.Users, Rules = pool.Rules, Map = pool.Map }, pool);
        Assert.Empty(pool.Users);
    }

    [Fact]
    public void The_option_tables_defaults_are_those_of_the_records()
    {
        // Each default written out is the same as leaving the key out.
        string pool = string.Concat(OptionTable.Pool.Options.Where(option => option.Default is not null).Select(option => $"    {option.Name}: {option.Default}\n"));
        string shard = string.Join(", ", OptionTable.Shard.Options.Where(option => option.Default is not null).Select(option => $"{option.Name}: {option.Default}"));
        string root = string.Concat(OptionTable.Root.Options.Where(option => option.Default is not null).Select(option => $"{option.Name}: {option.Default}\n"));
        KeywayConfig written = Maps.Load($"{root}shards: {{ s1: {{ embedded: 7001, {shard} }} }}\npools:\n  main:\n    listen: 127.0.0.1:6379\n    shard: s1\n{pool}");
        KeywayConfig left = Maps.Load("shards: { s1: { embedded: 7001 } }\npools:\n  main:\n    listen: 127.0.0.1:6379\n    shard: s1\n");

        Assert.Equal((left.Admin, left.Loops, left.DataFolder), (written.Admin, written.Loops, written.DataFolder));
        Assert.Equal(left.Shards[0] with { Line = 0, Conf = [] }, written.Shards[0] with { Line = 0, Conf = [] });
        PoolConfig a = left.Pools[0], b = written.Pools[0];
        Assert.Equal(a with { Line = 0 }, b with { Line = 0, Listen = a.Listen, Users = a.Users, Rules = a.Rules, Map = a.Map });
    }

    [Theory]
    [InlineData("secret\n", "secret")]
    [InlineData("secret\r\n", "secret")]
    [InlineData("secret", "secret")]
    [InlineData(" two words \n\n", " two words \n")]
    public void A_password_file_loses_one_line_end(string content, string password)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);
            Assert.Equal(password, Maps.LoadShard($"{{ nodes: [10.0.0.1:6379], password_file: {path} }}").Password);
            Assert.Equal(password, Maps.LoadPool($"listen: 0.0.0.0:6379\npassword_file: {path}").Password);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void An_empty_password_file_is_an_error_at_its_line()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "\n");
            Assert.Equal(["map.yaml:3:48: the password is empty; write one, or remove the key"],
                Maps.Errors(Maps.BeforeShards + $"  s1: {{ nodes: [10.0.0.1:6379], password_file: {path} }}\n"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Only_the_first_word_of_loopback_needs_no_password()
    {
        Assert.True(Maps.LoadPool("listen: 0.0.0.0:6379\nprotected: no").Listen[0].IsEveryInterface);
        Assert.Equal("*:6379", Maps.LoadPool("listen: \"*:6379\"\npassword: x").Listen[0].ToString());
        Assert.Single(Maps.LoadPool("listen: 0.0.0.0:6379\nusers: { app: { password: x } }").Users);
    }

    [Fact]
    public void A_shard_that_no_pool_uses_is_worth_a_warning()
    {
        LoadResult result = ConfigLoader.Load("map.yaml", Maps.BeforeShards + "  s1: { embedded: 7001 }\n  s2: { embedded: 7002 }\n", Maps.NoEnvironment);

        Assert.NotNull(result.Config);
        Assert.Equal("map.yaml:4:3: no pool uses shard 's2'; give it keys, or remove it", Assert.Single(result.Warnings).ToString());
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_when_it_was_named()
    {
        LoadResult result = ConfigLoader.LoadFile("/nowhere/keyway.yaml", Maps.NoEnvironment);

        Assert.Null(result.Config);
        Assert.Equal("/nowhere/keyway.yaml: there is no such file; name the map with -c FILE", Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void More_shards_than_a_scan_cursor_can_name_are_refused()
    {
        string shards = string.Concat(Enumerable.Range(1, 1025).Select(i => $"  s{i}: {{ nodes: [10.0.{i / 250}.{i % 250}:6379] }}\n"));

        Assert.Equal(["map.yaml:1027:3: more than 1024 shards; divide them among several gateways"], Maps.Errors(Maps.BeforeShards + shards));
    }

    [Fact]
    public void A_prefix_may_hold_any_bytes()
    {
        PartitionRule rule = Maps.LoadRules("- { prefix: \"a\\x00\\n\", shard: s1 }\n- shard: s2").Rules[0];

        Assert.Equal("a\0\n", Text(rule.Prefix));
        Assert.Equal("a\\x00\\x0a", rule.Name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Broken_files_end_in_errors_never_in_exceptions(int seed)
    {
        var random = new Random(seed);
        const string Debris = "{}[]:,-?#&*!|>'\"%@` \n\t\0~.0as\u00e9\ufeff";
        for (int i = 0; i < 1500; i++)
        {
            var text = new StringBuilder(Everything);
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 40), text.Length - at));
                        break;
                    case 1:
                        text.Insert(at, Debris[random.Next(Debris.Length)]);
                        break;
                    default:
                        text[at] = Debris[random.Next(Debris.Length)];
                        break;
                }
            }

            LoadResult result = ConfigLoader.Load("map.yaml", text.ToString(), Maps.NoEnvironment);
            Assert.Equal(result.Errors.Count == 0, result.Config is not null);
        }
    }

    [Fact]
    public void Ten_thousand_ranges_load_and_route()
    {
        var yaml = new StringBuilder(Maps.BeforeRules).Append("      - by: number\n        ranges:\n");
        for (int i = 0; i < 10_000; i++) yaml.Append($"          {i * 100}-{(i * 100) + 99}: s{(i % 3) + 1}\n");
        yaml.Append("        otherwise: s1\n");

        PartitionMap map = Assert.Single(Maps.Load(yaml.ToString()).Pools).Map;

        Assert.Equal("s1", Owner(map, "0"));
        Assert.Equal("s1", Owner(map, "999999"));
        Assert.Equal("s3", Owner(map, "299"));
        Assert.Equal(8 + 5000, map.Explain("500000"u8).Line);
    }

    private static string Owner(PartitionMap map, string key) => map.ShardNames[map.Find(Encoding.UTF8.GetBytes(key)).Shard];

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
