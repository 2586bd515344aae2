using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting;

/// <summary>Transactions and WATCH, before shards of ours inside the gateway's process.</summary>
public sealed class TransactionsOverOwnShardsTests : IDisposable
{
    private static readonly string[] Requests =
    [
        "MULTI", "SET n:1:a 1", "INCR n:1:a", "RPUSH n:1:l a b", "LRANGE n:1:l 0 -1", "HSET n:1:h f v", "HGETALL n:1:h", "EXEC", "EXEC",
        "MULTI", "GET", "SET n:1:a 5", "EXEC", "GET n:1:a", "MULTI", "MULTI", "WATCH n:1:a", "INCR n:1:l", "GET n:1:a", "EXEC", "MULTI", "SET n:1:a 7", "DISCARD", "GET n:1:a",
        "MULTI", "PING", "GET n:1:a", "ECHO x", "EXEC", "MULTI", "SELECT 3", "SET n:1:a three", "GET n:1:a", "EXEC", "GET n:1:a", "SELECT 0", "GET n:1:a",
        "MULTI", "BLPOP n:1:none 0", "WAIT 0 0", "PUBLISH c m", "EXEC", "WATCH n:1:a", "SET n:1:a 9", "MULTI", "GET n:1:a", "EXEC", "WATCH n:1:a", "MULTI", "INCR n:1:a", "EXEC",
        "WATCH n:1:a", "UNWATCH", "INCR n:1:a", "MULTI", "GET n:1:a", "EXEC", "WATCH n:1:a", "SELECT 3", "SET n:1:a 1", "MULTI", "GET n:1:a", "EXEC", "SELECT 0",
        "SET n:1:e 1 PX 1", "WATCH n:1:b", "MULTI", "SET n:1:b 1", "EXEC x", "EXEC", "MULTI", "EXEC", "DISCARD",
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
    public void No_update_is_lost_by_clients_that_watch()
    {
        const int clients = 12;
        const int rounds = 15;
        using KeywayProcess keyway = Start();
        var failures = new List<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, clients).Select(_ => new Thread(() =>
        {
            try
            {
                using RespClient client = RespClient.Connect(_map.Port);
                for (int done = 0; done < rounds;)
                {
                    client.Call("WATCH", "n:1:counter");
                    RespValue value = client.Call("GET", "n:1:counter");
                    client.Call("MULTI");
                    client.Call("SET", "n:1:counter", $"{(value.IsNull ? 0 : int.Parse(value.Text)) + 1}");
                    RespValue exec = client.Call("EXEC");
                    Assert.False(exec.IsError, exec.Text);
                    if (!exec.IsNull) done++;
                }
            }
            catch (Exception failure)
            {
                lock (failures) failures.Add(failure);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(failures);
        using RespClient control = RespClient.Connect(_map.Port);
        Assert.Equal($"{clients * rounds}", control.Call("GET", "n:1:counter").Text);
    }

    private KeywayProcess Start()
    {
        _folder.Write("keyway.yaml", _map.Yaml());
        return KeywayProcess.Start(_folder.Path, "run", "-c", "keyway.yaml").WaitUntilReady();
    }
}
