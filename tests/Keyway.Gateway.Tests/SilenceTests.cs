using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests;

/// <summary>What clients are told when a shard says nothing, refuses, or goes away.</summary>
public class SilenceTests
{
    private const string Silent = "-UNCERTAIN shard 'a' gave no reply (silent for 2s); may have been executed\r\n";
    private const string Refused = "-TRYAGAIN shard 'a' has no master (silent for 2s); not executed\r\n";

    [Fact]
    public void A_request_that_gets_no_reply_within_the_timeout_is_uncertain()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("SET a:1 x");
        gateway.Advance(1980);
        client.ReceivedNothing();
        gateway.Advance(40);
        client.Received(Silent);
    }

    [Fact]
    public void Timeout_is_the_shards_silence_and_not_a_requests_age()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "GET a:2", "GET a:3");
        gateway.Advance(1500);
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        gateway.Advance(1500);
        gateway.Shard("a").Reply("$1\r\n2\r\n");
        gateway.Advance(1500);
        gateway.Shard("a").Reply("$1\r\n3\r\n");
        client.Received("$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n");
    }

    [Fact]
    public void While_it_is_silent_new_requests_are_refused_at_once()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        gateway.Shard("a").HandshakeAnswer = _ => "";
        client.Send("SET a:1 x");
        gateway.Advance(2010);
        client.Received(Silent);
        client.Send("GET a:2", "GET b:1");
        gateway.Shard("b").Reply("$1\r\nB\r\n");
        client.Received(Refused + "$1\r\nB\r\n");
        Assert.DoesNotContain("GET a:2", gateway.Shard("a").Log);
    }

    [Fact]
    public void Late_replies_are_swallowed_in_order_and_the_shard_serves_again()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "GET a:2");
        gateway.Advance(2010);
        client.Received(Silent + Silent);
        gateway.Shard("a").Reply("$4\r\nlate\r\n");
        client.ReceivedNothing();
        client.Send("GET a:3");
        gateway.Shard("a").Reply("$5\r\nlater\r\n", "$1\r\n3\r\n");
        client.Received("$1\r\n3\r\n");
    }

    [Fact]
    public void After_five_timeouts_of_silence_the_link_closes()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        var link = gateway.Shard("a").WaitingLink;
        gateway.Advance(9980);
        Assert.False(link.IsClosed);
        gateway.Advance(40);
        Assert.True(link.IsClosed);
        client.Received("-UNCERTAIN shard 'a' gave no reply (silent for 2s); may have been executed\r\n");
    }

    [Fact]
    public void A_request_whose_connection_is_lost_is_uncertain()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("SET a:1 x");
        gateway.Shard("a").Kill();
        client.Received("-UNCERTAIN shard 'a' gave no reply (the connection was lost); may have been executed\r\n");
    }

    [Fact]
    public void A_shard_that_is_down_refuses_at_once_and_serves_within_moments_of_its_return()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        gateway.Shard("a").Kill();
        gateway.Advance(60);
        Assert.Equal("-TRYAGAIN shard 'a' has no master (connection refused); not executed\r\n", client.Ask("GET a:1"));
        gateway.Advance(5000);
        gateway.Shard("a").Restart();
        gateway.Advance(60);
        client.Send("GET a:1");
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        client.Received("$1\r\n1\r\n");
    }

    [Fact]
    public void A_frozen_shard_serves_within_moments_of_its_thaw()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        gateway.Network.Freeze(gateway.Shard("a").Address);
        gateway.Advance(30_000);
        Assert.Equal("-TRYAGAIN", client.Ask("GET a:2").Split("\r\n")[1].Split(' ')[0]);
        gateway.Network.Thaw(gateway.Shard("a").Address);
        gateway.Advance(100);
        gateway.Shard("a").Answer = _ => "$1\r\nv\r\n";
        client.Received("");
        Assert.Equal("$1\r\nv\r\n", client.Ask("GET a:3"));
    }

    [Fact]
    public void Requests_made_while_connecting_wait_and_are_refused_if_it_fails()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Network.Refuse(gateway.Shard("a").Address);
        foreach (var link in gateway.Shard("a").Links) link.Close();
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        gateway.Advance(20);
        Assert.StartsWith("-TRYAGAIN shard 'a' has no master (connection refused)", client.Take());
    }

    [Fact]
    public void The_other_shards_are_not_disturbed()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        gateway.Shard("b").Answer = _ => "$1\r\nB\r\n";
        gateway.Network.Freeze(gateway.Shard("a").Address);
        TestClient stuck = gateway.Connect();
        stuck.Send("GET a:1");
        TestClient other = gateway.Connect();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("$1\r\nB\r\n", other.Ask("GET b:1"));
            gateway.Advance(200);
        }
    }

    [Fact]
    public void A_request_of_which_no_byte_has_left_goes_again_and_one_that_has_begun_does_not()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Network.Capacity = 100;
        FakeShard shard = gateway.Shard("a");
        shard.Kill();
        shard.Restart();
        gateway.Advance(100);
        TestClient begun = gateway.Connect();
        TestClient waiting = gateway.Connect();
        var link = shard.Links[0];
        link.StopReading();
        begun.Send("SET a:1 " + new string('x', 150));
        waiting.Send("SET a:2 y");
        Assert.Empty(shard.Log);

        gateway.Network.Reset(link.EndPoint);
        gateway.Settle();
        gateway.Advance(20);
        begun.Received("-TRYAGAIN shard 'a' has no master (the connection was lost); not executed\r\n");
        Assert.Equal(["SET a:2 y"], shard.Waiting);
        shard.Reply("+OK\r\n");
        waiting.Received("+OK\r\n");
    }

    [Fact]
    public void A_shard_that_takes_no_more_clients_is_down_and_says_why()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        shard.Kill();
        shard.HandshakeAnswer = _ => "-ERR max number of clients reached\r\n";
        shard.Restart();
        gateway.Advance(200);
        TestClient client = gateway.Connect();
        Assert.Equal("-TRYAGAIN shard 'a' has no master (it refused PING: ERR max number of clients reached); not executed\r\n", client.Ask("GET a:1"));
        shard.HandshakeAnswer = null;
        gateway.Advance(100);
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], shard.Waiting);
    }
}
