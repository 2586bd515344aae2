using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Cluster;

public class ClusterRoutingTests
{
    [Fact]
    public void Each_key_goes_to_the_server_that_holds_its_slot()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b", "c");
        cluster.Other = (name, _) => $"+{name}\r\n";
        TestClient client = cluster.Gateway.Connect();
        foreach (string name in new[] { "a", "b", "c" }) Assert.Equal($"+{name}\r\n", client.Ask($"GET {cluster.KeyOf(name)}"));
    }

    [Fact]
    public void A_slot_that_has_moved_is_followed_and_remembered()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b");
        string key = cluster.KeyOf("a");
        TestClient client = cluster.Gateway.Connect();
        client.Send($"SET {key} 1");
        cluster.Gateway.Shard("a").ReplyTo($"SET {key} 1", cluster.Redirect("MOVED", key, "b"));
        cluster.Give(FakeCluster.SlotOf(key), "b");
        cluster.Gateway.Settle();
        Assert.Equal([$"SET {key} 1"], cluster.Gateway.Shard("b").Waiting);
        cluster.Gateway.Shard("b").Reply("+OK\r\n");
        client.Received("+OK\r\n");

        client.Send($"GET {key}");
        Assert.Equal([$"GET {key}"], cluster.Gateway.Shard("b").Waiting);
        Assert.Equal([$"SET {key} 1"], cluster.Log("a"));
        int looks = cluster.Looks;
        cluster.Gateway.Advance(100);
        Assert.Equal(looks + 1, cluster.Looks);
    }

    [Fact]
    public void A_slot_on_its_way_is_asked_for_once_and_not_remembered()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b");
        string key = cluster.KeyOf("a");
        TestClient client = cluster.Gateway.Connect();
        client.Send($"GET {key}");
        cluster.Gateway.Shard("a").Reply(cluster.Redirect("ASK", key, "b"));
        cluster.Gateway.Settle();
        Assert.Equal(["ASKING", $"GET {key}"], cluster.Log("b"));
        cluster.Gateway.Shard("b").Reply("$1\r\nv\r\n");
        client.Received("$1\r\nv\r\n");
        client.Send($"GET {key}");
        Assert.Equal([$"GET {key}"], cluster.Gateway.Shard("a").Waiting);
    }

    [Fact]
    public void A_later_request_for_the_same_slot_that_ran_forbids_the_earlier_one()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b");
        string key = cluster.KeyOf("a");
        TestClient client = cluster.Gateway.Connect();
        client.Send($"SET {key} 1", $"GET {key}");
        cluster.Gateway.Shard("a").Reply(cluster.Redirect("ASK", key, "b"), "$-1\r\n");
        client.Received($"-TRYAGAIN shard 'c' ran a later request of this client and refused this one (ASK {FakeCluster.SlotOf(key)} {cluster.Gateway.Shard("b").Address}); not executed\r\n$-1\r\n");
        Assert.Empty(cluster.Log("b"));
    }

    [Fact]
    public void Later_requests_for_other_slots_may_run_before_it()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b");
        string key = cluster.KeyOf("a");
        string other = cluster.KeyOf("a", 1);
        TestClient client = cluster.Gateway.Connect();
        client.Send($"SET {key} 1", $"SET {other} 2", $"GET {key}");
        cluster.Gateway.Shard("a").Reply(cluster.Redirect("MOVED", key, "b"), "+OK\r\n", cluster.Redirect("MOVED", key, "b"));
        cluster.Gateway.Settle();
        Assert.Equal([$"SET {key} 1", $"GET {key}"], cluster.Gateway.Shard("b").Waiting);
        cluster.Gateway.Shard("b").Reply("+OK\r\n", "$1\r\n1\r\n");
        client.Received("+OK\r\n+OK\r\n$1\r\n1\r\n");
    }

    [Fact]
    public void What_a_client_has_in_flight_at_the_former_owner_is_not_overtaken()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b");
        string key = cluster.KeyOf("a");
        TestClient one = cluster.Gateway.Connect();
        TestClient other = cluster.Gateway.Connect();
        other.Ask("HELLO 3");   // on a link of its own
        one.Send($"SET {key} 1");
        other.Send($"GET {key}");
        cluster.Gateway.Shard("a").ReplyTo($"GET {key}", cluster.Redirect("MOVED", key, "b"));
        cluster.Give(FakeCluster.SlotOf(key), "b");
        cluster.Gateway.Settle();
        Assert.Equal([$"GET {key}"], cluster.Gateway.Shard("b").Waiting);

        one.Send($"SET {key} 2");
        Assert.Equal([$"GET {key}"], cluster.Gateway.Shard("b").Waiting);
        cluster.Gateway.Shard("a").Reply(cluster.Redirect("MOVED", key, "b"));
        cluster.Gateway.Settle();
        Assert.Equal([$"GET {key}", $"SET {key} 1"], cluster.Gateway.Shard("b").Waiting);
        cluster.Gateway.Shard("b").Reply("_\r\n", "+OK\r\n");
        cluster.Gateway.Settle();
        Assert.Equal([$"SET {key} 2"], cluster.Gateway.Shard("b").Waiting);
    }

    [Fact]
    public void Keys_of_several_slots_are_asked_for_slot_by_slot()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b");
        string[] keys = [cluster.KeyOf("a"), cluster.KeyOf("b"), cluster.KeyOf("a", 1), "{" + cluster.KeyOf("a") + "}x"];
        TestClient client = cluster.Gateway.Connect();
        client.Send($"MGET {string.Join(' ', keys)}");
        Assert.Equal([$"MGET {keys[0]} {keys[3]}", $"MGET {keys[2]}"], cluster.Gateway.Shard("a").Waiting);
        Assert.Equal([$"MGET {keys[1]}"], cluster.Gateway.Shard("b").Waiting);
        cluster.Gateway.Shard("b").Reply("*1\r\n$1\r\n1\r\n");
        cluster.Gateway.Shard("a").Reply("*2\r\n$1\r\n0\r\n$1\r\n3\r\n", cluster.Redirect("MOVED", keys[2], "b"));
        cluster.Gateway.Settle();
        Assert.Equal([$"MGET {keys[2]}"], cluster.Gateway.Shard("b").Waiting);
        cluster.Gateway.Shard("b").Reply("*1\r\n$1\r\n2\r\n");
        client.Received("*4\r\n$1\r\n0\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n");
    }

    [Fact]
    public void What_every_shard_answers_every_master_of_a_cluster_answers()
    {
        FakeCluster cluster = FakeCluster.With(["a", "b"], ["r"]);
        cluster.ReplicaOf["r"] = "a";
        cluster.Other = (name, request) => name == "a" ? ":3\r\n" : ":4\r\n";
        TestClient client = cluster.Gateway.Connect();
        Assert.Equal(":7\r\n", client.Ask("DBSIZE"));
        Assert.Empty(cluster.Log("r"));
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
    }

    [Theory]
    [InlineData("CLUSTERDOWN The cluster is down", "has no master")]
    [InlineData("TRYAGAIN Multiple keys request during rehashing of slot", "is moving the key")]
    public void Who_cannot_serve_now_is_asked_again_as_long_as_requests_may_wait(string refusal, string state)
    {
        FakeCluster cluster = FakeCluster.Of("a", "b");
        bool isWell = false;
        cluster.Other = (_, _) => isWell ? "+OK\r\n" : $"-{refusal}\r\n";
        string key = cluster.KeyOf("a");
        TestClient client = cluster.Gateway.Connect();
        client.Send($"SET {key} 1");
        cluster.Gateway.Advance(1000);
        client.ReceivedNothing();
        isWell = true;
        cluster.Gateway.Advance(20);
        client.Received("+OK\r\n");

        isWell = false;
        client.Send($"SET {key} 1");
        cluster.Gateway.Advance(4900);
        client.ReceivedNothing();
        cluster.Gateway.Advance(200);
        client.Received($"-TRYAGAIN shard 'c' {state} ({refusal}); not executed\r\n");
    }

    [Fact]
    public void Requests_wait_for_a_successor_and_go_to_it()
    {
        FakeCluster cluster = FakeCluster.With(["a", "b"], ["r"]);
        cluster.ReplicaOf["r"] = "b";
        cluster.Other = (name, _) => $"+{name}\r\n";
        string key = cluster.KeyOf("b");
        TestClient client = cluster.Gateway.Connect();
        Assert.Equal("+b\r\n", client.Ask($"GET {key}"));
        cluster.Gateway.Shard("b").Kill();
        cluster.Gateway.Settle();
        client.Send($"SET {key} 1", $"GET {key}");
        cluster.Gateway.Advance(1500);
        client.ReceivedNothing();
        Assert.Equal("+a\r\n", cluster.Gateway.Connect().Ask($"GET {cluster.KeyOf("a")}"));

        cluster.Epoch++;
        for (int slot = 0; slot < 16384; slot++)
        {
            if (slot >= 8192) cluster.Give(slot, "r");
        }
        cluster.Masters.Remove("b");
        cluster.ReplicaOf.Remove("r");
        cluster.Gateway.Advance(200);
        client.Received("+r\r\n+r\r\n");
        Assert.Equal([$"SET {key} 1", $"GET {key}"], cluster.Log("r"));
    }

    [Fact]
    public void A_lost_seed_is_not_missed()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b", "c");
        cluster.Other = (name, _) => $"+{name}\r\n";
        TestClient client = cluster.Gateway.Connect();
        cluster.Gateway.Advance(1100);
        cluster.Gateway.Shard("a").Kill();
        for (int slot = 0; slot < 16384; slot++)
        {
            if (slot < 5462) cluster.Give(slot, "b");
        }
        cluster.Masters.Remove("a");
        cluster.Epoch++;
        cluster.Gateway.Advance(300);
        Assert.Equal("+b\r\n", client.Ask($"GET {cluster.KeyOf("b")}"));
        Assert.Equal("+c\r\n", client.Ask($"GET {cluster.KeyOf("c")}"));
    }

    [Fact]
    public void There_is_only_database_0()
    {
        FakeCluster cluster = FakeCluster.Of("a", "b");
        cluster.Other = (name, _) => $"+{name}\r\n";
        foreach (string name in new[] { "a", "b" })
            cluster.Gateway.Shard(name).HandshakeAnswer = request => request.StartsWith("SELECT") ? "-ERR SELECT is not allowed in cluster mode\r\n" : null;
        TestClient client = cluster.Gateway.Connect();
        client.Ask("SELECT 1");
        Assert.Equal("-ERR SELECT is not allowed in cluster mode\r\n", client.Ask($"GET {cluster.KeyOf("b")}"));
        Assert.Equal("+OK\r\n", client.Ask("SELECT 0"));
        Assert.Equal("+b\r\n", client.Ask($"GET {cluster.KeyOf("b")}"));
    }

    [Fact]
    public void Replicas_answer_reads_on_links_that_say_READONLY()
    {
        FakeCluster cluster = FakeCluster.With(["a", "b"], ["r"], pool => pool with { Reads = ReadsFrom.PreferReplica });
        cluster.ReplicaOf["r"] = "a";
        cluster.Other = (name, _) => $"+{name}\r\n";
        cluster.Gateway.Advance(1200);
        TestClient client = cluster.Gateway.Connect();
        Assert.Equal("+r\r\n", client.Ask($"GET {cluster.KeyOf("a")}"));
        Assert.Equal(["READONLY", $"GET {cluster.KeyOf("a")}"], cluster.Log("r"));
        Assert.Equal("+a\r\n", client.Ask($"SET {cluster.KeyOf("a")} 1"));
        Assert.Equal("+b\r\n", client.Ask($"GET {cluster.KeyOf("b")}"));
        cluster.Gateway.Shard("r").Kill();
        cluster.Gateway.Settle();
        client.Send($"GET {cluster.KeyOf("a")}");
        cluster.Gateway.Advance(100);
        client.Received("+a\r\n");
    }

    [Fact]
    public void Nobody_who_answers_is_told_with_the_reason()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Shards = [options.Shards[0] with { Kind = "cluster" }] });
        gateway.Shard("a").Answer = _ => "-ERR This instance has cluster support disabled\r\n";
        while (gateway.Shard("a").Waiting.Count > 0) gateway.Shard("a").Reply("-ERR This instance has cluster support disabled\r\n");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        gateway.Advance(5200);
        client.Received("-TRYAGAIN shard 'a' has no master (10.0.1.1:6379: ERR This instance has cluster support disabled); not executed\r\n");
    }
}
