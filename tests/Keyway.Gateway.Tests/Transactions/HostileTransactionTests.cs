using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Transactions;

/// <summary>MULTI opens no door: what is refused outside is refused inside, and nothing of such a transaction reaches a shard.</summary>
public class HostileTransactionTests
{
    [Theory]
    [InlineData("config rewrite", "config rewrite")]
    [InlineData("MODULE LOAD /tmp/x.so", "module")]
    [InlineData("DEBUG SLEEP 100", "debug")]
    [InlineData("SLAVEOF NO ONE", "slaveof")]
    [InlineData("rEpLiCaOf 10.0.0.9 6379", "replicaof")]
    [InlineData("MIGRATE 10.0.0.9 6379 a:1 0 1000", "migrate")]
    [InlineData("SHUTDOWN", "shutdown")]
    [InlineData("ACL SETUSER x on", "acl setuser")]
    [InlineData("SAVE", "save")]
    [InlineData("BGSAVE", "bgsave")]
    [InlineData("BGREWRITEAOF", "bgrewriteaof")]
    [InlineData("FAILOVER", "failover")]
    [InlineData("PFDEBUG GETREG a:1", "pfdebug")]
    [InlineData("SYNC", "sync")]
    [InlineData("PSYNC ? -1", "psync")]
    [InlineData("REPLCONF listening-port 1", "replconf")]
    [InlineData("CLUSTER RESET", "cluster")]
    [InlineData("SWAPDB 0 1", "swapdb")]
    public void Commands_that_rule_a_shard_are_refused_inside_too(string request, string name)
    {
        TestGateway gateway = FakeMulti.Gateway("a");
        TestClient client = gateway.Connect();
        string refusal = $"-ERR command '{name}' is refused by this gateway\r\n";
        const string abort = "-EXECABORT Transaction discarded because of previous errors.\r\n";
        client.Send("MULTI", "SET a:1 x", request, "EXEC");
        client.Received("+OK\r\n+QUEUED\r\n" + refusal + abort);
        client.SendRaw($"multi\r\n{request}\r\nexec\r\n");
        client.Received("+OK\r\n" + refusal + abort);
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void A_stranger_begins_none_and_a_wrong_password_inside_is_its_own_error()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { Password = "secret" }] });
        FakeMulti.Teach(gateway.Shard("a"));
        TestClient client = gateway.Connect();
        const string noAuth = "-NOAUTH Authentication required.\r\n";
        client.Send("MULTI", "SET a:1 x", "WATCH a:1", "EXEC", "DISCARD");
        client.Received(noAuth + noAuth + noAuth + "-EXECABORT Transaction discarded because of: NOAUTH Authentication required.\r\n" + noAuth);
        client.Send("AUTH secret", "MULTI", "AUTH wrong", "GET a:1", "AUTH secret", "EXEC", "GET a:2");
        client.Received("+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n-WRONGPASS invalid username-password pair or user is disabled.\r\n+GET a:1\r\n+OK\r\n+GET a:2\r\n");
    }

    [Fact]
    public void Many_half_done_transactions_hold_no_more_than_their_limit_and_nothing_when_they_have_gone()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { Buffers = 3_000_000 }] });
        FakeMulti.Teach(gateway.Shard("a"));
        TestClient[] clients = [.. Enumerable.Range(0, 8).Select(_ => gateway.Connect())];
        string refused = "";
        foreach (TestClient client in clients)
        {
            client.Send("MULTI");
            for (int i = 0; i < 15; i++) client.Send($"SET a:{i} {new string('x', 60_000)}");
            refused += client.Take();
        }
        Assert.Contains("-ERR transaction too large: what is queued passes 'buffers'\r\n", refused);
        Assert.InRange(gateway.Server.Loops[0].Pools[0].CollectedBytes, 1, 6_000_000);
        foreach (TestClient client in clients) client.Peer.Abort();
        gateway.Settle();
        Assert.Equal(0, gateway.Server.Loops[0].Pools[0].CollectedBytes);
        Assert.Empty(gateway.Shard("a").Log);
    }
}
