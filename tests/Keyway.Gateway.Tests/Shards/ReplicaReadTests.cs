using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Shards;

/// <summary>Who answers reads where a pool says that replicas may.</summary>
public class ReplicaReadTests
{
    private static TestGateway Gateway(ReadsFrom reads, TimeSpan? maxLag = null) =>
        TestGateway.WithNodes(options => options with { Pools = [options.Pools[0] with { Reads = reads, MaxLag = maxLag }] }, nodes: 2);

    [Theory]
    [InlineData(ReadsFrom.PreferReplica)]
    [InlineData(ReadsFrom.Replica)]
    public void Reads_go_to_a_replica_and_writes_to_the_master(ReadsFrom reads)
    {
        TestGateway gateway = Gateway(reads);
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], gateway.Shard("a2").Waiting);
        gateway.Shard("a2").Reply("$1\r\nx\r\n");
        client.Received("$1\r\nx\r\n");
        client.Send("SET a:1 y");
        Assert.Equal(["SET a:1 y"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void A_large_read_goes_to_a_replica_too()
    {
        TestGateway gateway = Gateway(ReadsFrom.Replica);
        TestClient client = gateway.Connect();
        string[] keys = [.. Enumerable.Range(0, 10_000).Select(i => $"a:{i}")];
        string request = TestClient.Encode(["MGET", .. keys]);
        int sent = client.TrySendRaw(request);
        if (sent < request.Length) client.SendRaw(request[sent..]);
        Assert.Single(gateway.Shard("a2").Waiting);
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void A_clients_requests_keep_their_order_over_both()
    {
        TestGateway gateway = Gateway(ReadsFrom.PreferReplica);
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "SET a:1 y", "GET a:1");
        Assert.Empty(gateway.Shard("a").Log);
        gateway.Shard("a2").Reply("$1\r\nx\r\n");
        Assert.Equal(["SET a:1 y"], gateway.Shard("a").Waiting);
        Assert.Equal(["GET a:1"], gateway.Shard("a2").Log);
        gateway.Shard("a").Reply("+OK\r\n");
        Assert.Equal(["GET a:1", "GET a:1"], gateway.Shard("a2").Log);
        gateway.Shard("a2").Reply("$1\r\ny\r\n");
        client.Received("$1\r\nx\r\n+OK\r\n$1\r\ny\r\n");
    }

    [Fact]
    public void Without_a_replica_the_master_answers_where_it_may()
    {
        TestGateway gateway = Gateway(ReadsFrom.PreferReplica);
        gateway.Shard("a2").Kill();
        gateway.Advance(100);
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void Without_a_replica_reads_wait_for_one_where_only_they_may_answer()
    {
        TestGateway gateway = Gateway(ReadsFrom.Replica);
        FakeShard replica = gateway.Shard("a2");
        replica.Kill();
        gateway.Advance(100);
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        gateway.Advance(1000);
        client.ReceivedNothing();
        replica.Restart();
        gateway.Advance(1200);
        Assert.Equal(["GET a:1"], replica.Waiting);
        replica.Kill();
        client.Take();
        client.Send("GET a:2");
        gateway.Advance(5100);
        client.Received("-TRYAGAIN shard 'a' has no replica to read from (reads: replica); not executed\r\n");
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void Replicas_answer_while_there_is_no_master()
    {
        TestGateway gateway = Gateway(ReadsFrom.PreferReplica);
        gateway.Shard("a").Kill();
        gateway.Advance(200);
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], gateway.Shard("a2").Waiting);
    }

    [Fact]
    public void A_replica_that_is_too_far_behind_is_not_read_from()
    {
        TestGateway gateway = Gateway(ReadsFrom.PreferReplica, TimeSpan.FromSeconds(1));
        FakeShard master = gateway.Shard("a");
        FakeShard replica = gateway.Shard("a2");
        TestClient client = gateway.Connect();
        gateway.Advance(500);
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], replica.Log);
        replica.Reply("$1\r\nx\r\n");

        // The master goes on and the replica does not.
        for (int i = 0; i < 15; i++)
        {
            master.Role!.Offset += 100;
            gateway.Advance(100);
        }
        client.Send("GET a:2");
        Assert.Equal(["GET a:2"], master.Log);
        master.Reply("$1\r\ny\r\n");

        replica.Role!.Offset = master.Role!.Offset;
        gateway.Advance(600);
        client.Send("GET a:3");
        Assert.Equal(["GET a:1", "GET a:3"], replica.Log);
    }

    [Fact]
    public void A_replica_that_is_lost_is_replaced_and_the_request_that_left_is_uncertain()
    {
        TestGateway gateway = Gateway(ReadsFrom.PreferReplica);
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        gateway.Shard("a2").Kill();
        client.Received("-UNCERTAIN shard 'a' gave no reply (the connection was lost); may have been executed\r\n");
        client.Send("GET a:1");
        gateway.Advance(50);
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void A_replica_that_refuses_is_left_alone_and_its_read_goes_again()
    {
        TestGateway gateway = Gateway(ReadsFrom.PreferReplica);
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        gateway.Shard("a2").Role!.IsLoading = true;
        gateway.Shard("a2").Reply("-LOADING Redis is loading the dataset in memory\r\n");
        client.ReceivedNothing();
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("$1\r\nx\r\n");
        client.Received("$1\r\nx\r\n");
    }
}
