using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests;

public class SplitTests
{
    [Fact]
    public void Mget_over_several_owners_is_one_request_for_each_and_answers_in_key_order()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("MGET a:1 b:1 a:2 b:2");
        Assert.Equal(["MGET a:1 a:2"], gateway.Shard("a").Waiting);
        Assert.Equal(["MGET b:1 b:2"], gateway.Shard("b").Waiting);
        gateway.Shard("b").Reply("*2\r\n$2\r\nB1\r\n$-1\r\n");
        client.ReceivedNothing();
        gateway.Shard("a").Reply("*2\r\n$2\r\nA1\r\n$2\r\nA2\r\n");
        client.Received("*4\r\n$2\r\nA1\r\n$2\r\nB1\r\n$2\r\nA2\r\n$-1\r\n");
    }

    [Fact]
    public void Del_over_several_owners_adds_up()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("DEL a:1 b:1 a:2");
        gateway.Shard("a").Reply(":2\r\n");
        gateway.Shard("b").Reply(":1\r\n");
        client.Received(":3\r\n");
    }

    [Fact]
    public void Mset_keeps_each_value_with_its_key()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("MSET a:1 x b:1 y a:2 z");
        Assert.Equal(["MSET a:1 x a:2 z"], gateway.Shard("a").Waiting);
        Assert.Equal(["MSET b:1 y"], gateway.Shard("b").Waiting);
        gateway.Shard("a").Reply("+OK\r\n");
        gateway.Shard("b").Reply("+OK\r\n");
        client.Received("+OK\r\n");
    }

    [Fact]
    public void A_failing_part_fails_the_command_and_is_named()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("MSET a:1 x b:1 y");
        gateway.Shard("a").Reply("+OK\r\n");
        gateway.Shard("b").Reply("-OOM command not allowed when used memory > 'maxmemory'.\r\n");
        client.Received("-OOM shard 'b': command not allowed when used memory > 'maxmemory'.; other keys may have been written\r\n");
    }

    [Fact]
    public void Nothing_is_sent_when_one_owner_is_known_to_be_down()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        gateway.Shard("b").Kill();
        gateway.Advance(10);
        TestClient client = gateway.Connect();
        client.Send("MSET a:1 x b:1 y");
        client.Received("-TRYAGAIN shard 'b' has no master (connection refused); not executed\r\n");
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void A_part_that_is_lost_after_it_left_leaves_doubt()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("MSET a:1 x b:1 y");
        gateway.Shard("a").Reply("+OK\r\n");
        gateway.Shard("b").Kill();
        string reply = client.Take();
        Assert.StartsWith("-UNCERTAIN shard 'b' ", reply);
        Assert.EndsWith("; other keys may have been written\r\n", reply);
    }

    [Fact]
    public void Keys_of_one_owner_go_as_they_came()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.SendRaw("*3\r\n$4\r\nmGeT\r\n$3\r\na:1\r\n$3\r\na:2\r\n");
        Assert.Equal(["mGeT a:1 a:2"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void Commands_that_cannot_be_split_need_one_unit()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        Assert.Equal("-CROSSSLOT Keys in request don't hash to the same slot\r\n", client.Ask("SUNION a:1 b:1"));
        Assert.Equal("-CROSSSLOT Keys in request don't hash to the same slot\r\n", client.Ask("MSETNX a:1 1 b:1 2"));
        client.Send("SUNION a:1 a:2");
        Assert.Equal(["SUNION a:1 a:2"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void Commands_about_everything_go_to_every_shard()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("DBSIZE");
        gateway.Shard("a").Reply(":3\r\n");
        gateway.Shard("b").Reply(":4\r\n");
        client.Received(":7\r\n");
        client.Send("FLUSHALL");
        gateway.Shard("a").Reply("+OK\r\n");
        gateway.Shard("b").Reply("+OK\r\n");
        client.Received("+OK\r\n");
    }
}
