using System.Text;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Differential;

/// <summary>The same random commands to this server and to a real redis-server: the replies are the same bytes, and so is what is left behind.</summary>
public sealed class DifferentialTests
{
    private const int Batch = 50;

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    public void Answers_as_redis_does(int seed, int protocol)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start("--enable-debug-command", "yes");
        using var shard = new LiveShard("--enable-debug-command", "yes");
        using RespClient real = redis.Connect();
        using RespClient ours = RespClient.Connect(shard.Port);

        // Else it would be chance which of the two still counts a key whose time has run out.
        real.Call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
        ours.Call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
        real.Call("HELLO", $"{protocol}");
        ours.Call("HELLO", $"{protocol}");

        var generator = new CommandGenerator(seed);
        for (int done = 0; done < 5_000; done += Batch)
        {
            string[][] commands = Enumerable.Range(0, Batch).Select(_ => generator.Next()).ToArray();
            byte[] requests = commands.SelectMany(command => RespClient.Encode(command)).ToArray();
            real.SendRaw(requests);
            ours.SendRaw(requests);
            for (int i = 0; i < Batch; i++)
            {
                string expected = Comparable(commands[i], real.ReadRaw());
                string actual = Comparable(commands[i], ours.ReadRaw());
                Assert.True(expected == actual, $"seed {seed}, command {done + i}: {string.Join(' ', commands[i].Select(Shown))}\nredis:  {Shown(expected)}\nkeyway: {Shown(actual)}");
            }
        }

        for (int database = 0; database < 16; database++) AssertSameKeys(real, ours, database);
    }

    [Fact]
    public void Refuses_in_the_same_order_before_a_password_was_given()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start("--requirepass", "secret");
        using var shard = new LiveShard("--requirepass", "secret");
        using RespClient real = redis.Connect();
        using RespClient ours = RespClient.Connect(shard.Port);
        foreach (string line in (string[])
        [
            "GET", "GET a", "NOSUCH", "CONFIG NOSUCH", "CONFIG", "DEBUG SLEEP 0", "PING", "HELLO", "HELLO 3", "HELLO 3 AUTH default wrong", "HELLO 9", "RESET", "AUTH", "AUTH wrong", "AUTH a b c",
            "AUTH nobody secret", "AUTH default wrong", "HELLO 3 SETNAME x", "SET a b", "AUTH secret", "SET a b", "DEBUG SLEEP 0", "CLIENT GETNAME", "RESET", "GET a",
            "AUTH default secret", "GET a",
        ])
        {
            string[] command = line.Split(' ');
            Assert.Equal($"{line} {real.Call(command)}", $"{line} {ours.Call(command)}");
        }
    }

    [Fact]
    public void Speaks_of_its_own_commands_and_settings_as_redis_does()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using var shard = new LiveShard();
        using RespClient real = redis.Connect();
        using RespClient ours = RespClient.Connect(shard.Port);
        foreach (string line in (string[])
        [
            "CONFIG SET maxmemory foo", "CONFIG SET maxmemory-policy foo", "CONFIG SET appendonly maybe", "CONFIG SET databases 4", "CONFIG SET foo bar", "CONFIG SET hz 1 foo bar",
            "CONFIG SET maxmemory-clients 200%", "CONFIG SET save x", "CONFIG SET notify-keyspace-events q", "CONFIG SET notify-keyspace-events KEA", "CONFIG GET notify-keyspace-events",
            "CONFIG SET timeout -1", "CONFIG SET proto-max-bulk-len 100", "CONFIG SET maxclients 0", "CONFIG SET list-max-listpack-size 1.5", "CONFIG SET maxmemory 1gb maxmemory 2gb",
            "CONFIG SET maxmemory 100mb", "CONFIG GET maxmemory", "CONFIG GET MAXMEMORY", "CONFIG SET maxmemory 0", "CONFIG GET slave-priority", "CONFIG GET [", "CONFIG GET a b c",
            "CONFIG SET maxmemory-policy allkeys-LFU", "CONFIG GET maxmemory-policy", "SET a abc", "OBJECT FREQ a", "OBJECT IDLETIME a", "CONFIG SET maxmemory-policy noeviction",
            "CONFIG HELP", "CLIENT HELP", "OBJECT HELP", "CONFIG RESETSTAT", "CONFIG", "CONFIG NOSUCH", "CLIENT SETNAME x", "CLIENT GETNAME", "CLIENT LIST TYPE foo", "CLIENT LIST foo",
            "CLIENT LIST ID x", "CLIENT KILL 1.1.1.1:1", "CLIENT KILL ID x", "CLIENT KILL ID 999", "CLIENT KILL foo bar", "CLIENT KILL TYPE foo", "CLIENT KILL USER foo", "CLIENT NO-EVICT foo",
            "CLIENT NO-EVICT on", "CLIENT REPLY foo", "CLIENT UNBLOCK 5", "CLIENT UNBLOCK x", "CLIENT GETREDIR", "CLIENT TRACKINGINFO", "CLIENT NOSUCH", "CLIENT", "CLIENT SETINFO lib-name x",
            "ROLE", "WAIT 0 x", "WAIT x 1", "WAIT 0 -1", "WAIT 0 0", "SHUTDOWN foo", "SHUTDOWN ABORT", "MODULE LIST", "MEMORY USAGE nokey", "MEMORY USAGE a foo", "MEMORY USAGE a SAMPLES x",
            "FLUSHALL foo", "FLUSHALL ASYNC foo", "HELLO x", "HELLO 4", "HELLO 2 foo", "HELLO 2 AUTH x", "AUTH x", "COMMAND COUNT x", "COMMAND GETKEYS MSET a 1 b 2", "COMMAND GETKEYS GET",
            "COMMAND INFO get", "COMMAND NOSUCH", "PING a b", "TIME x", "DEBUG OBJECT a",
        ])
        {
            string[] command = line.Split(' ');
            Assert.Equal($"{line} {real.Call(command)}", $"{line} {ours.Call(command)}");
        }
    }

    // Not the same on two servers: what is left of a relative time, and the order of a walk over a hash table.
    private static string Comparable(string[] command, byte[] reply)
    {
        string text = Encoding.Latin1.GetString(reply);
        string name = command[0].ToUpperInvariant();
        if (name is "TTL" or "PTTL" or "EXPIRETIME" or "PEXPIRETIME") return text.StartsWith(":-", StringComparison.Ordinal) || text[0] != ':' ? text : ":some time";
        if (name == "SCAN" && text[0] == '*' && RespValue.Parse(reply) is var scan && scan[0].Text == "0") return string.Join(' ', scan[1].Texts.Order(StringComparer.Ordinal));
        if (name == "KEYS" && text[0] == '*') return string.Join(' ', RespValue.Parse(reply).Texts.Order(StringComparer.Ordinal));
        return text;
    }

    private static void AssertSameKeys(RespClient real, RespClient ours, int database)
    {
        real.Call("SELECT", $"{database}");
        ours.Call("SELECT", $"{database}");
        string[] keys = real.Call("KEYS", "*").Texts.Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(keys, ours.Call("KEYS", "*").Texts.Order(StringComparer.Ordinal));
        Assert.Equal(real.Call("DBSIZE"), ours.Call("DBSIZE"));
        foreach (string key in keys)
        {
            Assert.Equal(real.Call("GET", key), ours.Call("GET", key));
            Assert.Equal(real.Call("OBJECT", "ENCODING", key), ours.Call("OBJECT", "ENCODING", key));
            long expected = real.Call("PEXPIRETIME", key).Integer;
            long actual = ours.Call("PEXPIRETIME", key).Integer;

            // Relative times were resolved by two clocks.
            Assert.InRange(actual, expected < 0 ? expected : expected - 60_000, expected < 0 ? expected : expected + Math.Min(60_000, long.MaxValue - expected));
        }
    }

    private static string Shown(string text)
    {
        string start = text.Length > 200 ? text[..200] + "…" : text;
        return '"' + start.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + '"';
    }
}
