using Keyway.Gateway.Metrics;
using Keyway.Testing.RealServers;

namespace Keyway.Gateway.Tests.Real;

/// <summary>Blocking commands and WAIT through the gateway beside a lone redis-server.</summary>
public class RealBlockingTests
{
    private static readonly string[] Requests =
    [
        "RPUSH {t}l a b c d e", "BLPOP {t}l 0", "BRPOP {t}none {t}l 1", "BLMOVE {t}l {t}m LEFT RIGHT 0", "BRPOPLPUSH {t}l {t}m 1", "BLMPOP 0 2 {t}none {t}l LEFT COUNT 2",
        "BLPOP {t}none 0.02", "BRPOP {t}none 0.02", "BLMOVE {t}none {t}m LEFT RIGHT 0.02", "BRPOPLPUSH {t}none {t}m 0.02", "BLMPOP 0.02 1 {t}none RIGHT",
        "ZADD {t}z 1 a 2.5 b 3 c 4 d", "BZPOPMIN {t}z 0", "BZPOPMAX {t}none {t}z 0", "BZMPOP 0 1 {t}z MIN COUNT 5", "BZPOPMIN {t}z 0.02", "BZPOPMAX {t}z 0.02", "BZMPOP 0.02 1 {t}z MAX",
        "XADD {t}x 1-1 f v", "XREAD BLOCK 0 STREAMS {t}x 0", "XREAD BLOCK 20 STREAMS {t}x $", "XREAD COUNT 1 BLOCK 20 STREAMS {t}x {t}y 0 0",
        "XGROUP CREATE {t}x g 0", "XREADGROUP GROUP g c BLOCK 0 STREAMS {t}x >", "XREADGROUP GROUP g c BLOCK 20 STREAMS {t}x >", "XREADGROUP GROUP none c BLOCK 20 STREAMS {t}x >",
        "BLPOP {t}l x", "BLPOP {t}l -1", "ZADD {t}z 1 a", "BLPOP {t}z 0", "BLPOP {t}x 0", "SET {t}s 1", "BLPOP {t}s 0", "BLPOP {t}none {t}s 0.02", "BLMOVE {t}l {t}m UP RIGHT 0", "BLMPOP 0 0 {t}l LEFT",
        "BLMPOP 0 x {t}l LEFT", "BZMPOP 0 1 {t}z UP", "BZPOPMIN {t}s 0", "XREAD BLOCK x STREAMS {t}x 0", "XREAD BLOCK -1 STREAMS {t}x 0", "XREAD BLOCK 0 STREAMS {t}x", "BLPOP {t}l 99999999999999999",
        "BLPOP", "BLPOP {t}l", "BLMOVE {t}l {t}m LEFT RIGHT", "XREAD BLOCK 0", "WAIT x 0", "WAIT 0 x", "WAIT 0 -1", "WAIT 0 0", "WAIT 1 20", "WAIT 1", "PING",
    ];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void They_answer_as_a_lone_server_does(int protocol)
    {
        using var twins = new Twins(protocol);
        (RespClient, RespClient) clients = twins.Connect();
        foreach (string request in Requests) Twins.Ask(clients, request);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void What_another_client_brings_ends_the_waiting(int protocol)
    {
        using var twins = new Twins(protocol);
        (RespClient Lone, RespClient Through) waiting = twins.Connect();
        (RespClient, RespClient) bringing = twins.Connect();
        foreach ((string wait, string bring) in new[]
        {
            ("BLPOP {t}l 0", "RPUSH {t}l a b"), ("BRPOP {t}none {t}m 0", "LPUSH {t}m x"), ("BLMOVE {t}n {t}o LEFT LEFT 0", "RPUSH {t}n v"), ("BLMPOP 0 1 {t}p LEFT COUNT 3", "RPUSH {t}p 1 2 3 4"),
            ("BZPOPMAX {t}z 0", "ZADD {t}z 1.5 m"), ("BZMPOP 0 1 {t}zz MIN COUNT 2", "ZADD {t}zz 1 a 2 b 3 c"), ("XREAD BLOCK 0 STREAMS {t}x $", "XADD {t}x 5-1 f v"), ("BLPOP {t}q 0", "EVAL return~redis.call('RPUSH',KEYS[1],'s') 1 {t}q"),
        })
        {
            string[] words = wait.Split(' ');
            waiting.Lone.Send(words);
            waiting.Through.Send(words);
            waiting.Lone.Send("PING");
            waiting.Through.Send("PING");
            Await(() => Blocked(twins) == 1);
            Twins.Ask(bringing, bring);
            Twins.Compare(waiting, wait);
            Assert.Equal("+PONG\r\n", Twins.Compare(waiting, "PING"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Clients_that_leave_take_nothing_out_of_a_list(bool withMoreBehind)
    {
        using var twins = new Twins();
        const int count = 50;
        var crowd = new List<RespClient>();
        for (int i = 0; i < count; i++)
        {
            RespClient client = twins.Gateway.Connect();
            crowd.Add(client);
            client.Send("BLPOP", "{t}l", "0");
            if (withMoreBehind) client.SendRaw(string.Concat(Enumerable.Repeat("*2\r\n$3\r\nGET\r\n$4\r\n{t}x\r\n", 1000)));
        }
        Await(() => Blocked(twins) == count);
        foreach (RespClient client in crowd) client.Dispose();
        Await(() => Blocked(twins) == 0);
        Await(() => twins.Gateway.Server.Snapshot().Shards.Sum(shard => shard.Counters.PrivateLinks) == 0);
        Assert.Equal(0, twins.Gateway.Server.ClientCount);
        using RespClient last = twins.Gateway.Connect();
        Assert.Equal(3, last.Call("RPUSH", "{t}l", "1", "2", "3").Integer);
        Assert.Equal(3, last.Call("LLEN", "{t}l").Integer);
    }

    [Fact]
    public void A_server_that_is_stopped_for_a_while_wakes_who_waited_before()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs kill(2)");
        using var twins = new Twins();
        using RespClient waiting = twins.Gateway.Connect();
        using RespClient other = twins.Gateway.Connect();
        waiting.Send("BLPOP", "{t}l", "0");
        Await(() => Blocked(twins) == 1);
        RedisServer owner = twins.Servers[twins.Gateway.Map.Find("{t}l"u8).Shard];
        owner.Suspend();
        try
        {
            Assert.StartsWith("UNCERTAIN ", other.Call("SET", "{t}s", "x").Text);
        }
        finally
        {
            owner.Continue();
        }
        Await(() => other.Call("SET", "{t}s", "x").Text == "OK");
        Assert.Equal(1, other.Call("RPUSH", "{t}l", "v").Integer);
        Assert.Equal(["{t}l", "v"], waiting.ReadReply().Texts);
    }

    [Fact]
    public void WAIT_proves_that_replicas_have_what_this_client_wrote()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs kill(2)");
        using var twins = new Twins();
        using RedisServer first = RedisServer.Start("--replicaof", "127.0.0.1", $"{twins.Servers[0].Port}");
        using RedisServer second = RedisServer.Start("--replicaof", "127.0.0.1", $"{twins.Servers[1].Port}");
        foreach (RedisServer server in twins.Servers)
        {
            using RespClient client = server.Connect();
            Await(() => client.Call("WAIT", "1", "100").Integer == 1);
        }

        using RespClient writer = twins.Gateway.Connect();
        string[] keys = [.. Enumerable.Range(0, 20).Select(i => $"key{i}")];
        foreach (string key in keys) Assert.Equal("OK", writer.Call("SET", key, "1").Text);
        Assert.Equal(1, writer.Call("WAIT", "1", "20000").Integer);
        second.Suspend();
        try
        {
            foreach (string key in keys) Assert.Equal("OK", writer.Call("SET", key, "2").Text);
            Assert.Equal(0, writer.Call("WAIT", "1", "200").Integer);

            // Who wrote only where the replica lives is not kept waiting by the other.
            using RespClient other = twins.Gateway.Connect();
            string there = keys.First(key => twins.Gateway.Map.Find(System.Text.Encoding.ASCII.GetBytes(key)).Shard == 0);
            Assert.Equal("OK", other.Call("SET", there, "3").Text);
            Assert.Equal(1, other.Call("WAIT", "1", "20000").Integer);

            // The reason for the PING that goes before it: without one a connection that did nothing is told the number of replicas.
            using RespClient fresh = twins.Servers[1].Connect();
            Assert.Equal(1, fresh.Call("WAIT", "1", "200").Integer);
            writer.Send("WAIT", "1", "0");
            writer.Send("PING");
        }
        finally
        {
            second.Continue();
        }
        Assert.Equal(1, writer.ReadReply().Integer);
        Assert.Equal("PONG", writer.ReadReply().Text);
    }

    [Fact]
    public void A_demoted_server_says_itself_that_it_unblocks()
    {
        using var twins = new Twins();
        using RespClient waiting = twins.Gateway.Connect();
        waiting.Send("BLPOP", "{t}l", "0");
        Await(() => Blocked(twins) == 1);
        RedisServer owner = twins.Servers[twins.Gateway.Map.Find("{t}l"u8).Shard];
        using RespClient control = owner.Connect();
        control.Call("REPLICAOF", "127.0.0.1", "1");
        Assert.Equal("-UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)\r\n", waiting.ReadRawText());
    }

    private static int Blocked(Twins twins) => twins.Servers.Sum(server =>
    {
        using RespClient client = server.Connect();
        string info = client.Call("INFO", "clients").Text;
        return int.Parse(info.Split("blocked_clients:")[1].Split('\r')[0]);
    });

    private static void Await(Func<bool> condition) => ReplicatedShard.Await(condition, "what the test waits for");
}
