using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting;

/// <summary>Clients that wait, before shards of ours inside the gateway's process.</summary>
public sealed class BlockedOverOwnShardsTests : IDisposable
{
    private static readonly string[] Requests =
    [
        "RPUSH n:1:l a b c d", "BLPOP n:1:l 0", "BRPOP n:1:none n:1:l 1", "BLMOVE n:1:l n:1:m LEFT RIGHT 0", "BRPOPLPUSH n:1:l n:1:m 1", "BLMPOP 0 2 n:1:none n:1:m LEFT COUNT 2", "BLPOP n:1:l 0.02",
        "BLMOVE n:1:l n:1:m LEFT RIGHT 0.02", "BRPOPLPUSH n:1:l n:1:m 0.02", "BLMPOP 0.02 1 n:1:l LEFT", "ZADD n:1:z 1 a 2.5 b", "BZPOPMIN n:1:z 0", "BZPOPMAX n:1:z 0", "BZPOPMIN n:1:z 0.02",
        "BZMPOP 0.02 1 n:1:z MIN", "XADD n:1:x 1-1 f v", "XREAD BLOCK 0 STREAMS n:1:x 0", "XREAD BLOCK 20 STREAMS n:1:x $", "XGROUP CREATE n:1:x g 0", "XREADGROUP GROUP g c BLOCK 0 STREAMS n:1:x >",
        "XREADGROUP GROUP g c BLOCK 20 STREAMS n:1:x >", "SET n:1:s 1", "BLPOP n:1:s 0", "BLPOP n:1:l x", "BLPOP n:1:l -1", "BLMPOP 0 0 n:1:l LEFT", "WAIT 0 0", "WAIT 1 20", "WAIT x 0", "PING",
    ];

    private readonly TestFolder _folder = new();
    private readonly TestMap _map = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public void They_are_answered_as_redis_server_answers_them(string protocol)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using KeywayProcess keyway = Start();
        using RespClient lone = redis.Connect();
        using RespClient through = RespClient.Connect(_map.Port);
        lone.Call("HELLO", protocol);
        through.Call("HELLO", protocol);
        foreach (string request in Requests)
        {
            lone.Send(request.Split(' '));
            through.Send(request.Split(' '));
            string expected = lone.ReadRawText();
            string actual = through.ReadRawText();
            Assert.True(expected == actual, $"{request}: expected {expected}, got {actual}");
        }
    }

    [Fact]
    public void A_crowd_that_waits_and_leaves_leaves_nothing_behind()
    {
        const int count = 300;
        using KeywayProcess keyway = Start();
        using RespClient shard = RespClient.Connect(_map.Shard1);
        for (int round = 0; round < 2; round++)
        {
            RespClient[] crowd = [.. Enumerable.Range(0, count).Select(_ => RespClient.Connect(_map.Port))];
            foreach (RespClient client in crowd) client.Send("BLPOP", "n:1:q", "0");
            AwaitBlocked(shard, count);
            using (RespClient other = RespClient.Connect(_map.Port)) Assert.Equal(1, other.Call("RPUSH", "n:1:q", "x").Integer);
            AwaitBlocked(shard, count - 1);
            Assert.Single(crowd, client => client.Socket.Poll(0, System.Net.Sockets.SelectMode.SelectRead));
            foreach (RespClient client in crowd) client.Dispose();
            AwaitBlocked(shard, 0);
        }
        using RespClient last = RespClient.Connect(_map.Port);
        Assert.Equal(2, last.Call("RPUSH", "n:1:q", "1", "2").Integer);
        Assert.Equal(2, last.Call("LLEN", "n:1:q").Integer);
    }

    [Fact]
    public void Scripts_that_a_shard_of_ours_cannot_run_are_refused_in_its_own_words()
    {
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(_map.Port);
        using RespClient shard = RespClient.Connect(_map.Shard1);
        foreach (string[] request in (string[][])[["EVAL", "return 1", "1", "n:1"], ["SCRIPT", "LOAD", "return 1"], ["FUNCTION", "STATS"]])
        {
            string expected = shard.Call(request).Text;
            Assert.Equal(expected, client.Call(request).Text);
        }
        Assert.Equal("PONG", client.Call("PING").Text);
    }

    private static void AwaitBlocked(RespClient shard, int wanted) =>
        Eventually.True(() => shard.Call("INFO", "clients").Text.Contains($"blocked_clients:{wanted}\r\n"), () => shard.Call("INFO", "clients").Text);

    private KeywayProcess Start()
    {
        _folder.Write("keyway.yaml", _map.Yaml());
        return KeywayProcess.Start(_folder.Path, "run", "-c", "keyway.yaml").WaitUntilReady();
    }
}
