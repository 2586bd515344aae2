using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Protocol;

/// <summary>A request that is rewritten before it is sent on has another length than the bytes that the client sent.</summary>
public class LargeInlineTests
{
    [Fact]
    public void An_inline_request_that_grows_past_the_shared_limit_is_sent_as_multibulk_and_the_next_request_understood()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        string words = string.Concat(Enumerable.Repeat(" x", 20_000));
        client.SendRaw("SADD a:1" + words + "\r\n" + "PING\r\n");
        string sent = Assert.Single(gateway.Shard("a").Waiting);
        Assert.Equal("SADD a:1" + words, sent);
        gateway.Shard("a").Reply(":1\r\n");
        client.Received(":1\r\n+PONG\r\n");
    }

    [Fact]
    public void A_large_request_with_careless_line_ends_that_has_come_whole_is_put_right()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Network.Capacity = 1024 * 1024;
        TestClient client = gateway.Connect();
        client.Send("GET a:0");
        client.SendRaw($"*3\r\n$3\r\nSET\r\n$3\r\na:1\r\n$200000\r\n{new string('v', 200_000)}XX*1\r\n$4\r\nPING\r\n");
        Assert.Equal(["GET a:0"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("$-1\r\n");
        Assert.Equal(["SET a:1 <200000 bytes>"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("+OK\r\n");
        client.Received("$-1\r\n+OK\r\n+PONG\r\n");
    }

    [Fact]
    public void A_large_request_with_careless_line_ends_that_is_streamed_is_refused()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.SendRaw($"*3\r\n$3\r\nSET\r\n$3\r\na:1\r\n$200000\r\n{new string('v', 200_000)}");
        client.SendRaw("XX*1\r\n$4\r\nPING\r\n");
        Assert.StartsWith("-ERR Protocol error: ", client.Take());
        Assert.True(client.IsClosed);
        Assert.Empty(gateway.Shard("a").Log);
    }
}
