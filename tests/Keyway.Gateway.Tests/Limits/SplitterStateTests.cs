using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Limits;

/// <summary>What one request leaves behind in the loop's shared scratch must not show in the next.</summary>
public class SplitterStateTests
{
    [Fact]
    public void A_fan_out_asks_each_shard_once_whatever_came_before()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        gateway.Shard("a").Answer = _ => ":1\r\n";
        gateway.Shard("b").Answer = _ => ":1\r\n";
        TestClient client = gateway.Connect();
        Assert.Equal(":1\r\n", client.Ask("EXISTS a:1 a:2"));
        Assert.Equal(":2\r\n", client.Ask("DBSIZE"));
        Assert.Equal(":1\r\n", client.Ask("DEL b:1"));
        Assert.Equal(":2\r\n", client.Ask("EXISTS a:1 b:1"));
        Assert.Equal(":2\r\n", client.Ask("DBSIZE"));
    }
}
