using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests;

/// <summary>A shard that says what it should not: its link ends, and every request on it gets exactly one answer.</summary>
public class DoubtTests
{
    [Theory]
    [InlineData("garbage\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$5\r\nhelloXX")]
    [InlineData("\0\0\0\0")]
    [InlineData(">2\r\n$1\r\na\r\n$1\r\nb\r\n")]
    public void Garbage_ends_the_link_and_each_request_gets_one_error(string garbage)
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient first = gateway.Connect();
        TestClient second = gateway.Connect();
        first.Send("GET a:1", "GET a:2");
        second.Send("GET a:3");
        var link = gateway.Shard("a").WaitingLink;
        gateway.Shard("a").SendPart(garbage);
        Assert.True(link.IsClosed);
        Assert.Equal(2, first.Take().Split("-UNCERTAIN shard 'a' gave no reply").Length - 1);
        Assert.Equal(1, second.Take().Split("-UNCERTAIN shard 'a' gave no reply").Length - 1);
        Assert.False(first.IsClosed);
    }

    [Fact]
    public void More_replies_than_requests_reach_nobody()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        var link = gateway.Shard("a").WaitingLink;
        gateway.Shard("a").SendPart("$1\r\n1\r\n$1\r\n2\r\n");
        Assert.True(link.IsClosed);
        Assert.StartsWith("-UNCERTAIN shard 'a'", client.Take());
    }

    [Fact]
    public void A_byte_on_an_idle_link_closes_it()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        var link = gateway.Shard("a").WaitingLink;
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        client.Received("$1\r\n1\r\n");
        link.Send("+");
        gateway.Settle();
        Assert.True(link.IsClosed);
        client.Send("GET a:2");
        gateway.Advance(20);
        gateway.Shard("a").Reply("$1\r\n2\r\n");
        client.Received("$1\r\n2\r\n");
    }

    [Fact]
    public void Half_a_reply_and_then_nothing_is_an_error_and_not_half_a_reply()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        gateway.Shard("a").SendPart("$10\r\nhello");
        client.ReceivedNothing();
        gateway.Shard("a").Kill();
        Assert.StartsWith("-UNCERTAIN shard 'a'", client.Take());
        Assert.False(client.IsClosed);
    }

    [Fact]
    public void A_client_that_has_part_of_a_large_reply_is_closed_when_the_rest_cannot_come()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        gateway.Shard("a").SendPart("$600000\r\n" + new string('x', 300_000));
        Assert.StartsWith("$600000\r\nxxx", client.Take());
        gateway.Shard("a").Kill();
        gateway.Settle();
        Assert.True(client.IsClosed);
    }

    [Fact]
    public void Replies_that_come_byte_by_byte_are_the_same_replies()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Network.DeliverAtMost = 1;
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "MGET a:1 a:2", "GET a:3");
        gateway.Shard("a").Reply("$5\r\nhello\r\n", "*2\r\n$-1\r\n$1\r\nx\r\n", "-ERR no\r\n");
        client.Received("$5\r\nhello\r\n*2\r\n$-1\r\n$1\r\nx\r\n-ERR no\r\n");
    }

    [Fact]
    public void A_reply_nested_too_deeply_closes_the_link_and_the_gateway_lives()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        gateway.Shard("a").SendPart(string.Concat(Enumerable.Repeat("*1\r\n", 10_000)));
        Assert.StartsWith("-UNCERTAIN shard 'a'", client.Take());
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
    }
}
