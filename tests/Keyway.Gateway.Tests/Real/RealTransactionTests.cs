using System.Diagnostics;
using System.Globalization;
using Keyway.Testing.RealServers;

namespace Keyway.Gateway.Tests.Real;

/// <summary>Transactions through the gateway beside a lone redis-server.</summary>
public class RealTransactionTests
{
    private static readonly string[] Requests =
    [
        "MULTI", "SET {t}a 1", "INCR {t}a", "GET {t}a", "LPUSH {t}l x y", "LRANGE {t}l 0 -1", "HSET {t}h f v g w", "HGETALL {t}h", "EXEC",
        "MULTI", "EXEC", "EXEC", "DISCARD", "UNWATCH", "MULTI", "MULTI", "WATCH {t}a", "GET {t}a", "EXEC",
        "MULTI", "GET", "SET {t}a 5", "EXEC", "EXEC", "GET {t}a", "MULTI", "NOSUCH x y", "SET {t}a 6", "EXEC", "GET {t}a",
        "MULTI", "SET {t}a 7", "DISCARD", "GET {t}a", "EXEC x", "MULTI", "EXEC x", "EXEC", "MULTI x", "DISCARD x", "WATCH", "MULTI", "DISCARD x", "WATCH", "MULTI x", "EXEC",
        "MULTI", "LPUSH {t}a 1", "INCR {t}l", "SET {t}a z", "INCR {t}a", "GET {t}a", "EXEC",
        "MULTI", "PING", "ECHO hi", "GET {t}a", "CLIENT SETNAME bob", "CLIENT GETNAME", "PING x", "EXEC", "CLIENT GETNAME",
        "MULTI", "SELECT 3", "SET {t}three 1", "GET {t}a", "SELECT 99", "EXEC", "GET {t}three", "SELECT 0", "GET {t}three", "SELECT 3", "DEL {t}three", "SELECT 0",
        "MULTI", "SELECT 3", "EXEC", "SET {t}x 3", "SELECT 0", "GET {t}x", "MULTI", "SELECT x", "GET {t}x", "EXEC",
        "MULTI", "BLPOP {t}none 0", "BRPOPLPUSH {t}l {t}m 0", "BZPOPMIN {t}none 0", "XREAD BLOCK 0 STREAMS {t}none 0", "WAIT 0 0", "EXEC",
        "MULTI", "ZUNION 0 {t}a", "ZUNIONSTORE {t}d 5 {t}a", "GET {t}a", "EXEC", "MULTI", "EVAL return~{KEYS[1],ARGV[1]} 1 {t}a v", "EVAL return~redis.call('GET',KEYS[1]) 1 {t}a", "EVALSHA ffffffffffffffffffffffffffffffffffffffff 1 {t}a", "EXEC",
        "MULTI", "PUBLISH {t}c m", "EXEC", "MULTI", "MGET {t}a {t}none", "MSET {t}a 1 {t}b 2", "DEL {t}a {t}b", "SUNIONSTORE {t}u {t}s1 {t}s2", "SORT {t}l BY nosort", "EXEC",
        "MULTI", "SET {t}a 1", "UNWATCH", "EXEC", "MULTI", "CONFIG", "EXEC", "MULTI", "CLIENT NOSUCH", "EXEC", "MULTI", "OBJECT ENCODING {t}h", "TYPE {t}h", "ZADD {t}z 1.5 m", "ZSCORE {t}z m", "EXPIRE {t}z 100", "EXEC",
        "WATCH {t}a", "SET {t}a 9", "MULTI", "GET {t}a", "EXEC", "MULTI", "GET {t}a", "EXEC", "WATCH {t}a", "UNWATCH", "SET {t}a 10", "MULTI", "GET {t}a", "EXEC",
        "WATCH {t}a {t}b", "GET {t}a", "MULTI", "INCR {t}a", "EXEC", "WATCH {t}a", "MULTI", "PING", "EXEC", "WATCH {t}a", "SET {t}a 1", "MULTI", "PING", "EXEC", "WATCH {t}a", "INCR {t}a", "MULTI", "DISCARD", "MULTI", "GET {t}a", "EXEC",
        "WATCH {t}a", "SELECT 2", "SET {t}a other", "WATCH {t}b", "MULTI", "GET {t}a", "EXEC", "WATCH {t}a", "SELECT 0", "SET {t}a zero", "MULTI", "GET {t}a", "EXEC", "WATCH {t}a", "SELECT 2", "SELECT 0", "SET {t}a zero", "MULTI", "GET {t}a", "EXEC",
        "SET {t}e 1 PX 1", "WATCH {t}e", "MULTI", "SET {t}f 1", "RESET", "EXEC", "GET {t}f",
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
    public void In_one_pipeline_they_answer_as_a_lone_server_does(int protocol)
    {
        using var twins = new Twins(protocol);
        (RespClient Lone, RespClient Through) clients = twins.Connect();
        byte[] all = [.. Requests[..^7].SelectMany(request => RespClient.Encode([.. request.Split(' ').Select(word => word.Replace('~', ' '))]))];
        foreach (RespClient client in new[] { clients.Lone, clients.Through }) client.Socket.Send(all);
        foreach (string request in Requests[..^7]) Twins.Compare(clients, request);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void What_others_change_breaks_a_watch_as_at_a_lone_server(int protocol)
    {
        using var twins = new Twins(protocol);
        (RespClient, RespClient) watching = twins.Connect();
        (RespClient, RespClient) changing = twins.Connect();
        foreach (string change in new[] { "SET {t}a 1", "DEL {t}a", "DEL {t}none", "RPUSH {t}a 1", "RENAME {t}b {t}a", "EXPIRE {t}a 100", "MULTI,SET {t}a 2,EXEC", "GET {t}a", "MULTI,SET {t}a 3,DISCARD" })
        {
            Twins.Ask(changing, "DEL {t}a {t}b");
            Twins.Ask(changing, "SET {t}b 1");
            Twins.Ask(changing, "SADD {t}a m");
            Twins.Ask(watching, "WATCH {t}a {t}none");
            foreach (string request in change.Split(',')) Twins.Ask(changing, request);
            foreach (string request in new[] { "MULTI", "TYPE {t}a", "EXEC", "MULTI", "TYPE {t}a", "EXEC" }) Twins.Ask(watching, request);
        }
    }

    [Fact]
    public void Large_transactions_and_large_replies_are_the_same_too()
    {
        using var twins = new Twins();
        (RespClient Lone, RespClient Through) clients = twins.Connect();
        string value = new('v', 100_000);
        for (int round = 0; round < 3; round++)
        {
            Twins.Ask(clients, "MULTI");
            for (int i = 0; i < 8; i++) Twins.Ask(clients, $"SET {{t}}{i} {value}");
            for (int i = 0; i < 8; i++) Twins.Ask(clients, $"GET {{t}}{i}");
            if (round == 1) Twins.Ask(clients, "PING");
            Twins.Ask(clients, "EXEC");
            Twins.Ask(clients, "GET {t}7");
        }
    }

    /// <summary>The short form of what "benchmarks watch" does with 500 clients.</summary>
    [Fact]
    public void No_update_is_lost_by_many_clients_that_watch()
    {
        const int clients = 24;
        const int rounds = 20;
        using var twins = new Twins();
        using RespClient control = twins.Gateway.Connect();
        var failures = new List<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, clients).Select(number => new Thread(() =>
        {
            try
            {
                using RespClient client = twins.Gateway.Connect();
                string key = "counter" + number % 4;
                for (int round = 0; round < rounds;)
                {
                    Assert.Equal("OK", client.Call("WATCH", key).Text);
                    RespValue value = client.Call("GET", key);
                    long next = (value.IsNull ? 0 : long.Parse(value.Text, CultureInfo.InvariantCulture)) + 1;
                    client.Call("MULTI");
                    client.Call("SET", key, $"{next}");
                    client.Call("INCR", "{" + key + "}exact");
                    RespValue done = client.Call("EXEC");
                    if (!done.IsNull) round++;
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
        Assert.Equal(clients * rounds, Enumerable.Range(0, 4).Sum(i => int.Parse(control.Call("GET", $"counter{i}").Text, CultureInfo.InvariantCulture)));

        // What they used for watching is closed when nobody has needed it for a while; none of it is watched any more.
        foreach (RedisServer server in twins.Servers)
        {
            using RespClient direct = server.Connect();
            long start = Stopwatch.GetTimestamp();
            while (direct.Call("INFO", "clients").Text is { } info && Field(info, "connected_clients") > 8)
            {
                Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), info);
                Thread.Yield();
            }
        }
    }

    private static int Field(string info, string name) =>
        int.Parse(info.Split("\r\n").First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..], CultureInfo.InvariantCulture);
}
