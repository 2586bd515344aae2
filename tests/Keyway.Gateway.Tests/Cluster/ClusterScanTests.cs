using Keyway.Gateway.Tests.Harness;
using Keyway.Gateway.Tests.Scanning;

namespace Keyway.Gateway.Tests.Cluster;

/// <summary>Walks through a whole cluster: each master has its own place in the cursor, and keys may move between them.</summary>
public class ClusterScanTests
{
    [Fact]
    public void Each_master_is_visited_and_no_replica()
    {
        var cluster = Walked(FakeCluster.With(["a", "b", "d"], ["e"]), out Dictionary<string, WalkedShard> servers);
        var walk = new Walk(cluster.Gateway.Connect());
        walk.Finish();
        Assert.Equal(["a1", "a2", "a3", "b1", "b2", "b3", "d1", "d2", "d3"], walk.Seen.Order());
        Assert.Equal(6, walk.Steps);
        Assert.Empty(servers["e"].Asked);
    }

    [Fact]
    public void Slots_that_move_in_mid_walk_take_no_key_out_of_sight()
    {
        for (int before = 1; before < 6; before++)
        {
            var cluster = Walked(FakeCluster.Of("a", "b", "d"), out Dictionary<string, WalkedShard> servers);
            var walk = new Walk(cluster.Gateway.Connect());
            for (int i = 0; i < before; i++) walk.Step();

            // From the master that comes last to the one that was first: its keys would be behind the walk.
            string last = walk.Seen.Contains("d1") ? walk.Seen.Contains("b1") ? "a" : "b" : "d";
            string first = walk.Seen[0][..1];
            servers[last].Keys.Remove(last + "3");
            servers[first].Keys.Add(last + "3");
            cluster.Give(Enumerable.Range(0, 16384).First(slot => slot * 3 / 16384 == Array.IndexOf(["a", "b", "d"], last)), first);
            cluster.Epoch++;
            cluster.Gateway.Advance(1500);
            walk.Finish();
            Assert.Contains(last + "3", walk.Seen);
            Assert.Subset(walk.Seen.ToHashSet(), servers.Values.SelectMany(server => server.Keys).ToHashSet());
        }
    }

    [Fact]
    public void A_replica_that_takes_its_masters_place_is_walked_from_its_beginning()
    {
        var cluster = Walked(FakeCluster.With(["a", "b"], ["e"]), out Dictionary<string, WalkedShard> servers);
        servers["e"].Keys.Clear();
        servers["e"].RunId = new string('2', 40);
        var walk = new Walk(cluster.Gateway.Connect());
        walk.Step();
        string first = walk.Seen[0][..1];
        servers["e"].Keys.AddRange(servers[first].Keys);
        int index = cluster.Masters.IndexOf(first);
        for (int slot = 0; slot < 16384; slot++)
        {
            if (slot * 2 / 16384 == index) cluster.Give(slot, "e");
        }
        cluster.Masters.Remove(first);
        cluster.Epoch++;
        cluster.Gateway.Shard(first).Kill();
        cluster.Gateway.Advance(1500);
        walk.Finish();
        Assert.Equal(["a1", "a2", "a3", "b1", "b2", "b3"], walk.Seen.Distinct().Order());
    }

    [Fact]
    public void The_keys_of_slots_that_nobody_serves_are_not_left_out_silently()
    {
        var cluster = Walked(FakeCluster.Of("a", "b"), out _);
        TestClient client = cluster.Gateway.Connect();
        Assert.Equal(":0\r\n", client.Ask("CLUSTER COUNTKEYSINSLOT 7"));
        Assert.StartsWith("*2\r\n", client.Ask("SCAN 0"));
    }

    private static FakeCluster Walked(FakeCluster cluster, out Dictionary<string, WalkedShard> servers)
    {
        var made = new Dictionary<string, WalkedShard>();
        foreach (string name in new[] { "a", "b", "d", "e" })
        {
            if (!cluster.Names.Contains(name)) continue;
            made[name] = new WalkedShard(name + "1", name + "2", name + "3") { RunId = new string((char)('1' + (2 * made.Count)), 40) };
        }
        cluster.Other = (name, request) => made[name].Answer(request);
        servers = made;
        return cluster;
    }
}
