using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Local;

/// <summary>HELLO and SELECT choose the kind of link from their own place in the pipeline on, and no link ever changes what it is.</summary>
public class ProtocolSwitchTests
{
    [Fact]
    public void Requests_before_HELLO_3_go_over_RESP2_links_and_those_behind_it_over_RESP3_links()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("GET", "a:1") + TestClient.Encode("HELLO", "3") + TestClient.Encode("GET", "a:2") + TestClient.Encode("HELLO", "2") + TestClient.Encode("GET", "a:3"));

        // The second may not overtake the first, so it waits for it: they use different links.
        Assert.Equal(["GET a:1"], shard.Waiting);
        Assert.DoesNotContain("HELLO 3", shard.Handshakes);
        var plain = shard.WaitingLink;
        shard.Reply("$1\r\n1\r\n");
        Assert.Equal(["GET a:2"], shard.Waiting);
        Assert.Contains("HELLO 3", shard.Handshakes);
        Assert.NotSame(plain, shard.WaitingLink);
        shard.Reply("_\r\n");
        Assert.Equal(["GET a:3"], shard.Waiting);
        Assert.Same(plain, shard.WaitingLink);
        shard.Reply("$1\r\n3\r\n");

        string received = client.Take();
        Assert.StartsWith("$1\r\n1\r\n%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n", received);
        Assert.Contains("_\r\n*14\r\n$6\r\nserver\r\n", received);
        Assert.EndsWith("$1\r\n3\r\n", received);
    }

    [Fact]
    public void Requests_to_other_shards_need_not_wait_for_the_switch()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("GET", "a:1") + TestClient.Encode("HELLO", "3") + TestClient.Encode("GET", "b:1"));
        Assert.Equal(["GET b:1"], gateway.Shard("b").Waiting);
    }

    [Fact]
    public void Clients_of_both_protocols_have_links_of_their_own()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient two = gateway.Connect();
        TestClient three = gateway.Connect();
        three.Send("HELLO 3");
        three.Take();
        two.Send("HGETALL a:1");
        three.Send("HGETALL a:1");
        Assert.Equal(2, gateway.Shard("a").WaitingLinks.Distinct().Count());
        gateway.Shard("a").Reply("*2\r\n$1\r\nf\r\n$1\r\nv\r\n", "%1\r\n$1\r\nf\r\n$1\r\nv\r\n");
        two.Received("*2\r\n$1\r\nf\r\n$1\r\nv\r\n");
        three.Received("%1\r\n$1\r\nf\r\n$1\r\nv\r\n");
    }

    [Fact]
    public void SELECT_uses_links_of_that_database()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("SELECT", "5") + TestClient.Encode("SET", "a:1", "x") + TestClient.Encode("SELECT", "0") + TestClient.Encode("GET", "a:1"));
        Assert.Contains("SELECT 5", shard.Handshakes);
        var five = shard.WaitingLink;
        shard.Reply("+OK\r\n");
        Assert.NotSame(five, shard.WaitingLink);
        shard.Reply("$-1\r\n");
        client.Received("+OK\r\n+OK\r\n+OK\r\n$-1\r\n");
        Assert.Single(shard.Handshakes, handshake => handshake.StartsWith("SELECT"));
    }

    [Fact]
    public void A_database_of_RESP3_is_a_link_of_its_own_with_both_in_its_handshake()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("HELLO", "3") + TestClient.Encode("SELECT", "2") + TestClient.Encode("GET", "a:1"));
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
        Assert.Equal(["HELLO 3", "SELECT 2"], gateway.Shard("a").Handshakes.TakeLast(2));
    }

    [Fact]
    public void A_request_follows_its_links_handshake_only_when_that_is_answered_in_full()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        shard.HandshakeAnswer = request => request.StartsWith("SELECT") ? "" : null;
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("HELLO", "3") + TestClient.Encode("SELECT", "2") + TestClient.Encode("GET", "a:1"));
        Assert.Empty(shard.Log);
        shard.Links[^1].Send("+O");
        gateway.Settle();
        Assert.Empty(shard.Log);
        shard.Links[^1].Send("K\r\n");
        gateway.Settle();
        Assert.Equal(["GET a:1"], shard.Waiting);
    }

    [Fact]
    public void A_database_that_the_shard_lacks_is_that_clients_error()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        shard.HandshakeAnswer = request => request == "SELECT 9" ? "-ERR DB index is out of range\r\n" : null;
        TestClient client = gateway.Connect();
        TestClient other = gateway.Connect();
        client.SendRaw(TestClient.Encode("SELECT", "9") + TestClient.Encode("GET", "a:1") + TestClient.Encode("MGET", "a:1", "a:2"));
        client.Received("+OK\r\n-ERR DB index is out of range\r\n-ERR DB index is out of range\r\n");
        Assert.Empty(shard.Log);
        other.Send("GET a:1");
        shard.Reply("$1\r\n1\r\n");
        other.Received("$1\r\n1\r\n");
        Assert.Equal("+OK\r\n", client.Ask("SELECT 0"));
        client.Send("GET a:2");
        Assert.Equal(["GET a:2"], shard.Waiting);
    }

    [Theory]
    [InlineData("SELECT 16", "-ERR DB index is out of range\r\n")]
    [InlineData("SELECT -1", "-ERR DB index is out of range\r\n")]
    [InlineData("SELECT x", "-ERR value is not an integer or out of range\r\n")]
    [InlineData("SELECT 99999999999", "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n")]
    [InlineData("HELLO x", "-ERR Protocol version is not an integer or out of range\r\n")]
    [InlineData("HELLO 1", "-NOPROTO unsupported protocol version\r\n")]
    [InlineData("HELLO 4", "-NOPROTO unsupported protocol version\r\n")]
    [InlineData("HELLO 3 NOSUCH", "-ERR Syntax error in HELLO option 'NOSUCH'\r\n")]
    [InlineData("HELLO 3 AUTH x", "-ERR Syntax error in HELLO option 'AUTH'\r\n")]
    [InlineData("HELLO 3 SETNAME", "-ERR Syntax error in HELLO option 'SETNAME'\r\n")]
    [InlineData("HELLO 3 AUTH nobody x", "-WRONGPASS invalid username-password pair or user is disabled.\r\n")]
    [InlineData("AUTH x", "-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\r\n")]
    [InlineData("AUTH default x", "+OK\r\n")]
    [InlineData("AUTH nobody x", "-WRONGPASS invalid username-password pair or user is disabled.\r\n")]
    [InlineData("AUTH a b c", "-ERR syntax error\r\n")]
    public void Wrong_choices_have_Rediss_words_and_change_nothing(string request, string reply)
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        Assert.Equal(reply, client.Ask(request));
        client.Send("GET a:1");
        gateway.Shard("a").Reply("$-1\r\n");
        client.Received("$-1\r\n");
        Assert.DoesNotContain(gateway.Shard("a").Handshakes, handshake => handshake != "PING");
    }

    [Fact]
    public void RESET_brings_back_the_beginning()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { Password = "secret" }] });
        TestClient client = gateway.Connect();
        Assert.StartsWith("%7\r\n", client.Ask("HELLO 3 AUTH default secret SETNAME me"));
        Assert.Equal("+OK\r\n", client.Ask("SELECT 3"));
        Assert.Equal("$2\r\nme\r\n", client.Ask("CLIENT GETNAME"));
        Assert.Equal("+RESET\r\n", client.Ask("RESET"));
        Assert.Equal("-NOAUTH Authentication required.\r\n", client.Ask("GET a:1"));
        Assert.Equal("+OK\r\n", client.Ask("AUTH secret"));
        Assert.Equal("$-1\r\n", client.Ask("CLIENT GETNAME"));
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
        Assert.DoesNotContain("HELLO 3", gateway.Shard("a").Handshakes);
    }

    [Fact]
    public void QUIT_answers_what_came_before_and_nothing_behind_it()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("GET", "a:1") + TestClient.Encode("QUIT") + TestClient.Encode("GET", "a:2"));
        Assert.False(client.IsClosed);
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        client.Received("$1\r\n1\r\n+OK\r\n");
        Assert.True(client.IsClosed);
        Assert.Equal(["GET a:1"], gateway.Shard("a").Log);
    }
}
