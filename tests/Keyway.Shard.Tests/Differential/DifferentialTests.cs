using Keyway.Differential.Commands;
using Keyway.Differential.Reports;
using Keyway.Differential.Running;
using Keyway.Protocol.Commands;
using Keyway.Shard.Tests.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Differential;

/// <summary>The same random commands to this server and to a real redis-server: the replies are the same bytes, and so is what is left behind.</summary>
public sealed class DifferentialTests
{
    // Commands of Redis that are served by themselves, by another part, or not at all: nothing can be asked about them here.
    private static readonly string[] WithoutMaker =
    [
        "debug", "script", "function", "eval", "evalsha", "fcall", "acl", "cluster", "sync", "psync", "replicaof", "slaveof", "module", "save", "bgsave", "bgrewriteaof", "client|tracking",
    ];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Answers_as_redis_does(int protocol)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        var found = new List<string>();
        using var pair = new ServerPair(new RedisProgram(), new EmbeddedShard());
        var campaign = new Campaign(pair, sendsAll: false, found.Add);

        Findings findings = campaign.Execute(seed: 1, protocol, Catalogue.All, commands: 30_000, length: 500);

        Assert.True(findings.Total == 0, string.Join('\n', found));
        string[] complete = [.. CommandTable.All.Where(CommandRegistryTests.IsComplete).Select(row => row.Name)];
        Assert.Empty(campaign.Skipped.Intersect(complete));
    }

    [Fact]
    public void Every_command_can_be_asked()
    {
        var makers = Catalogue.All.SelectMany(group => group.Makers).Select(maker => maker.FullName).ToHashSet();

        IEnumerable<string> missing = CommandTable.All
            .Where(row => !row.IsContainer && !WithoutMaker.Contains(row.Name) && !WithoutMaker.Contains(row.Name.Split(['|', '_'])[0]) && !makers.Contains(row.Name))
            .Select(row => row.Name);

        Assert.Empty(missing);
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
}
