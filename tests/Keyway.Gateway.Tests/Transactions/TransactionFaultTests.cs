using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Transactions;

/// <summary>A link that dies anywhere within a transaction or its replies: it runs whole or not at all, and its client hears which, or that nobody can tell.</summary>
public class TransactionFaultTests
{
    private const int Room = 4096;

    private static readonly int Length = new[] { "MULTI", "SET a:1 x", "SET a:2 x", "EXEC" }.Sum(request => TestClient.Encode(request.Split(' ')).Length);

    [Fact]
    public void Cut_after_any_of_its_bytes_it_is_certain_that_it_has_not_run_until_the_last_has_left()
    {
        for (int cut = 0; cut <= Length; cut++)
        {
            TestGateway gateway = FakeMulti.Gateway("a");
            FakeShard shard = gateway.Shard("a");
            gateway.Network.Capacity = Room;
            gateway.Network.Reset(shard.Address);
            gateway.Advance(100);
            TestClient client = gateway.Connect();
            TestClient other = gateway.Connect();
            client.Ask("GET a:0");
            client.Send("MULTI", "SET a:1 x", "SET a:2 x");
            client.Take();

            // Somebody else's request leaves room for so many bytes of it and no more; then the connection is gone.
            gateway.Network.Freeze(shard.Address);
            int header = TestClient.Encode("GET", "a:" + new string('f', 2000)).Length - 2000;
            other.Send("GET a:" + new string('f', Room - cut - header));
            client.Send("EXEC");
            gateway.Network.Reset(shard.Address);
            gateway.Network.Thaw(shard.Address);
            gateway.Settle();
            gateway.Advance(100);
            string reply = client.Take();
            other.Take();
            string[] ran = [.. shard.Transactions!.Ran.Where(request => request.StartsWith("SET", StringComparison.Ordinal))];
            string[] expected = cut == 0 ? ["SET a:1 x", "SET a:2 x"] : [];
            Assert.Equal(expected, ran);
            Assert.Equal(
                cut == 0 ? "*2\r\n+SET a:1 x\r\n+SET a:2 x\r\n"
                : cut < Length ? "-TRYAGAIN shard 'a' has no master (the connection was lost); not executed\r\n"
                : "-UNCERTAIN shard 'a' gave no reply (the connection was lost); may have been executed\r\n", reply);
            Assert.Equal("+GET a:3\r\n", client.Ask("GET a:3"));
            Assert.Equal("+GET a:4\r\n", other.Ask("GET a:4"));
        }
    }

    [Fact]
    public void Cut_after_any_byte_of_its_replies_its_client_gets_the_whole_answer_or_one_error()
    {
        const string replies = "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n:1\r\n";
        for (int cut = 0; cut <= replies.Length; cut++)
        {
            TestGateway gateway = TestGateway.WithShards("a");
            FakeShard shard = gateway.Shard("a");
            TestClient client = gateway.Connect();
            TestClient other = gateway.Connect();
            client.Send("MULTI", "SET a:1 x", "INCR a:2", "EXEC");
            client.Take();
            other.Send("GET a:9");
            if (cut > 0) shard.SendPart(replies[..cut]);
            shard.WaitingLink.Abort();
            gateway.Settle();
            const string doubt = "-UNCERTAIN shard 'a' gave no reply (the connection was lost); may have been executed\r\n";
            client.Received(cut == replies.Length ? "*2\r\n+OK\r\n:1\r\n" : doubt);
            other.Received(doubt);
            FakeMulti.Teach(shard);
            gateway.Advance(100);
            Assert.Equal("+GET a:3\r\n", client.Ask("GET a:3"));
        }
    }

    [Theory]
    [InlineData("+OK\r\n+OK\r\n", "a queued command that is answered at once")]
    [InlineData("+OK\r\n+QUEUED\r\n+QUEUED\r\n", "one QUEUED too many")]
    [InlineData("+PONG\r\n", "MULTI answered otherwise")]
    [InlineData("+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n+OK\r\n", "a reply too many")]
    [InlineData("+OK\r\n>1\r\n+x\r\n", "a push within")]
    [InlineData("+OK\r\n$x\r\n", "garbage within")]
    public void A_shard_that_says_something_else_is_not_believed(string said, string what)
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("MULTI", "SET a:1 x", "EXEC");
        client.Take();
        var link = shard.WaitingLink;
        shard.SendPart(said);
        if (what.StartsWith("one", StringComparison.Ordinal))
        {
            // It stands where EXEC's own answer belongs, and is passed on as it is: whoever says that is no Redis.
            client.Received("+QUEUED\r\n");
            return;
        }
        Assert.True(link.IsClosed);
        Assert.StartsWith("-UNCERTAIN shard 'a' gave no reply (", client.Take());
        Assert.False(client.IsClosed);
    }

    [Fact]
    public void After_a_silence_what_left_is_in_doubt_and_what_did_not_is_taken_back_whole()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        TestClient first = gateway.Connect();
        TestClient second = gateway.Connect();
        first.Send("MULTI", "SET a:1 x", "EXEC");
        first.Take();
        gateway.Network.Freeze(shard.Address);
        string requests = string.Concat(new[] { "MULTI", "SET a:2 x", "EXEC", "MULTI", "SET a:3 x", "EXEC" }.Select(request => TestClient.Encode(request.Split(' '))));
        for (int sent = 0; sent < requests.Length; gateway.Network.RunUntilIdle()) sent += second.Peer.Send(requests[sent..]);
        gateway.Advance(2100);
        Assert.Equal("-UNCERTAIN shard 'a' gave no reply (silent for 2s); may have been executed\r\n", first.Take());
        string[] errors = [.. second.Take().Split("\r\n").Where(line => line.StartsWith('-'))];
        Assert.Equal(2, errors.Length);
        Assert.All(errors, error => Assert.Matches("^-(UNCERTAIN|TRYAGAIN) shard 'a' ", error));
        gateway.Network.Thaw(shard.Address);
        gateway.Settle();
        FakeMulti.Teach(shard);
        while (shard.Waiting.Count > 0) shard.Reply(shard.Waiting[0] switch { "MULTI" => "+OK\r\n", "EXEC" => "*1\r\n+OK\r\n", _ => "+QUEUED\r\n" });
        gateway.Advance(200);
        first.ReceivedNothing();
        Assert.Equal("+GET a:1\r\n", first.Ask("GET a:1"));
        Assert.Equal("+GET a:2\r\n", second.Ask("GET a:2"));
    }

    [Fact]
    public void A_transaction_that_a_failover_refuses_goes_again_whole_to_the_new_master()
    {
        TestGateway gateway = TestGateway.WithNodes();
        FakeShard old = gateway.Shard("a");
        FakeShard next = gateway.Shard("a2");
        FakeMulti.Teach(old);
        FakeMulti.Teach(next);
        TestClient client = gateway.Connect();
        TestClient watcher = gateway.Connect();
        watcher.Send("WATCH a:1", "MULTI", "SET a:1 w");
        old.Transactions!.Refusal = _ => "-READONLY You can't write against a read only replica.\r\n";
        old.Role = FakeRole.ReplicaOf(next);
        next.Role = FakeRole.Master("h1");
        client.Send("MULTI", "SET a:1 x", "SET a:2 x", "EXEC", "GET a:1");
        gateway.Advance(1000);
        client.Received("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+SET a:1 x\r\n+SET a:2 x\r\n+GET a:1\r\n");
        Assert.Empty(old.Transactions.Ran);
        Assert.Equal(["SET a:1 x", "SET a:2 x", "GET a:1"], next.Transactions!.Ran);
        watcher.Send("EXEC");
        watcher.Received("+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n");
        Assert.DoesNotContain("SET a:1 w", next.Transactions.Ran);
    }

    [Fact]
    public void A_watching_clients_transaction_that_is_refused_at_a_failover_aborts()
    {
        TestGateway gateway = TestGateway.WithNodes();
        FakeShard old = gateway.Shard("a");
        FakeMulti.Teach(old);
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1", "MULTI", "SET a:1 w");
        old.Transactions!.ExecRefusal = "-EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica.\r\n";
        client.Send("EXEC");
        client.Received("+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n");
        Assert.Empty(old.Transactions.Ran);
    }

    [Fact]
    public void Words_of_a_lone_shard_that_refuses_are_the_clients()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeTransactions transactions = gateway.Shard("a").Transactions!;
        const string refusal = "-EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica.\r\n";
        transactions.ExecRefusal = refusal;
        TestClient client = gateway.Connect();
        client.Send("MULTI", "SET a:1 x", "EXEC", "WATCH a:1", "MULTI", "SET a:1 x", "EXEC");
        client.Received("+OK\r\n+QUEUED\r\n" + refusal + "+OK\r\n+OK\r\n+QUEUED\r\n" + refusal);
    }

    [Fact]
    public void LOADING_holds_a_transaction_until_the_data_is_there()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Ask("GET a:1");
        shard.Transactions!.Refusal = _ => "-LOADING Redis is loading the dataset in memory\r\n";
        client.Send("MULTI", "SET a:1 x", "INCR a:2", "EXEC");
        client.Received("+OK\r\n+QUEUED\r\n+QUEUED\r\n");
        shard.Transactions.Refusal = _ => null;
        gateway.Advance(200);
        client.Received("*2\r\n+SET a:1 x\r\n+INCR a:2\r\n");
        Assert.Equal(["GET a:1", "SET a:1 x", "INCR a:2"], shard.Transactions.Ran);
    }
}
