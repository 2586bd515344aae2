using Keyway.Gateway.Tests.Harness;
using Keyway.Topology;

namespace Keyway.Gateway.Tests;

/// <summary>Commands about everything: what all shards answer becomes one answer, and what one of them cannot answer is told.</summary>
public class FanOutTests
{
    [Fact]
    public void Keys_of_all_shards_are_one_list()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("KEYS *");
        gateway.Shard("b").Reply("*1\r\n$1\r\ny\r\n");
        gateway.Shard("a").Reply("*2\r\n$1\r\nx\r\n$1\r\nz\r\n");
        client.Received("*3\r\n$1\r\nx\r\n$1\r\nz\r\n$1\r\ny\r\n");
    }

    [Fact]
    public void The_oldest_of_all_snapshots_is_the_last_one()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("LASTSAVE");
        gateway.Shard("a").Reply(":1700000500\r\n");
        gateway.Shard("b").Reply(":1700000020\r\n");
        client.Received(":1700000020\r\n");
    }

    [Fact]
    public void Flushing_tells_which_shard_was_not_flushed()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("FLUSHALL ASYNC");
        Assert.Equal(["FLUSHALL ASYNC"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("+OK\r\n");
        gateway.Shard("b").Reply("-MISCONF Redis is configured to save RDB snapshots\r\n");
        client.Received("-MISCONF shard 'b': Redis is configured to save RDB snapshots; other keys may have been written\r\n");
    }

    [Fact]
    public void What_no_shard_takes_is_refused_in_their_words()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("FLUSHDB SOON");
        gateway.Shard("a").Reply("-ERR syntax error\r\n");
        gateway.Shard("b").Reply("-ERR syntax error\r\n");
        client.Received("-ERR syntax error\r\n");
    }

    [Fact]
    public void Different_refusals_of_all_shards_leave_no_doubt()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("FLUSHDB");
        gateway.Shard("a").Reply("-NOPERM no\r\n");
        gateway.Shard("b").Reply("-MISCONF no\r\n");
        client.Received("-NOPERM shard 'a': no\r\n");
    }

    [Fact]
    public void A_shard_that_is_lost_in_the_middle_leaves_doubt()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("FLUSHDB", "DBSIZE");
        gateway.Shard("a").Reply("+OK\r\n", ":0\r\n");
        gateway.Shard("b").Kill();
        string[] replies = client.Take().Split("\r\n");
        Assert.StartsWith("-UNCERTAIN shard 'b' gave no reply", replies[0]);
        Assert.EndsWith("; other keys may have been written", replies[0]);
        Assert.StartsWith("-UNCERTAIN shard 'b' gave no reply", replies[1]);
        Assert.EndsWith("; may have been executed", replies[1]);
    }

    [Fact]
    public void Nothing_is_asked_when_a_shard_is_known_to_be_down()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        gateway.Shard("b").Kill();
        gateway.Advance(10);
        TestClient client = gateway.Connect();
        foreach (string request in new[] { "KEYS *", "DBSIZE", "RANDOMKEY", "FLUSHALL", "LASTSAVE" })
            Assert.Equal("-TRYAGAIN shard 'b' has no master (connection refused); not executed\r\n", client.Ask(request));
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void Only_the_shards_that_the_pools_keys_live_on_are_asked()
    {
        TestGateway gateway = TestGateway.With(["a", "b", "c"], options =>
        {
            PartitionRule[] rules = [new() { Name = "rest", Line = 1, Placement = new Placement.Slots([new SlotRange(0, 99, 2), new SlotRange(100, 16383, 0)]) }];
            return options with { Pools = [options.Pools[0] with { Map = PartitionMap.Build(rules, ["a", "b", "c"]) }] };
        });
        TestClient client = gateway.Connect();
        client.Send("FLUSHALL");
        gateway.Shard("a").Reply("+OK\r\n");
        gateway.Shard("c").Reply("+OK\r\n");
        client.Received("+OK\r\n");
        Assert.Empty(gateway.Shard("b").Log);
    }

    [Fact]
    public void A_random_key_is_any_key_with_the_same_chance()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b", "c");
        Answer(gateway, "a", ":1\r\n", "$1\r\na\r\n");
        Answer(gateway, "b", ":9\r\n", "$1\r\nb\r\n");
        Answer(gateway, "c", ":5\r\n", "$-1\r\n");
        TestClient client = gateway.Connect();
        var drawn = new Dictionary<string, int>();
        for (int i = 0; i < 2000; i++)
        {
            string key = client.Ask("RANDOMKEY");
            drawn[key] = drawn.GetValueOrDefault(key) + 1;
        }
        Assert.Equal(["$1\r\na\r\n", "$1\r\nb\r\n"], drawn.Keys.Order());
        Assert.InRange(drawn["$1\r\na\r\n"], 130, 270);
    }

    [Fact]
    public void No_key_at_all_is_none()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        Answer(gateway, "a", ":0\r\n", "$-1\r\n");
        Answer(gateway, "b", ":0\r\n", "$-1\r\n");
        Assert.Equal("$-1\r\n", gateway.Connect().Ask("RANDOMKEY"));
        Answer(gateway, "a", ":0\r\n", "_\r\n");
        Answer(gateway, "b", ":0\r\n", "_\r\n");
        TestClient client = gateway.Connect();
        client.Ask("HELLO 3");
        Assert.Equal("_\r\n", client.Ask("RANDOMKEY"));
    }

    [Fact]
    public void A_shard_that_draws_no_key_is_told()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        Answer(gateway, "a", ":1\r\n", "$1\r\na\r\n");
        Answer(gateway, "b", ":9\r\n", "-LOADED wrongly\r\n");
        Assert.Equal("-LOADED shard 'b': wrongly\r\n", gateway.Connect().Ask("RANDOMKEY"));
    }

    private static void Answer(TestGateway gateway, string shard, string size, string key) =>
        gateway.Shard(shard).Answer = request => request == "DBSIZE" ? size : request == "RANDOMKEY" ? key : null;
}
