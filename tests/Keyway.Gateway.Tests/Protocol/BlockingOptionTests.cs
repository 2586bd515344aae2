using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Protocol;

/// <summary>A command that waits would hold up everybody on a shared link, so it must not get there under any disguise.</summary>
public class BlockingOptionTests
{
    [Theory]
    [InlineData("XREAD BLOCK 0 STREAMS a:1 0")]
    [InlineData("xread count 1 block 0 streams a:1 0")]
    [InlineData("XREADGROUP GROUP g c BLOCK 0 STREAMS a:1 >")]
    [InlineData("XREADGROUP GROUP STREAMS c BLOCK 0 STREAMS a:1 >")]
    [InlineData("XREADGROUP GROUP g STREAMS BLOCK 0 STREAMS a:1 >")]
    [InlineData("XREADGROUP GROUP streams streams COUNT 1 BLOCK 0 STREAMS a:1 >")]
    [InlineData("XREADGROUP BLOCK 0 GROUP streams streams STREAMS a:1 >")]
    public void A_read_that_may_wait_has_a_link_of_its_own(string request)
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        TestClient other = gateway.Connect();
        client.Send(request);
        other.Send("GET a:1");
        Assert.Equal([request, "GET a:1"], gateway.Shard("a").Waiting);
        gateway.Shard("a").ReplyTo("GET a:1", "$-1\r\n");
        other.Received("$-1\r\n");
    }

    [Theory]
    [InlineData("XREAD STREAMS a:1 0")]
    [InlineData("XREAD COUNT 2 STREAMS a:1 0")]
    [InlineData("XREADGROUP GROUP BLOCK BLOCK STREAMS a:1 >")]
    [InlineData("XREAD STREAMS a:BLOCK BLOCK")]
    public void A_read_that_does_not_wait_is_relayed(string request)
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send(request);
        Assert.Equal([request], gateway.Shard("a").Waiting);
    }
}
