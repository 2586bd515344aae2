using Keyway.Gateway.Tests.Harness;
using Keyway.Gateway.Tests.Scanning;

namespace Keyway.Gateway.Tests.Presented;

/// <summary>What a client of clusters sees: one node that has everything, at the address that it is connected to.</summary>
public class ClusterCommandTests
{
    private const string Id = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private readonly TestClient _client = TestGateway.WithShards("a", "b").Connect();

    [Fact]
    public void All_slots_are_the_gateways() =>
        Assert.Equal($"*1\r\n*3\r\n:0\r\n:16383\r\n*4\r\n$8\r\n10.0.0.1\r\n:6379\r\n$40\r\n{Id}\r\n*0\r\n", _client.Ask("CLUSTER SLOTS"));

    [Fact]
    public void It_is_the_only_shard()
    {
        const string Node = "$2\r\nid\r\n$40\r\n" + Id + "\r\n$4\r\nport\r\n:6379\r\n$2\r\nip\r\n$8\r\n10.0.0.1\r\n$8\r\nendpoint\r\n$8\r\n10.0.0.1\r\n" +
            "$4\r\nrole\r\n$6\r\nmaster\r\n$18\r\nreplication-offset\r\n:0\r\n$6\r\nhealth\r\n$6\r\nonline\r\n";
        Assert.Equal($"*1\r\n*4\r\n$5\r\nslots\r\n*2\r\n:0\r\n:16383\r\n$5\r\nnodes\r\n*1\r\n*14\r\n{Node}", _client.Ask("CLUSTER SHARDS"));
        _client.Ask("HELLO 3");
        Assert.Equal($"*1\r\n%2\r\n$5\r\nslots\r\n*2\r\n:0\r\n:16383\r\n$5\r\nnodes\r\n*1\r\n%7\r\n{Node}", _client.Ask("CLUSTER SHARDS"));
    }

    [Fact]
    public void It_is_the_only_node()
    {
        string line = $"{Id} 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-16383\n";
        Assert.Equal($"${line.Length}\r\n{line}\r\n", _client.Ask("CLUSTER NODES"));
        Assert.Equal($"$40\r\n{Id}\r\n", _client.Ask("CLUSTER MYID"));
    }

    [Fact]
    public void It_is_well()
    {
        string info = _client.Ask("CLUSTER INFO");
        Assert.Contains("cluster_state:ok\r\ncluster_slots_assigned:16384\r\n", info);
        Assert.Contains("\r\ncluster_enabled:1\r\n", _client.Ask("INFO cluster"));
        Assert.Contains("\r\nredis_mode:standalone\r\n", _client.Ask("INFO server"));
    }

    [Fact]
    public void Slots_are_those_of_redis()
    {
        Assert.Equal(":12182\r\n", _client.Ask("CLUSTER KEYSLOT foo"));
        Assert.Equal(":15495\r\n", _client.Ask("CLUSTER KEYSLOT {a}b"));
    }

    [Fact]
    public void What_clients_of_clusters_say_before_a_request_is_taken()
    {
        foreach (string word in new[] { "READONLY", "READWRITE", "ASKING" }) Assert.Equal("+OK\r\n", _client.Ask(word));
    }

    [Fact]
    public void The_keys_of_a_slot_are_counted_on_all_shards()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        _ = new WalkedShard(gateway.Shard("a"), "{foo}1", "{foo}2", "x1", "x2", "{foo}3");
        _ = new WalkedShard(gateway.Shard("b"), "y1", "foo", "y2");
        TestClient client = gateway.Connect();
        Assert.Equal(":4\r\n", client.Ask("CLUSTER COUNTKEYSINSLOT 12182"));
        Assert.Equal(":0\r\n", client.Ask("CLUSTER COUNTKEYSINSLOT 0"));
        Assert.Equal("-ERR Invalid slot\r\n", client.Ask("CLUSTER COUNTKEYSINSLOT 16384"));
        Assert.Equal("-ERR Invalid slot\r\n", client.Ask("CLUSTER COUNTKEYSINSLOT -1"));
        Assert.Equal("-ERR value is not an integer or out of range\r\n", client.Ask("CLUSTER COUNTKEYSINSLOT x"));
        client.Send("CLUSTER COUNTKEYSINSLOT 12182", "PING");
        client.Received(":4\r\n+PONG\r\n");
        gateway.Shard("b").Kill();
        gateway.Advance(20);
        Assert.StartsWith("-TRYAGAIN shard 'b' has no master", client.Ask("CLUSTER COUNTKEYSINSLOT 12182"));
    }

    [Fact]
    public void A_count_that_is_lost_in_the_middle_is_an_error()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("CLUSTER COUNTKEYSINSLOT 1");
        gateway.Shard("a").Reply("*2\r\n$1\r\n5\r\n*0\r\n");
        gateway.Shard("b").Reply("*2\r\n$1\r\n7\r\n*0\r\n");
        Assert.Equal(["SCAN 5 COUNT 1000"], gateway.Shard("a").Waiting);
        gateway.Shard("b").Kill();
        gateway.Shard("a").Reply("*2\r\n$1\r\n0\r\n*0\r\n");
        Assert.StartsWith("-UNCERTAIN shard 'b' gave no reply", client.Take());
        client.Send("CLUSTER COUNTKEYSINSLOT 1", "CLUSTER COUNTKEYSINSLOT 1");
        client.Peer.Abort();
        gateway.Settle();
    }

    [Theory]
    [InlineData("CLUSTER MEET 10.0.0.2 6379")]
    [InlineData("CLUSTER ADDSLOTS 1")]
    [InlineData("CLUSTER FAILOVER")]
    [InlineData("CLUSTER RESET")]
    [InlineData("CLUSTER SETSLOT 1 STABLE")]
    public void Nobody_changes_the_map_this_way(string request) => Assert.Equal("-ERR command 'cluster' is refused by this gateway\r\n", _client.Ask(request));

    [Fact]
    public void Unknown_words_are_refused_as_redis_does()
    {
        Assert.Equal("-ERR unknown subcommand 'foo'. Try CLUSTER HELP.\r\n", _client.Ask("CLUSTER foo"));
        Assert.Equal("-ERR wrong number of arguments for 'cluster' command\r\n", _client.Ask("CLUSTER"));
        Assert.Equal("-ERR wrong number of arguments for 'cluster|keyslot' command\r\n", _client.Ask("CLUSTER KEYSLOT"));
    }
}
