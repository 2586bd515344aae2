using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests;

public class OrderTests
{
    [Fact]
    public void Replies_keep_request_order_when_the_first_shard_is_slower()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "GET b:1");

        gateway.Shard("b").Reply("$1\r\nB\r\n");
        client.ReceivedNothing();
        gateway.Shard("a").Reply("$1\r\nA\r\n");

        client.Received("$1\r\nA\r\n$1\r\nB\r\n");
    }

    [Fact]
    public void The_gateways_own_answers_wait_for_the_replies_before_them()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "PING", "GET b:1", "ECHO x");

        gateway.Shard("b").Reply("$1\r\nB\r\n");
        client.ReceivedNothing();
        gateway.Shard("a").Reply("$1\r\nA\r\n");

        client.Received("$1\r\nA\r\n+PONG\r\n$1\r\nB\r\n$1\r\nx\r\n");
    }

    [Fact]
    public void Many_replies_in_any_order_come_out_in_request_order()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b", "c");
        TestClient client = gateway.Connect();
        string expected = "";
        for (int i = 0; i < 240; i++)
        {
            string shard = "abc"[i % 3].ToString();
            client.Send($"GET {shard}:{i}");
            expected += $"$4\r\n{i,4}\r\n";
        }
        foreach (string shard in new[] { "c", "a", "b" })
        {
            FakeShard fake = gateway.Shard(shard);
            while (fake.Waiting.Count > 0) fake.Reply($"$4\r\n{int.Parse(fake.Waiting[0].Split(':')[1]),4}\r\n");
        }
        client.Received(expected);
    }

    [Fact]
    public void Requests_to_one_shard_share_a_link_and_leave_in_one_piece_each()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient first = gateway.Connect();
        TestClient second = gateway.Connect();
        first.SendRaw("*2\r\n$3\r\nGET\r\n$3\r\na");
        second.Send("GET a:2");

        Assert.Equal(["GET a:2"], gateway.Shard("a").Waiting);
        first.SendRaw(":1\r\n");
        Assert.Equal(["GET a:2", "GET a:1"], gateway.Shard("a").Waiting);
        Assert.Single(gateway.Shard("a").WaitingLinks.Distinct());
    }

    [Fact]
    public void A_client_that_leaves_in_mid_request_harms_nobody()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient leaver = gateway.Connect();
        TestClient stayer = gateway.Connect();
        leaver.SendRaw("*2\r\n$3\r\nGET\r\n$3\r\na");
        leaver.Peer.Abort();
        stayer.Send("GET a:2");
        gateway.Shard("a").Reply("$1\r\n2\r\n");
        stayer.Received("$1\r\n2\r\n");
    }

    [Fact]
    public void The_reply_of_a_client_that_left_reaches_nobody_else()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient leaver = gateway.Connect();
        leaver.Send("GET a:1");
        leaver.Peer.Abort();
        gateway.Settle();
        TestClient next = gateway.Connect();
        next.Send("GET a:2");
        gateway.Shard("a").Reply("$1\r\n1\r\n", "$1\r\n2\r\n");
        next.Received("$1\r\n2\r\n");
    }

    [Fact]
    public void A_client_that_ends_its_input_still_gets_its_replies()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        client.Peer.EndOutput();
        gateway.Settle();
        Assert.False(client.IsClosed);
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        client.Received("$1\r\n1\r\n");
        Assert.True(client.Peer.InputEnded || client.IsClosed);
    }
}
