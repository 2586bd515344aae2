using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Transactions;

/// <summary>Transactions within a Redis Cluster: one slot, which may have another server in the meantime.</summary>
public class ClusterTransactionTests
{
    [Fact]
    public void All_keys_lie_in_one_slot_or_it_is_refused()
    {
        FakeCluster cluster = Cluster();
        TestClient client = cluster.Gateway.Connect();
        string key = cluster.KeyOf("a");
        string other = cluster.KeyOf("a", 1);
        client.Send("MULTI", $"SET {key} x", $"GET {{{key}}}2", "EXEC");
        client.Received($"+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+SET {key} x\r\n+GET {{{key}}}2\r\n");
        client.Send("MULTI", $"SET {key} x", $"GET {other}", "EXEC", $"WATCH {key} {other}");
        const string crossSlot = "-CROSSSLOT Keys in request don't hash to the same slot\r\n";
        client.Received("+OK\r\n+QUEUED\r\n" + crossSlot + "-EXECABORT Transaction discarded because of previous errors.\r\n" + crossSlot);
    }

    [Fact]
    public void A_transaction_follows_its_slot_whole()
    {
        FakeCluster cluster = Cluster();
        string key = cluster.KeyOf("a");
        TestClient client = cluster.Gateway.Connect();
        client.Ask($"GET {key}");
        cluster.Gateway.Shard("a").Transactions!.Refusal = _ => cluster.Redirect("MOVED", key, "b");
        cluster.Give(FakeCluster.SlotOf(key), "b");
        client.Send("MULTI", $"SET {key} x", $"INCR {key}", "EXEC", $"GET {key}");
        cluster.Gateway.Advance(100);
        client.Received($"+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+SET {key} x\r\n+INCR {key}\r\n+GET {key}\r\n");
        Assert.Equal([$"SET {key} x", $"INCR {key}", $"GET {key}"], cluster.Gateway.Shard("b").Transactions!.Ran);
        Assert.Equal([$"GET {key}"], cluster.Gateway.Shard("a").Transactions!.Ran);
    }

    [Fact]
    public void While_a_slot_is_on_its_way_a_transaction_waits_for_it_to_arrive()
    {
        FakeCluster cluster = Cluster();
        string key = cluster.KeyOf("a");
        TestClient client = cluster.Gateway.Connect();
        client.Ask($"GET {key}");
        FakeTransactions source = cluster.Gateway.Shard("a").Transactions!;
        source.Refusal = _ => cluster.Redirect("ASK", key, "b");
        client.Send("MULTI", $"SET {key} x", "EXEC");
        cluster.Gateway.Advance(100);
        client.Received("+OK\r\n+QUEUED\r\n");
        Assert.DoesNotContain("ASKING", cluster.Log("b"));
        source.Refusal = _ => cluster.Redirect("MOVED", key, "b");
        cluster.Give(FakeCluster.SlotOf(key), "b");
        cluster.Gateway.Advance(100);
        client.Received($"*1\r\n+SET {key} x\r\n");
    }

    [Fact]
    public void A_slot_that_moves_while_its_keys_are_watched_is_a_changed_key()
    {
        FakeCluster cluster = Cluster();
        string key = cluster.KeyOf("a");
        TestClient client = cluster.Gateway.Connect();
        client.Send($"WATCH {key}", "MULTI", $"SET {key} x");
        cluster.Gateway.Shard("a").Transactions!.Refusal = _ => cluster.Redirect("MOVED", key, "b");
        cluster.Give(FakeCluster.SlotOf(key), "b");
        client.Send("EXEC", $"WATCH {key}", "MULTI", $"SET {key} y", "EXEC");
        cluster.Gateway.Advance(100);
        client.Received($"+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n+SET {key} y\r\n");
        Assert.Empty(cluster.Gateway.Shard("a").Transactions!.Ran);
    }

    private static FakeCluster Cluster()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b");
        foreach (string name in new[] { "a", "b" })
        {
            FakeShard shard = cluster.Gateway.Shard(name);
            FakeMulti.Teach(shard);
            shard.Transactions!.IsOther = request => request.StartsWith("CLUSTER", StringComparison.Ordinal) || request == "ASKING";
        }
        return cluster;
    }
}
