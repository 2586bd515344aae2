using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Subscriptions;

/// <summary>The road of a message from a shard to its subscribers, whatever stands in its way.</summary>
public class MessageTests
{
    [Fact]
    public void A_message_waits_for_the_end_of_a_large_reply()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Ask("HELLO 3");
        client.Ask("SUBSCRIBE x");
        client.Send("GET a:1", "GET a:2");
        string value = new('v', 400_000);
        gateway.Shard("a").SendPart("$400000\r\n" + value[..300_000]);
        gateway.Shard("b").Broker.Publish("x", "m");
        gateway.Shard("b").Broker.Publish("x", "n");
        Assert.DoesNotContain("message", client.Take());
        gateway.Shard("a").SendPart(value[300_000..] + "\r\n");
        gateway.Shard("a").ForgetWaiting();
        gateway.Shard("a").Reply("$1\r\n2\r\n");
        string rest = client.Take();
        Assert.EndsWith("v\r\n" + Message("x", "m", '>') + Message("x", "n", '>') + "$1\r\n2\r\n", rest);
    }

    [Fact]
    public void A_message_does_not_wait_for_replies_that_are_owed()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Ask("HELLO 3");
        client.Ask("SUBSCRIBE x");
        client.Send("GET a:1", "GET b:1");
        string value = new('v', 400_000);
        gateway.Shard("b").SendPart("$400000\r\n" + value[..300_000]);
        gateway.Shard("a").Broker.Publish("x", "m");
        client.Received(Message("x", "m", '>'));
        gateway.Shard("a").Reply("$1\r\nA\r\n");
        string begun = client.Take();
        Assert.StartsWith("$1\r\nA\r\n$400000\r\nvvv", begun);
        gateway.Shard("a").Broker.Publish("x", "n");
        gateway.Shard("b").SendPart(value[300_000..] + "\r\n");
        Assert.EndsWith("vv\r\n" + Message("x", "n", '>'), client.Take());
    }

    [Fact]
    public void Large_messages_come_whole_to_all()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient[] clients = [.. Enumerable.Range(0, 5).Select(_ => gateway.Connect())];
        clients[0].Ask("HELLO 3");
        foreach (TestClient client in clients) client.Ask("SUBSCRIBE x");
        string text = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i},"));
        gateway.Shard("a").Broker.Publish("x", text);
        gateway.Shard("a").Broker.Publish("x", "small");
        for (int i = 0; i < clients.Length; i++)
        {
            char first = i == 0 ? '>' : '*';
            clients[i].Received(Message("x", text, first) + Message("x", "small", first));
        }
    }

    [Fact]
    public void Pieces_of_messages_are_put_together()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Ask("SUBSCRIBE x");
        string all = Message("x", "one") + TestClient.Encode("pmessage", "p*", "x", "nobody") + Message("x", "") + Message("x", "two\r\n*3");
        foreach (char piece in all) gateway.Shard("a").Broker.SendRaw(piece.ToString());
        client.Received(Message("x", "one") + Message("x", "") + Message("x", "two\r\n*3"));
    }

    [Fact]
    public void A_client_that_takes_nothing_is_closed_and_holds_nobody_up()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { MaxCollected = 1 << 20 }] });
        TestClient slow = gateway.Connect();
        TestClient quick = gateway.Connect();
        slow.Ask("SUBSCRIBE x");
        quick.Ask("SUBSCRIBE x");
        slow.Peer.StopReading();
        string text = new('t', 10_000);
        for (int i = 0; i < 300 && !slow.IsClosed; i++)
        {
            gateway.Shard("a").Broker.Publish("x", text);
            quick.Received(Message("x", text));
        }
        slow.Peer.ResumeReading();
        gateway.Settle();
        Assert.True(slow.IsClosed);
        Assert.Contains(gateway.Log.Lines, line => line.Contains("it does not take its messages, and they pass max_collected"));
        gateway.Shard("a").Broker.Publish("x", "m");
        quick.Received(Message("x", "m"));
        Assert.Equal(":1\r\n", gateway.Connect().Ask("PUBLISH x m"));
    }

    [Fact]
    public void A_client_that_takes_too_little_for_a_minute_is_closed()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { MaxCollected = 8 << 20 }] });
        TestClient slow = gateway.Connect();
        slow.Ask("SUBSCRIBE x");
        slow.Peer.StopReading();
        string text = new('t', 10_000);
        for (int i = 0; i < 300; i++) gateway.Shard("a").Broker.Publish("x", text);
        gateway.Advance(58_000);
        Assert.Contains(":1\r\n", gateway.Connect().Ask("PUBLISH x m"));
        gateway.Advance(3_000);
        slow.Peer.ResumeReading();
        gateway.Settle();
        Assert.True(slow.IsClosed);
    }

    [Fact]
    public void What_waits_for_all_slow_clients_together_is_bounded()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { Buffers = 4 << 20 }] });
        TestClient[] slow = [.. Enumerable.Range(0, 10).Select(_ => gateway.Connect())];
        foreach (TestClient client in slow)
        {
            client.Ask("SUBSCRIBE x");
            client.Peer.StopReading();
        }
        string text = new('t', 1000);
        for (int i = 0; i < 1500; i++) gateway.Shard("a").Broker.Publish("x", text);
        gateway.Advance(300);
        foreach (TestClient client in slow) client.Peer.ResumeReading();
        gateway.Settle();
        Assert.InRange(slow.Count(client => client.IsClosed), 5, 9);
    }

    [Fact]
    public void A_message_that_nobody_could_be_given_closes_those_it_was_for()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { MaxCollected = 1 << 20 }] });
        TestClient client = gateway.Connect();
        TestClient other = gateway.Connect();
        client.Ask("SUBSCRIBE x");
        other.Ask("SUBSCRIBE y");
        gateway.Shard("a").Broker.Publish("x", new string('t', 3 << 20));
        gateway.Advance(50);
        Assert.True(client.IsClosed);
        gateway.Shard("a").Broker.Publish("y", "m");
        other.Received(Message("y", "m"));
    }

    [Fact]
    public void A_crowd_gets_each_message_once_and_in_order()
    {
        TestGateway gateway = TestGateway.With(["a", "b"], loops: 2);
        TestClient[] clients = [.. Enumerable.Range(0, 1500).Select(_ => gateway.Connect())];
        foreach (TestClient client in clients) client.Send("SUBSCRIBE x");
        foreach (TestClient client in clients) client.Take();
        for (int i = 0; i < 5; i++) gateway.Shard("b").Broker.Publish("x", $"{i}");
        string expected = string.Concat(Enumerable.Range(0, 5).Select(i => Message("x", $"{i}")));
        foreach (TestClient client in clients) client.Received(expected);
        Assert.Equal(2, gateway.Shard("b").Broker.LinkCount);
    }

    [Fact]
    public void A_shard_that_refuses_a_message_is_quoted()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        gateway.Shard("a").Kill();
        Assert.Contains("TRYAGAIN shard 'a' has no master", client.Ask("PUBLISH a:x m"));
        Assert.Equal(":0\r\n", client.Ask("PUBLISH b:x m"));
    }

    [Fact]
    public void A_large_message_is_published_too()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient listens = gateway.Connect();
        TestClient client = gateway.Connect();
        listens.Ask("SUBSCRIBE x");
        client.SendRaw(TestClient.Encode("PUBLISH", "x", new string('m', 100_000)));
        client.Received(":1\r\n");
        Assert.StartsWith("*3\r\n$7\r\nmessage\r\n$1\r\nx\r\n", listens.Take());
    }

    private static string Message(string channel, string text, char first = '*') => first + TestClient.Encode("message", channel, text)[1..];
}
