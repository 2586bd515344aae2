using Keyway.Platform.Simulation;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;
using Keyway.Shard.Tests.Differential;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Server;

public sealed class ConfigTests
{
    private static readonly string[] SameStart = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"];

    // What two servers on one machine cannot share.
    private static readonly HashSet<string> Different = ["port", "dir"];

    // Sets of these would do something to the machine, or start what this server has not: they are tested elsewhere.
    private static readonly HashSet<string> Skipped = ["port", "bind", "dir", "appendonly", "maxclients", "oom-score-adj", "watchdog-period", "key-load-delay", "rdb-key-save-delay", "requirepass", "bind-source-addr"];

    private static readonly string[] Values =
    [
        "", " ", "x", "-1", "0", "1", "7", "yes", "NO", "1kb", "1K", "5gb", "1x", "5%", "101%", "-5%", "099", "1.5", "99999999999999999999", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "2147483647", "2147483648", "4294967296", "-100", "-2147483649", "1 2", "900 1", "900 1 60 5", "1 2 3", "3000 1 1", "normal 1mb 2mb 60",
        "replica 0 0 0 pubsub 1 1 1", "master 1 1 1", "normal 1 1 -1", "normal 1 1 1x", "save now", "nosave", "default nosave", "force force", "save nosave", "50 99.99 12.5",
        "100.1", "KEA", "Knxe", "AKE", "gxnm", "local", "allkeys-lru", "Volatile-TTL", "notice", "everysec", "on-empty-db", "optional", "hostname", "allchannels", "relative", "a/b", "777", "1000",
    ];

    [Fact]
    public void Names_and_defaults_are_those_of_redis()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start();
        using var shard = new LiveShard(SameStart);
        using RespClient there = redis.Connect();
        using RespClient here = RespClient.Connect(shard.Port);

        Assert.Equal(ReadAll(there), ReadAll(here));
    }

    [Fact]
    public void Every_directive_takes_and_refuses_what_redis_does()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start();
        using var shard = new LiveShard(SameStart);
        using RespClient there = redis.Connect();
        using RespClient here = RespClient.Connect(shard.Port);
        var differences = new List<string>();
        foreach (string name in DirectiveTable.All.SelectMany(row => row.Alias == null ? [row.Name] : (string[])[row.Name, row.Alias]).Where(name => !Skipped.Contains(name)))
        {
            foreach (string value in Values)
            {
                foreach (string[] call in (string[][])[["CONFIG", "SET", name, value], ["CONFIG", "GET", name]])
                {
                    there.Send(call);
                    here.Send(call);
                    string expected = there.ReadRawText();
                    string actual = here.ReadRawText();
                    if (expected != actual) differences.Add($"{name} '{value}': {expected.Trim()} here {actual.Trim()}");
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Theory]
    [InlineData("CONFIG SET a b c")]
    [InlineData("CONFIG SET hash-max-listpack-entries 1 hash-max-ziplist-entries 2")]
    [InlineData("CONFIG SET hz 1 HZ 2")]
    [InlineData("CONFIG SET databases 1 nosuch 1")]
    [InlineData("CONFIG SET nosuch 1 databases 1")]
    [InlineData("CONFIG SET Databases 1")]
    [InlineData("CONFIG SET HZ x")]
    [InlineData("CONFIG SET timeout 5 hz 20 maxmemory x")]
    [InlineData("CONFIG SET DbFileName x")]
    [InlineData("CONFIG SET timeout 9 maxmemory 1gb tls-port 1")]
    [InlineData("CONFIG GET hz HZ timeout nosuch")]
    [InlineData("CONFIG GET maxmemory HZ* max*memory hz")]
    [InlineData("CONFIG GET key-load-delay")]
    [InlineData("CONFIG GET key-load-dela*")]
    [InlineData("CONFIG GET")]
    [InlineData("CONFIG HELP")]
    [InlineData("CONFIG REWRITE")]
    [InlineData("CONFIG RESETSTAT x")]
    public void Calls_are_answered_as_redis_does(string call)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start();
        using var shard = new LiveShard(SameStart);
        using RespClient there = redis.Connect();
        using RespClient here = RespClient.Connect(shard.Port);
        foreach (string line in (string[])[call, "CONFIG GET timeout maxmemory hz", "HELLO 3", call])
        {
            string[] words = line.Split(' ');
            there.Send(words);
            here.Send(words);
            string expected = there.ReadRawText();
            if (words[0] != "HELLO") Assert.Equal(Sorted(expected), Sorted(here.ReadRawText()));
            else here.ReadRaw();
        }

        // The order of CONFIG GET's fields is that of a hash table with a random seed.
        static IEnumerable<string> Sorted(string reply) => reply.Split("\r\n").Order(StringComparer.Ordinal);
    }

    [Fact]
    public void A_new_port_is_listened_on_and_the_old_one_is_not()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        Assert.Equal("+OK\r\n", shard.Call(peer, "CONFIG SET port 7000 bind 127.0.0.1"));

        SimulatedPeer other = shard.Network.Connect(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 7000));
        shard.Network.RunUntilIdle();
        Assert.Equal("+PONG\r\n", shard.Call(other, "PING"));
        Assert.Equal("+PONG\r\n", shard.Call(peer, "PING"));
        SimulatedPeer late = shard.Connect();
        Assert.Equal("", shard.Call(late, "PING"));
    }

    [Fact]
    public void A_port_that_is_taken_changes_nothing()
    {
        using var one = new LiveShard("--timeout", "7");
        using var other = new LiveShard();
        using RespClient client = RespClient.Connect(one.Port);

        string reply = client.Call("CONFIG", "SET", "timeout", "9", "bind", "127.0.0.1", "port", $"{other.Port}").Text;
        Assert.Equal("ERR CONFIG SET failed (possibly related to argument 'bind') - Failed to bind to specified addresses.", reply);
        Assert.Equal("7", client.Call("CONFIG", "GET", "timeout")[1].Text);
        using RespClient again = RespClient.Connect(one.Port);
        Assert.Equal("PONG", again.Call("PING").Text);
    }

    [Fact]
    public void A_renamed_command_is_known_by_its_new_name_alone()
    {
        using var shard = new TestShard("--rename-command", "CONFIG", "cfg", "--rename-command", "FLUSHALL", "");
        SimulatedPeer peer = shard.Connect();

        Assert.Equal("*2\r\n$2\r\nhz\r\n$2\r\n10\r\n", shard.Call(peer, "CFG GET hz"));
        Assert.Equal("-ERR unknown command 'CONFIG', with args beginning with: 'GET' 'hz' \r\n", shard.Call(peer, "CONFIG GET hz"));
        Assert.Equal("-ERR unknown command 'flushall', with args beginning with: \r\n", shard.Call(peer, "flushall"));
    }

    private static SortedDictionary<string, string> ReadAll(RespClient client)
    {
        RespValue reply = client.Call("CONFIG", "GET", "*");
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < reply.Count; i += 2) values.Add(reply[i].Text, Different.Contains(reply[i].Text) ? "" : reply[i + 1].Text);
        return values;
    }
}
