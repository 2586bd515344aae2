using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests;

/// <summary>Large requests stream through links of their own; large replies set their link aside.</summary>
public class LargeTests
{
    private static readonly string Value = new('v', 200_000);

    private static string Set(string key, string value) => $"*3\r\n$3\r\nSET\r\n${key.Length}\r\n{key}\r\n${value.Length}\r\n{value}\r\n";

    [Fact]
    public void A_large_request_takes_a_link_of_its_own()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient small = gateway.Connect();
        TestClient large = gateway.Connect();
        small.Send("GET a:1");
        large.SendRaw(Set("a:big", Value));
        Assert.Equal(["GET a:1", "SET a:big <200000 bytes>"], gateway.Shard("a").Waiting);
        Assert.Equal(2, gateway.Shard("a").WaitingLinks.Distinct().Count());
        gateway.Shard("a").Reply("$1\r\n1\r\n", "+OK\r\n");
        small.Received("$1\r\n1\r\n");
        large.Received("+OK\r\n");
    }

    [Fact]
    public void A_client_that_stalls_in_a_large_request_holds_up_nobody_and_is_closed()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Shard("a").Answer = _ => "+OK\r\n";
        TestClient staller = gateway.Connect();
        TestClient other = gateway.Connect();
        staller.SendRaw(Set("a:big", Value)[..100_000]);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("+OK\r\n", other.Ask("SET a:1 x"));
            gateway.Advance(150);
        }
        Assert.False(staller.IsClosed);
        gateway.Advance(600);
        Assert.True(staller.IsClosed);
        Assert.DoesNotContain(gateway.Shard("a").Log, line => line.StartsWith("SET a:big"));
        Assert.Equal("+OK\r\n", other.Ask("SET a:1 x"));
    }

    [Fact]
    public void A_large_request_waits_for_the_clients_earlier_requests_to_that_shard()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        client.TrySendRaw(Set("a:big", Value));
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        gateway.Settle();
        Assert.DoesNotContain(gateway.Shard("a").Waiting, request => !request.StartsWith("SET a:big"));
    }

    [Fact]
    public void Requests_behind_a_large_one_to_the_same_shard_wait_for_its_reply()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.SendRaw(Set("a:big", Value) + TestClient.Encode("GET", "b:1") + TestClient.Encode("GET", "a:big"));
        Assert.Equal(["SET a:big <200000 bytes>"], gateway.Shard("a").Waiting);
        Assert.Equal(["GET b:1"], gateway.Shard("b").Waiting);
        gateway.Shard("a").Reply("+OK\r\n");
        Assert.Equal(["GET a:big"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("$1\r\nv\r\n");
        gateway.Shard("b").Reply("$1\r\nB\r\n");
        client.Received("+OK\r\n$1\r\nB\r\n$1\r\nv\r\n");
    }

    [Fact]
    public void A_large_mset_over_several_owners_is_collected_and_split()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.SendRaw($"*5\r\n$4\r\nMSET\r\n$3\r\na:1\r\n${Value.Length}\r\n{Value}\r\n$3\r\nb:1\r\n$1\r\ny\r\n");
        Assert.Equal(["MSET a:1 <200000 bytes>"], gateway.Shard("a").Waiting);
        Assert.Equal(["MSET b:1 y"], gateway.Shard("b").Waiting);
        gateway.Shard("a").Reply("+OK\r\n");
        gateway.Shard("b").Reply("+OK\r\n");
        client.Received("+OK\r\n");
    }

    [Fact]
    public void A_request_that_cannot_be_collected_within_the_limit_is_refused_and_closed()
    {
        TestGateway gateway = TestGateway.With(["a", "b"], options => options with { Pools = [options.Pools[0] with { MaxCollected = 100_000 }] });
        TestClient client = gateway.Connect();
        client.TrySendRaw($"*5\r\n$4\r\nMSET\r\n$3\r\na:1\r\n${Value.Length}\r\n{Value}");
        Assert.StartsWith("-ERR request too large", client.Take());
        Assert.True(client.IsClosed || client.Peer.InputEnded);
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void A_large_request_to_a_shard_that_is_down_is_read_and_refused()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        gateway.Shard("a").Kill();
        gateway.Advance(60);
        gateway.Shard("b").Answer = _ => "$1\r\nB\r\n";
        TestClient client = gateway.Connect();
        client.SendRaw(Set("a:big", Value) + TestClient.Encode("GET", "b:1"));
        client.Received("-TRYAGAIN shard 'a' has no master (connection refused); not executed\r\n$1\r\nB\r\n");
    }

    [Fact]
    public void When_the_shard_dies_in_a_large_request_the_rest_is_read_and_the_next_request_understood()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        gateway.Shard("b").Answer = _ => "$1\r\nB\r\n";
        TestClient client = gateway.Connect();
        string request = Set("a:big", Value);
        client.SendRaw(request[..100_000]);
        gateway.Shard("a").Kill();
        client.SendRaw(request[100_000..] + TestClient.Encode("GET", "b:1"));
        client.Received("-TRYAGAIN shard 'a' has no master (the connection was lost); not executed\r\n$1\r\nB\r\n");
    }

    [Fact]
    public void A_large_reply_sets_its_link_aside_and_others_take_another()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient reader = gateway.Connect();
        TestClient other = gateway.Connect();
        reader.Send("GET a:big");
        var link = gateway.Shard("a").WaitingLink;
        gateway.Shard("a").SendPart("$600000\r\n" + new string('x', 300_000));
        other.Send("GET a:1");
        Assert.Equal(2, gateway.Shard("a").WaitingLinks.Distinct().Count());
        gateway.Shard("a").SendPart(new string('x', 300_000) + "\r\n");
        gateway.Shard("a").ForgetWaiting();
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        other.Received("$1\r\n1\r\n");
        Assert.Equal(600_000 + 11, reader.Take().Length);
        reader.Send("GET a:2");
        Assert.Contains(gateway.Shard("a").WaitingLink, gateway.Shard("a").Links);
        Assert.False(link.IsClosed);
    }

    [Fact]
    public void A_client_that_does_not_take_its_large_reply_is_closed_when_others_wait_behind_it()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient lazy = gateway.Connect();
        TestClient other = gateway.Connect();
        lazy.Peer.StopReading();
        lazy.Send("GET a:big");
        other.Send("GET a:1");
        var link = gateway.Shard("a").WaitingLink;
        const int size = 4_000_000;
        byte[] reply = System.Text.Encoding.Latin1.GetBytes($"${size}\r\n{new string('x', size)}\r\n$1\r\n1\r\n");
        int sent = 0;
        for (int round = 0; round < 400 && sent < reply.Length; round++)
        {
            sent += link.Send(reply.AsSpan(sent));
            gateway.Advance(10);
        }
        Assert.Equal(reply.Length, sent);
        Assert.True(lazy.IsClosed);
        other.Received("$1\r\n1\r\n");
    }

    [Fact]
    public void What_is_held_for_a_client_that_does_not_read_is_bounded()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient lazy = gateway.Connect();
        lazy.Peer.StopReading();
        lazy.Send("GET a:big");
        var link = gateway.Shard("a").WaitingLink;
        byte[] piece = new byte[64 * 1024];
        Array.Fill(piece, (byte)'x');
        link.Send("$50000000\r\n");
        int taken = 0;
        for (int round = 0; round < 200; round++)
        {
            taken += link.Send(piece);
            gateway.Settle();
        }
        Assert.InRange(taken, 1_000_000, 2_000_000);
    }

    [Fact]
    public void A_large_reply_whose_turn_has_not_come_waits_with_its_shard()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "GET b:big");
        var link = gateway.Shard("b").WaitingLink;
        byte[] reply = System.Text.Encoding.Latin1.GetBytes($"$3000000\r\n{new string('x', 3_000_000)}\r\n");
        int sent = 0;
        for (int round = 0; round < 100; round++)
        {
            sent += link.Send(reply.AsSpan(sent));
            gateway.Settle();
        }
        Assert.InRange(sent, 1_000_000, 2_000_000);
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        var received = new System.Text.StringBuilder();
        for (int round = 0; round < 500 && sent < reply.Length; round++)
        {
            received.Append(client.Take());
            sent += link.Send(reply.AsSpan(sent));
            gateway.Settle();
        }
        received.Append(client.Take());
        Assert.Equal("$1\r\n1\r\n" + System.Text.Encoding.Latin1.GetString(reply), received.ToString());
    }
}
