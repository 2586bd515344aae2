using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Server;

public sealed class SlowLogTests
{
    [Fact]
    public void Calls_at_the_threshold_are_kept_newest_first()
    {
        using var shard = new TestShard("--slowlog-log-slower-than", "0", "--slowlog-max-len", "3");
        SimulatedPeer peer = shard.Connect();
        shard.Call(peer, "CLIENT SETNAME me");
        shard.Call(peer, "SET a 1");
        shard.Call(peer, "GET a");
        shard.Call(peer, "MULTI");
        shard.Call(peer, "INCR a");
        shard.Call(peer, "EXEC");

        RespValue log = RespValue.Parse(Encoding.Latin1.GetBytes(shard.Call(peer, "SLOWLOG GET")));
        Assert.Equal(["INCR a", "MULTI", "GET a"], log.Items.Select(entry => string.Join(' ', entry[3].Texts)));
        Assert.Equal(["4", "3", "2"], log.Items.Select(entry => entry[0].Text));
        Assert.All(log.Items, entry => Assert.Equal(("1767225600", "me"), (entry[1].Text, entry[5].Text)));
        Assert.StartsWith("127.0.0.1:", log[0][4].Text, StringComparison.Ordinal);

        shard.Call(peer, "CONFIG SET slowlog-log-slower-than -1 slowlog-max-len 1");
        Assert.Equal(":1\r\n", shard.Call(peer, "SLOWLOG LEN"));
        Assert.Equal("+OK\r\n", shard.Call(peer, "SLOWLOG RESET"));
        Assert.Equal("*0\r\n", shard.Call(peer, "SLOWLOG GET -1"));
    }

    [Fact]
    public void Long_requests_are_cut_and_secrets_are_not_shown()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start("--slowlog-log-slower-than", "0");
        using RespClient there = redis.Connect();
        using var shard = new TestShard("--slowlog-log-slower-than", "0");
        SimulatedPeer here = shard.Connect();
        string[] calls =
        [
            "MSET " + string.Join(' ', Enumerable.Range(0, 40)), "SET k " + new string('x', 200), "AUTH foo", "AUTH default foo", "HELLO 2 AUTH default foo", "CONFIG SET hz 11 masterauth secret",
            "MSET " + string.Join(' ', Enumerable.Range(0, 31).Append(1).Append(1)), "GET " + new string('x', 129), "GET " + new string('x', 128), "DEL " + string.Join(' ', Enumerable.Range(0, 31)),
        ];
        foreach (string call in calls)
        {
            there.Call(call.Split(' '));
            shard.Call(here, call);
        }

        RespValue ours = RespValue.Parse(Encoding.Latin1.GetBytes(shard.Call(here, "SLOWLOG GET")));
        Assert.Equal(there.Call("SLOWLOG", "GET").Items.Select(entry => string.Join('|', entry[3].Texts)), ours.Items.Select(entry => string.Join('|', entry[3].Texts)));
    }

    [Theory]
    [InlineData("SLOWLOG HELP")]
    [InlineData("SLOWLOG GET x")]
    [InlineData("SLOWLOG GET -2")]
    [InlineData("SLOWLOG GET 1 1")]
    [InlineData("SLOWLOG GET 0")]
    [InlineData("SLOWLOG LEN x")]
    [InlineData("SLOWLOG")]
    [InlineData("SLOWLOG x")]
    [InlineData("LATENCY HELP")]
    [InlineData("LATENCY LATEST")]
    [InlineData("LATENCY LATEST x")]
    [InlineData("LATENCY HISTORY command")]
    [InlineData("LATENCY GRAPH nosuch")]
    [InlineData("LATENCY RESET")]
    [InlineData("LATENCY RESET a b")]
    [InlineData("LATENCY HISTOGRAM nosuch")]
    [InlineData("LATENCY HISTOGRAM blpop")]
    [InlineData("LATENCY DOCTOR x")]
    public void Replies_are_those_of_redis(string call)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start();
        using RespClient there = redis.Connect();
        using var shard = new TestShard();
        SimulatedPeer here = shard.Connect();
        foreach (string line in (string[])[call, "HELLO 3", call])
        {
            there.Send(line.Split(' '));
            string expected = there.ReadRawText();
            string actual = shard.Call(here, line);
            if (!line.StartsWith("HELLO", StringComparison.Ordinal)) Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void A_histogram_is_kept_of_each_command_and_subcommand_while_it_is_wanted()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        shard.Call(peer, "HELLO 3");
        shard.Call(peer, "CONFIG RESETSTAT");
        shard.Call(peer, "SET a 1");
        shard.Call(peer, "SET a 2");
        shard.Call(peer, "CONFIG GET hz");

        RespValue all = RespValue.Parse(Encoding.Latin1.GetBytes(shard.Call(peer, "LATENCY HISTOGRAM")));
        Assert.Equal('%', all.Kind);
        Assert.Equal("2", all["set"]["calls"].Text);
        Assert.Equal('%', all["set"]["histogram_usec"].Kind);
        Assert.Equal("2", all["set"]["histogram_usec"].Items[^1].Text);
        RespValue config = RespValue.Parse(Encoding.Latin1.GetBytes(shard.Call(peer, "LATENCY HISTOGRAM config")));
        Assert.Equal("1", config["config|get"]["calls"].Text);

        shard.Call(peer, "CONFIG SET latency-tracking no");
        shard.Call(peer, "CONFIG RESETSTAT");
        shard.Call(peer, "SET a 2");
        Assert.Equal("%0\r\n", shard.Call(peer, "LATENCY HISTOGRAM"));
    }
}
