using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Keyway.Platform.Simulation;
using Keyway.Shard.Tests.Differential;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Server;

public sealed class DebugTests
{
    [Theory]
    [InlineData("DEBUG STRINGMATCH-TEST")]
    [InlineData("DEBUG SDSLEN n")]
    [InlineData("DEBUG SDSLEN l")]
    [InlineData("DEBUG SDSLEN nosuch")]
    [InlineData("DEBUG OBJECT nosuch")]
    [InlineData("DEBUG HTSTATS 99")]
    [InlineData("DEBUG HTSTATS x")]
    [InlineData("DEBUG HTSTATS 1")]
    [InlineData("DEBUG HTSTATS-KEY s")]
    [InlineData("DEBUG HTSTATS-KEY h")]
    [InlineData("DEBUG HTSTATS-KEY nosuch")]
    [InlineData("DEBUG LISTPACK l")]
    [InlineData("DEBUG LISTPACK s")]
    [InlineData("DEBUG LISTPACK h")]
    [InlineData("DEBUG LISTPACK nosuch")]
    [InlineData("DEBUG QUICKLIST l")]
    [InlineData("DEBUG QUICKLIST l 1")]
    [InlineData("DEBUG QUICKLIST s")]
    [InlineData("DEBUG QUICKLIST-PACKED-THRESHOLD 100")]
    [InlineData("DEBUG QUICKLIST-PACKED-THRESHOLD 100b")]
    [InlineData("DEBUG QUICKLIST-PACKED-THRESHOLD 0")]
    [InlineData("DEBUG QUICKLIST-PACKED-THRESHOLD x")]
    [InlineData("DEBUG QUICKLIST-PACKED-THRESHOLD 5gb")]
    [InlineData("DEBUG JMAP")]
    [InlineData("DEBUG STRINGMATCH-LEN 20 *a*")]
    [InlineData("DEBUG DICT-RESIZING 1")]
    [InlineData("DEBUG PROTOCOL nosuch")]
    [InlineData("DEBUG CHANGE-REPL-ID")]
    [InlineData("DEBUG ERROR hello")]
    [InlineData("DEBUG LOG hello")]
    [InlineData("DEBUG CLIENT-EVICTION")]
    [InlineData("DEBUG PAUSE-CRON 0")]
    [InlineData("DEBUG REPLYBUFFER PEAK-RESET-TIME never")]
    [InlineData("DEBUG REPLYBUFFER PEAK-RESET-TIME 100")]
    [InlineData("DEBUG REPLYBUFFER PEAK-RESET-TIME x")]
    [InlineData("DEBUG REPLYBUFFER RESIZING 1")]
    [InlineData("DEBUG REPLYBUFFER x y")]
    [InlineData("DEBUG SET-ACTIVE-EXPIRE 1")]
    [InlineData("DEBUG SET-SKIP-CHECKSUM-VALIDATION 0")]
    [InlineData("DEBUG SLEEP x")]
    [InlineData("DEBUG SLEEP")]
    [InlineData("DEBUG CONFIG-REWRITE-FORCE-ALL")]
    [InlineData("DEBUG REPLICATE SET a b")]
    [InlineData("DEBUG POPULATE")]
    [InlineData("DEBUG POPULATE x")]
    [InlineData("DEBUG POPULATE -1")]
    [InlineData("DEBUG POPULATE 1 k -1")]
    [InlineData("DEBUG POPULATE 1 a b c")]
    [InlineData("DEBUG DIGEST x")]
    [InlineData("DEBUG DIGEST-VALUE")]
    [InlineData("DEBUG DIGEST-VALUE nosuch s")]
    [InlineData("DEBUG NOSUCH")]
    [InlineData("DEBUG")]
    [InlineData("LASTSAVE x")]
    [InlineData("ROLE")]
    [InlineData("LOLWUT")]
    [InlineData("LOLWUT VERSION x")]
    [InlineData("LOLWUT VERSION 4")]
    [InlineData("LOLWUT x")]
    [InlineData("MODULE LIST")]
    [InlineData("MEMORY HELP")]
    [InlineData("MODULE HELP")]
    [InlineData("MEMORY USAGE nosuch")]
    [InlineData("MEMORY USAGE s SAMPLES")]
    [InlineData("MEMORY USAGE s SAMPLES -1")]
    [InlineData("MEMORY USAGE s SAMPLES x")]
    [InlineData("MEMORY USAGE s x 1")]
    [InlineData("MEMORY PURGE")]
    [InlineData("MEMORY STATS x")]
    [InlineData("MODULE LOAD x")]
    public void Replies_are_those_of_redis(string call)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start("--enable-debug-command", "yes");
        using RespClient there = redis.Connect();
        using var shard = new TestShard("--enable-debug-command", "yes");
        SimulatedPeer here = shard.Connect();
        foreach (string line in (string[])["SET s abc", "SET n 12", "RPUSH l a b c", "HSET h a b", call, "HELLO 3", call])
        {
            there.Send(line.Split(' '));
            string expected = there.ReadRawText();
            string actual = shard.Call(here, line);
            if (line == call) Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Digests_of_all_types_are_those_of_redis()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start("--enable-debug-command", "yes");
        using RespClient there = redis.Connect();
        using var shard = new LiveShard("--enable-debug-command", "yes");
        using RespClient here = RespClient.Connect(shard.Port);
        var random = new Random(1);
        List<string> calls =
        [
            "SET s text", "SET n -12", "SET e x EX 1000", "APPEND n 7", "RPUSH l a 12 b", "SADD i 1 2 3", "SADD t a b 3", "HSET h f v 1 2", "ZADD z 1 a 2.5 b -inf c 1e300 d 0.1 e -0 f 1e17 g 1e-7 h",
            "XADD x 1-1 f v", "XADD x 1-2 f w g 1", "XADD x 7-0 other 1 2 3", "XDEL x 1-2", "PEXPIRE z 1000000", "SELECT 3", "SET other-db 1", "SELECT 0", "SETRANGE zeros 3 x", "PFADD hll a b c",
        ];
        for (int i = 0; i < 700; i++)
        {
            string score = ((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20))).ToString("R", CultureInfo.InvariantCulture);
            calls.AddRange([$"RPUSH bl element{i}", $"SADD bs member{i} {i}", $"HSET bh field{i} {i}", $"ZADD bz {score} m{i}", $"XADD bx {i + 1}-1 field {i}", $"SADD bi {i * 3}"]);
        }

        foreach (string call in calls)
        {
            RespValue reply = here.Call(call.Split(' '));
            if (reply.Text.StartsWith("ERR unknown command", StringComparison.Ordinal)) continue;
            Assert.Equal((call, there.Call(call.Split(' ')).IsError), (call, reply.IsError));
        }

        foreach (string key in there.Call("KEYS", "*").Texts)
            Assert.Equal((key, there.Call("DEBUG", "DIGEST-VALUE", key)[0].Text), (key, here.Call("DEBUG", "DIGEST-VALUE", key)[0].Text));
        Assert.Equal(there.Call("DEBUG", "DIGEST").Text, here.Call("DEBUG", "DIGEST").Text);
        there.Call("FLUSHALL");
        here.Call("FLUSHALL");
        Assert.Equal(there.Call("DEBUG", "DIGEST").ToString(), here.Call("DEBUG", "DIGEST").ToString());
    }

    [Fact]
    public void An_element_stands_alone_from_the_packed_threshold_on_as_in_redis()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start("--enable-debug-command", "yes");
        using RespClient there = redis.Connect();
        using var shard = new TestShard("--enable-debug-command", "yes");
        SimulatedPeer here = shard.Connect();
        foreach (string line in (string[])
        [
            "DEBUG QUICKLIST-PACKED-THRESHOLD 20b", $"RPUSH l a {new string('x', 19)} {new string('x', 20)} b {new string('x', 21)} c", "OBJECT ENCODING l", $"LSET l 3 {new string('y', 30)}", "LSET l 2 z",
            $"LINSERT l BEFORE c {new string('z', 30)}", "LREM l 0 z", "LRANGE l 0 -1", "DEBUG QUICKLIST-PACKED-THRESHOLD 0", $"RPUSH m a {new string('x', 30)} b", "OBJECT ENCODING m",
        ])
        {
            there.Send(line.Split(' '));
            Assert.Equal(there.ReadRawText(), shard.Call(here, line));
            if (line.EndsWith('0')) continue;
            Assert.Equal($"{line}: {Nodes(there.Call("DEBUG", "OBJECT", "l").Text)}", $"{line}: {Nodes(shard.Call(here, "DEBUG OBJECT l"))}");
        }

        static string Nodes(string description) => Regex.Match(description, "ql_nodes:[0-9]+").Value;
    }

    [Fact]
    public void Populate_makes_the_keys_that_redis_makes()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start("--enable-debug-command", "yes");
        using RespClient there = redis.Connect();
        using var shard = new TestShard("--enable-debug-command", "yes");
        SimulatedPeer here = shard.Connect();
        foreach (string line in (string[])
        [
            "SET key:3 kept", "DEBUG POPULATE 10", "DEBUG POPULATE 5 p", "DEBUG POPULATE 5 q 3", "DEBUG POPULATE 2 r 10", "DEBUG POPULATE 0", "DBSIZE", "GET key:3", "GET key:9", "GET p:0", "GET q:4", "GET r:1",
            "OBJECT ENCODING r:1", "DEBUG DIGEST",
        ])
        {
            there.Send(line.Split(' '));
            Assert.Equal(there.ReadRawText(), shard.Call(here, line));
        }
    }

    [Fact]
    public void Objects_are_described()
    {
        using var shard = new TestShard("--enable-debug-command", "yes");
        SimulatedPeer peer = shard.Connect();
        shard.Call(peer, "SET n 12");
        shard.Call(peer, "RPUSH l a b c");
        shard.Send(peer, string.Concat(Enumerable.Range(0, 2_000).Select(i => $"RPUSH bl {i:D30}\r\nSADD bs m{i}\r\n")));

        Assert.Matches(@"^\+Value at:0x[0-9a-f]+ refcount:2147483647 encoding:int serializedlength:\d+ lru:\d+ lru_seconds_idle:0\r\n$", shard.Call(peer, "DEBUG OBJECT n"));
        Assert.Matches(@"encoding:quicklist .* ql_nodes:1 ql_avg_node:3.00 ql_listpack_max:-2 ql_compressed:0 ql_uncompressed_size:16\r\n$", shard.Call(peer, "DEBUG OBJECT l"));
        Assert.Matches(@"encoding:quicklist .* ql_nodes:\d+ ql_avg_node:\d+\.\d\d ql_listpack_max:-2 ql_compressed:0 ql_uncompressed_size:6\d\d\d\d\r\n$", shard.Call(peer, "DEBUG OBJECT bl"));

        Assert.Matches(@"Hash table 0 stats \(main hash table\):\n table size: \d+\n number of elements: \d+\n different slots: ", shard.Call(peer, "DEBUG HTSTATS-KEY bs"));
        Assert.Matches(@"\[Dictionary HT\]\nHash table 0 stats \(main hash table\):\n table size: 4\n number of elements: 4\n", shard.Call(peer, "DEBUG HTSTATS 0"));
    }

    [Fact]
    public void Memory_stats_have_the_fields_of_redis_in_its_order_and_shapes()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start();
        using RespClient there = redis.Connect();
        using var shard = new TestShard();
        SimulatedPeer here = shard.Connect();
        foreach (string line in (string[])["SET a b", "SELECT 4", "SET a b EX 100", "MEMORY STATS", "HELLO 3", "MEMORY STATS"])
        {
            RespValue theirs = there.Call(line.Split(' '));
            RespValue ours = RespValue.Parse(Encoding.Latin1.GetBytes(shard.Call(here, line)));
            if (line == "MEMORY STATS") Assert.Equal(Shape(theirs), Shape(ours));
        }

        static string Shape(RespValue reply)
        {
            var text = new StringBuilder($"{reply.Kind}");
            for (int i = 0; i < reply.Count; i += 2)
                text.Append(reply[i].Text).Append(' ').Append(reply[i + 1].Items.Count > 0 ? Shape(reply[i + 1]) : $"{reply[i + 1].Kind}").Append('\n');
            return text.ToString();
        }
    }

    [Fact]
    public void Memory_usage_grows_with_the_value()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        shard.Send(peer, string.Concat(Enumerable.Range(0, 1_000).Select(i => $"HSET h f{i} {i:D50}\r\nZADD z {i} m{i}\r\nRPUSH l {i:D50}\r\nSADD s m{i}\r\nXADD x * f {i}\r\n")));
        shard.Call(peer, $"SET t {new string('x', 100_000)}");

        foreach ((string key, int least, int most) in ((string, int, int)[])[("h", 60_000, 200_000), ("z", 20_000, 150_000), ("l", 50_000, 100_000), ("s", 10_000, 100_000), ("x", 8_000, 100_000), ("t", 100_000, 101_000)])
        {
            if (shard.Call(peer, $"EXISTS {key}") == ":0\r\n") continue;
            string reply = shard.Call(peer, $"MEMORY USAGE {key} SAMPLES 0");
            Assert.True(int.Parse(reply.AsSpan(1)) is var bytes && bytes >= least && bytes <= most, $"{key}: {reply}");
        }
    }

    [Fact]
    public void Doctors_and_art_end_well()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        Assert.Contains("Redis ver. 7.0.15\n", shard.Call(peer, "LOLWUT VERSION 5 20 10"), StringComparison.Ordinal);
        Assert.Contains("*", shard.Call(peer, "LOLWUT VERSION 6 99999999999 -7"), StringComparison.Ordinal);
        Assert.Contains("little data", shard.Call(peer, "MEMORY DOCTOR"), StringComparison.Ordinal);
        Assert.Contains("slabs", shard.Call(peer, "MEMORY MALLOC-STATS"), StringComparison.Ordinal);
        Assert.Equal(":1767225600\r\n", shard.Call(peer, "LASTSAVE"));
        shard.Call(peer, $"SETRANGE big 10000000 x");
        Assert.Contains("No memory problem", shard.Call(peer, "MEMORY DOCTOR"), StringComparison.Ordinal);
    }
}
