using Keyway.Configuration;

namespace Keyway.Tests.Configuration;

public class EnvironmentOverridesTests
{
    private const string Map = """
        shards:
          s1: { embedded: 7001, conf: { maxmemory: 1gb, maxmemory-policy: noeviction } }
          s-2: { nodes: [10.0.0.2:6379], tls: { ca: a.pem } }
          s3: { sentinel: { master: orders, nodes: [10.0.0.9:26379] } }
        pools:
          main: { listen: 127.0.0.1:6379, shard: s1 }
        """;

    [Fact]
    public void Any_single_value_can_be_overridden()
    {
        KeywayConfig config = Maps.Load(Map,
            ("KEYWAY__ADMIN", "0.0.0.0:9380"),
            ("KEYWAY__LOOPS", "3"),
            ("KEYWAY__DATA", "/data"),
            ("KEYWAY__POOLS__MAIN__HOLD", "2s"),
            ("KEYWAY__POOLS__MAIN__LISTEN", "127.0.0.1:7379,unix:/run/k.sock"),
            ("KEYWAY__POOLS__MAIN__MAX_CLIENTS", "7"),
            ("KEYWAY__POOLS__MAIN__SHARD", "s-2"),
            ("KEYWAY__SHARDS__S1__EMBEDDED", "7101"),
            ("KEYWAY__SHARDS__S1__CONF__MAXMEMORY", "2gb"),
            ("KEYWAY__SHARDS__S1__CONF__MAXMEMORY_POLICY", "allkeys-lru"),
            ("KEYWAY__SHARDS__S1__CONF__LAZYFREE_LAZY_EXPIRE", "yes"),
            ("KEYWAY__SHARDS__S_2__NODES", "10.0.0.3:6379"),
            ("KEYWAY__SHARDS__S_2__PASSWORD", "12345"),
            ("KEYWAY__SHARDS__S_2__TLS__NAME", "redis"),
            ("KEYWAY__SHARDS__S3__SENTINEL__MASTER", "carts"),
            ("KEYWAY__SHARDS__S3__SENTINEL__NODES", "10.0.0.9:26379, 10.0.0.10:26379"));

        Assert.Equal(("0.0.0.0:9380", 3, "/data"), (config.Admin.ToString(), config.Loops, config.DataFolder));
        PoolConfig pool = config.Pools[0];
        Assert.Equal((TimeSpan.FromSeconds(2), 7), (pool.Hold, pool.MaxClients));
        Assert.Equal(["127.0.0.1:7379", "unix:/run/k.sock"], pool.Listen.Select(address => address.ToString()));
        Assert.Equal("s-2", pool.Map.ShardNames[pool.Map.OnlyShard]);
        Assert.Equal("127.0.0.1:7101", config.Shards[0].Kind.Addresses[0].ToString());
        Assert.Equal(["maxmemory 2gb", "maxmemory-policy allkeys-lru", "lazyfree-lazy-expire yes"], config.Shards[0].Conf.Select(directive => $"{directive.Name} {directive.Value}"));
        Assert.Equal(("10.0.0.3:6379", "12345", "redis", "a.pem"),
            (config.Shards[1].Kind.Addresses[0].ToString(), config.Shards[1].Password, config.Shards[1].Tls!.Name, config.Shards[1].Tls!.Ca));
        Assert.Equal(("carts", 2), (Assert.IsType<ShardKind.Sentinel>(config.Shards[2].Kind).Master, config.Shards[2].Kind.Addresses.Count));
    }

    [Theory]
    [InlineData("KEYWAY__ADMN", "x", "unknown option 'ADMN'; did you mean 'ADMIN'?")]
    [InlineData("KEYWAY__COLOUR", "x", "unknown option 'COLOUR'; options of a map: ADMIN, LOOPS, DATA, SHARDS, POOLS")]
    [InlineData("KEYWAY__", "x", "unknown option ''; options of a map: ADMIN, LOOPS, DATA, SHARDS, POOLS")]
    [InlineData("KEYWAY__POOLS", "x", "'POOLS' is no single value; change it in the file")]
    [InlineData("KEYWAY__POOLS__MAIN", "x", "'POOLS' is no single value; change it in the file")]
    [InlineData("KEYWAY__POOLS__MIAN__HOLD", "x", "'pools' of the map has no 'MIAN'; did you mean 'MAIN'?")]
    [InlineData("KEYWAY__POOLS__MAIN__HLOD", "x", "unknown option 'HLOD'; did you mean 'HOLD'?")]
    [InlineData("KEYWAY__POOLS__MAIN__PARTITIONS", "x", "'PARTITIONS' is no single value; change it in the file")]
    [InlineData("KEYWAY__POOLS__MAIN__HOLD__X", "x", "'HOLD' has no options of its own; change it in the file")]
    [InlineData("KEYWAY__SHARDS__S1__CONF", "x", "'CONF' is no single value; change it in the file")]
    [InlineData("KEYWAY__POOLS__MAIN__HOLD", "soon", "'soon' is no duration; write 400ms, 2s, 1m or a bare number of milliseconds")]
    [InlineData("KEYWAY__POOLS__MAIN__HOLD", "", "'hold' has no value; write one, or remove the key for the default, 5s")]
    [InlineData("KEYWAY__LOOPS", "0", "'0' is no value of 'loops'; write a whole number from 1 to 1024")]
    [InlineData("KEYWAY__POOLS__MAIN__SHARD", "s9", "unknown shard 's9'; did you mean 's1'?")]
    [InlineData("KEYWAY__POOLS__MAIN__LISTEN", "0.0.0.0:6379", "0.0.0.0:6379 can be reached from other machines, and the pool asks for no password; add 'password_file:' or 'users:', or say `protected: no`")]
    [InlineData("KEYWAY__SHARDS__S1__PASSWORD", "x", "an included shard takes no 'password'; remove it: Keyway makes its links to the shards that it runs safe itself")]
    public void A_wrong_variable_is_named(string name, string value, string expected)
    {
        Assert.Equal([$"environment {name}: {expected}"], Maps.Errors(Map, (name, value)));
    }

    [Fact]
    public void Names_that_spell_the_same_are_not_guessed_between()
    {
        string yaml = "shards: { a-b: { embedded: 7001 }, a.b: { embedded: 7002 } }\npools: { main: { listen: 127.0.0.1:6379, shard: a-b } }\n";

        Assert.Equal(["environment KEYWAY__SHARDS__A_B__EMBEDDED: 'A_B' could be 'a-b' or 'a.b'; change it in the file"], Maps.Errors(yaml, ("KEYWAY__SHARDS__A_B__EMBEDDED", "7003")));
    }

    [Fact]
    public void Other_variables_are_none_of_its_business()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), Maps.Load(Map, ("KEYWAY_TRANSPORT", "sockets"), ("PATH", "/bin"), ("keyway__admin", "x")).Pools[0].Hold);
    }

    [Fact]
    public void An_override_mends_what_the_file_says_wrongly()
    {
        Assert.Equal(7001, Assert.IsType<ShardKind.Embedded>(Maps.Load(
            "shards: { s1: { embedded: x } }\npools: { main: { listen: 127.0.0.1:6379, shard: s1 } }\n", ("KEYWAY__SHARDS__S1__EMBEDDED", "7001")).Shards[0].Kind).Port);
    }
}
