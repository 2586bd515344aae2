using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Limits;

/// <summary>How many connections a shard has to serve is ours to bound, whatever clients do.</summary>
public class LinkCountTests
{
    [Fact]
    public void A_database_that_the_shard_refuses_again_and_again_costs_it_no_more_connections()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Shard("a").HandshakeAnswer = request => request.StartsWith("SELECT") ? "-ERR DB index is out of range\r\n" : null;
        TestClient client = gateway.Connect();
        client.Send("SELECT 9");
        client.Received("+OK\r\n");
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal("-ERR DB index is out of range\r\n", client.Ask("GET a:1"));
            gateway.Advance(100);
        }
        Assert.InRange(gateway.Shard("a").Links.Count, 1, 2);
    }

    [Fact]
    public void Links_that_the_shard_closes_when_idle_are_not_replaced_by_more()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Shard("a").Answer = _ => "+OK\r\n";
        TestClient client = gateway.Connect();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("+OK\r\n", client.Ask($"SELECT {i % 3}"));
            Assert.Equal("+OK\r\n", client.Ask("SET a:1 x"));
            gateway.Shard("a").Links[^1].Close();
            gateway.Advance(100);
        }
        Assert.InRange(gateway.Shard("a").Links.Count, 1, 4);
    }
}
