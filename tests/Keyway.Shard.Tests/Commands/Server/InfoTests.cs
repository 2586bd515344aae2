using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Tests.Differential;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Server;

public sealed class InfoTests
{
    private static readonly string[] Prepare =
        ["CONFIG RESETSTAT", "SET a 1 EX 100", "GET a", "GET b", "INCRBY a x", "SELECT 3", "SET b 1", "SLOWLOG LEN", "NOSUCH", "GET"];

    [Theory]
    [InlineData("INFO")]
    [InlineData("INFO all")]
    [InlineData("INFO everything")]
    [InlineData("INFO default")]
    [InlineData("INFO default latencystats")]
    [InlineData("INFO KeySpace server Server")]
    [InlineData("INFO nosuch")]
    [InlineData("INFO server")]
    [InlineData("INFO clients")]
    [InlineData("INFO memory")]
    [InlineData("INFO persistence")]
    [InlineData("INFO stats")]
    [InlineData("INFO replication")]
    [InlineData("INFO cpu")]
    [InlineData("INFO modules")]
    [InlineData("INFO commandstats")]
    [InlineData("INFO errorstats")]
    [InlineData("INFO latencystats")]
    [InlineData("INFO cluster")]
    [InlineData("INFO keyspace")]
    public void Sections_and_fields_and_their_order_are_those_of_redis(string call)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start();
        using var shard = new LiveShard();
        using RespClient there = redis.Connect();
        using RespClient here = RespClient.Connect(shard.Port);
        foreach (string line in Prepare)
        {
            there.Call(line.Split(' '));
            here.Call(line.Split(' '));
        }

        RespValue theirs = there.Call(call.Split(' '));
        RespValue ours = here.Call(call.Split(' '));
        Assert.Equal(theirs.Kind, ours.Kind);
        Assert.Equal(Shape(theirs.Text), Shape(ours.Text));
    }

    [Fact]
    public void Values_of_a_fresh_server_are_those_of_redis_where_they_mean_the_same()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start("--maxmemory", "100mb");
        using var shard = new LiveShard("--maxmemory", "100mb");
        using RespClient there = redis.Connect();
        using RespClient here = RespClient.Connect(shard.Port);
        foreach (string line in Prepare)
        {
            there.Call(line.Split(' '));
            here.Call(line.Split(' '));
        }

        foreach (string section in (string[])["persistence", "stats", "replication", "keyspace", "errorstats", "cluster", "clients"])
            Assert.Equal(Values(there.Call("INFO", section).Text), Values(here.Call("INFO", section).Text));

        // What hangs on the clock, the process, or how replies are buffered.
        static IEnumerable<string> Values(string text) => text.Split("\r\n").Where(line =>
            !((string[])["rdb_last_save_time", "master_replid", "instantaneous", "total_net", "total_reads", "total_writes", "expire_cycle", "client_recent", "reply_buffer", "db", "total_connections"])
                .Any(prefix => line.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public void Percentiles_are_shown_as_they_are_asked_for()
    {
        using var shard = new TestShard("--latency-tracking-info-percentiles", "0", "12.5", "100");
        SimulatedPeer peer = shard.Connect();
        shard.Call(peer, "GET a");

        Assert.Matches("latency_percentiles_usec_get:p0=[0-9.]+,p12.5=[0-9.]+,p100=[0-9.]+\r\n", shard.Call(peer, "INFO latencystats"));
        shard.Call(peer, "CONFIG SET latency-tracking no");
        Assert.DoesNotContain("usec_get", shard.Call(peer, "INFO latencystats"), StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_is_shown_by_what_takes_it()
    {
        using var shard = new TestShard("--save", "", "--enable-debug-command", "yes");
        SimulatedPeer peer = shard.Connect();
        Dictionary<string, string> before = Fields(shard.Call(peer, "INFO memory"));
        shard.Call(peer, "DEBUG POPULATE 10000 key 100");
        shard.Network.Advance(TimeSpan.FromSeconds(1));
        Dictionary<string, string> after = Fields(shard.Call(peer, "INFO memory"));

        Assert.InRange(Number(after, "used_memory_dataset") - Number(before, "used_memory_dataset"), 1_000_000, 2_000_000);
        Assert.InRange(Number(after, "used_memory_overhead") - Number(before, "used_memory_overhead"), 100_000, 500_000);
        Assert.Equal(Number(after, "used_memory"), Number(after, "used_memory_dataset") + Number(after, "used_memory_overhead"));
        shard.Call(peer, "FLUSHALL");
        Assert.Equal(Number(before, "used_memory"), Number(Fields(shard.Call(peer, "INFO memory")), "used_memory"));
        Assert.True(Number(Fields(shard.Call(peer, "INFO memory")), "used_memory_peak") >= Number(after, "used_memory"));
    }

    [Fact]
    public void Hz_follows_the_crowd_when_it_may()
    {
        using var shard = new TestShard("--hz", "1", "--maxclients", "100000");
        SimulatedPeer peer = shard.Connect();
        for (int i = 0; i < 400; i++) shard.Connect();
        shard.Network.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("\r\nhz:2\r\nconfigured_hz:1\r\n", shard.Call(peer, "INFO server"), StringComparison.Ordinal);

        shard.Call(peer, "CONFIG SET dynamic-hz no");
        Assert.Contains("\r\nhz:1\r\nconfigured_hz:1\r\n", shard.Call(peer, "INFO server"), StringComparison.Ordinal);
    }

    // Names alone; those of commands come in the order of a hash table.
    private static string Shape(string text)
    {
        var shape = new StringBuilder();
        foreach (string section in text.Split("\r\n\r\n"))
        {
            IEnumerable<string> lines = section.Split("\r\n").Select(line => line.Split(':')[0]);
            bool isUnordered = section.StartsWith("# Commandstats", StringComparison.Ordinal) || section.StartsWith("# Latencystats", StringComparison.Ordinal);
            shape.AppendJoin('\n', isUnordered ? lines.Order(StringComparer.Ordinal) : lines).Append("\n\n");
        }

        return shape.ToString();
    }

    private static Dictionary<string, string> Fields(string reply) =>
        reply.Split("\r\n").Where(line => line.Contains(':')).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private static long Number(Dictionary<string, string> fields, string name) => long.Parse(fields[name]);
}
