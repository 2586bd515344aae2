using Keyway.Testing.RealServers;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>Sentinels of both kinds agree with one another, over servers of both kinds.</summary>
public sealed class MixedQuorumTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void A_dead_master_is_replaced_by_a_replica_of_ours_and_that_one_by_a_real_one(int ownCount, int realCount)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer first = RedisServer.Start();
        using var second = new OwnShard("--replicaof", "127.0.0.1", $"{first.Port}", "--replica-priority", "10");
        using RedisServer third = RedisServer.Start("--replicaof", "127.0.0.1", $"{first.Port}", "--replica-priority", "20");
        using var watch = new Watch(first.Port, ownCount, realCount);
        watch.UntilAllKnow(replicas: 2);

        using (RespClient client = first.Connect()) client.Call("SET", "key", "1");
        UntilReplicated(second.Port, "1");
        first.Kill();
        watch.UntilAllSay(second.Port);
        UntilRole(second.Port, "master");
        UntilFollows(third.Port, second.Port);

        using (RespClient client = RespClient.Connect(second.Port)) Assert.Equal("OK", client.Call("SET", "key", "2").Text);
        UntilReplicated(third.Port, "2");
        watch.UntilAllKnow(replicas: 2);
        second.Dispose();
        watch.UntilAllSay(third.Port);
        UntilRole(third.Port, "master");
        using (RespClient client = third.Connect()) Assert.Equal("2", client.Call("GET", "key").Text);

        watch.AssertOneLeaderInEachEpoch();
        watch.AssertNoBugs();
    }

    [Fact]
    public void A_failover_that_a_person_asks_for_is_heard_of_by_all()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer first = RedisServer.Start();
        using RedisServer second = RedisServer.Start("--replicaof", "127.0.0.1", $"{first.Port}");
        using var watch = new Watch(first.Port, 1, 1);
        watch.UntilAllKnow(replicas: 1);

        using (RespClient own = watch.ConnectToOwn()) Assert.Equal("OK", own.Call("SENTINEL", "failover", "m1").Text);
        watch.UntilAllSay(second.Port);
        UntilFollows(first.Port, second.Port);

        // The same again, asked of the real one.
        watch.UntilAllKnow(replicas: 1);
        UntilLinkUp(first.Port);
        Poll.Until(
            () =>
            {
                using RespClient real = watch.ConnectToReal();
                return real.Call("SENTINEL", "failover", "m1").Text == "OK";
            },
            () => $"the real sentinel finds no good replica\n{watch.Describe()}");
        watch.UntilAllSay(first.Port);
        watch.AssertNoBugs();
    }

    private static void UntilRole(int port, string role) => Poll.Until(() => Info(port, "role") == role, () => $"the server at {port} does not become a {role}");

    private static void UntilLinkUp(int port) => Poll.Until(() => Info(port, "master_link_status") == "up", () => $"the link of the server at {port} to its master stays down");

    private static void UntilFollows(int port, int masterPort) =>
        Poll.Until(() => Info(port, "role") == "slave" && Info(port, "master_port") == $"{masterPort}", () => $"the server at {port} does not follow {masterPort}");

    private static void UntilReplicated(int port, string value) => Poll.Until(
        () =>
        {
            using RespClient client = RespClient.Connect(port);
            return client.Call("GET", "key").Text == value;
        },
        () => $"the server at {port} does not get the key");

    private static string Info(int port, string field)
    {
        using RespClient client = RespClient.Connect(port);
        string? line = client.Call("INFO", "replication").Text.Split("\r\n").FirstOrDefault(one => one.StartsWith($"{field}:", StringComparison.Ordinal));
        return line?[(field.Length + 1)..] ?? "";
    }
}
