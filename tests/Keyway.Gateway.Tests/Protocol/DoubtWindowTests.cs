using Keyway.Gateway.Tests.Harness;
using Keyway.Platform.Simulation;

namespace Keyway.Gateway.Tests.Protocol;

/// <summary>Replies that no request can have caused, because none had reached the shard yet.</summary>
public class DoubtWindowTests
{
    [Fact]
    public void A_reply_to_a_request_that_has_not_left_yet_is_nobodys_reply()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient first = gateway.Connect();
        first.Send("GET a:0");
        SimulatedPeer link = gateway.Shard("a").WaitingLink;
        gateway.Shard("a").Reply("$1\r\n0\r\n");
        first.Received("$1\r\n0\r\n");

        // The shard does not read: what fills the connection has left us, what comes behind it has not.
        link.StopReading();
        TestClient[] clients = [.. Enumerable.Range(0, 4).Select(_ => gateway.Connect())];
        foreach (TestClient client in clients) client.SendRaw(TestClient.Encode("SET", "a:" + client.GetHashCode(), new string('x', 60_000)));
        link.Send("+OK\r\n+OK\r\n+OK\r\n+OK\r\n");
        gateway.Settle();
        Assert.True(link.IsClosed);
        foreach (TestClient client in clients) Assert.DoesNotContain("+OK", client.Take());
    }

    [Fact]
    public void A_reply_in_the_same_breath_as_the_handshakes_is_nobodys_reply()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Shard("a").HandshakeAnswer = request => request == "SELECT 3" ? "+OK\r\n+SURPLUS\r\n" : null;
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("SELECT", "3") + TestClient.Encode("GET", "a:1"));
        Assert.Equal("+OK\r\n", client.Take()[..5]);
        Assert.DoesNotContain("SURPLUS", client.Take());
        Assert.DoesNotContain("GET a:1", gateway.Shard("a").Waiting);
    }

    [Fact]
    public void Early_bytes_of_a_large_reply_that_no_client_has_seen_become_an_error_and_the_client_stays()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "GET b:big", "GET a:2");
        gateway.Shard("b").SendPart("$600000\r\n" + new string('x', 300_000));
        gateway.Shard("b").Kill();
        Assert.False(client.IsClosed);
        gateway.Shard("a").Reply("$1\r\n1\r\n", "$1\r\n2\r\n");
        client.Received("$1\r\n1\r\n-UNCERTAIN shard 'b' gave no reply (the connection was lost); may have been executed\r\n$1\r\n2\r\n");
    }
}
