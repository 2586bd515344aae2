using Keyway.Gateway.Sessions;
using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Blocking;

/// <summary>WAIT asks each shard that the client has written to, once that has answered everything.</summary>
public class WaitTests
{
    private readonly TestGateway _gateway = TestGateway.WithShards("a", "b", "c");

    private FakeShard A => _gateway.Shard("a");

    private FakeShard B => _gateway.Shard("b");

    private FakeShard C => _gateway.Shard("c");

    [Fact]
    public void The_least_of_the_shards_that_were_written_to_is_the_answer()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET b:1 x", "GET c:1", "WAIT 1 0", "GET c:2");
        Assert.Equal(["SET a:1 x"], A.Waiting);
        A.Reply("+OK\r\n");
        Assert.Empty(A.Waiting);
        B.Reply("+OK\r\n");
        Assert.Equal(["WAIT 1 0"], A.Waiting);
        Assert.Equal(["WAIT 1 0"], B.Waiting);
        Assert.Equal(["GET c:1"], C.Waiting);
        Assert.Equal(2, A.Handshakes.Count(request => request == "PING"));
        C.Reply("$-1\r\n");
        client.Received("+OK\r\n+OK\r\n$-1\r\n");
        _gateway.Advance(10_000);
        A.Reply(":3\r\n");
        client.ReceivedNothing();
        B.Reply(":2\r\n");
        Assert.Equal(["GET c:2"], C.Waiting);
        C.Reply("$-1\r\n");
        client.Received(":2\r\n$-1\r\n");
    }

    [Fact]
    public void The_question_goes_behind_a_command_on_the_same_link()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        A.Reply("+OK\r\n");
        A.Bytes.Clear();
        client.Send("WAIT 1 100");
        Assert.Equal(TestClient.Encode("PING") + TestClient.Encode("WAIT", "1", "100"), System.Text.Encoding.ASCII.GetString([.. A.Bytes]));
    }

    [Theory]
    [InlineData("MSET a:1 x b:1 y")]
    [InlineData("EVAL x 1 a:1")]
    [InlineData("BLPOP a:1 0")]
    public void Whatever_may_write_counts(string request)
    {
        TestClient client = _gateway.Connect();
        client.Send(request);
        foreach (FakeShard shard in new[] { A, B }.Where(shard => shard.Waiting.Count > 0)) shard.Reply("+OK\r\n");
        client.Take();
        client.Send("WAIT 1 0");
        Assert.Equal(["WAIT 1 0"], A.Waiting);
        Assert.Empty(C.Waiting);
    }

    [Fact]
    public void A_client_that_has_written_nothing_asks_all()
    {
        TestClient client = _gateway.Connect();
        client.Send("WAIT 0 0");
        A.Reply(":1\r\n");
        B.Reply(":0\r\n");
        C.Reply(":2\r\n");
        client.Received(":0\r\n");
    }

    [Fact]
    public void Wrong_numbers_are_refused_in_the_shards_words()
    {
        TestClient client = _gateway.Connect();
        client.Send("WAIT x 0");
        foreach (FakeShard shard in new[] { A, B, C }) shard.Reply("-ERR value is not an integer or out of range\r\n");
        client.Received("-ERR value is not an integer or out of range\r\n");
        Assert.Equal("-ERR wrong number of arguments for 'wait' command\r\n", client.Ask("WAIT 1"));
    }

    [Fact]
    public void A_shard_that_cannot_be_asked_makes_it_fail_at_once()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET b:1 x");
        A.Reply("+OK\r\n");
        B.Reply("+OK\r\n");
        client.Take();
        B.Kill();
        client.Send("WAIT 1 0");
        client.Received("-TRYAGAIN shard 'b' has no master (connection refused); not executed\r\n");
        client.Send("WAIT 1 0");
        client.Received("-TRYAGAIN shard 'b' has no master (connection refused); not executed\r\n");
        client.Send("GET a:1");
        Assert.Contains("GET a:1", A.Waiting);
        _gateway.Advance(11_000);
        Assert.All(_gateway.Server.Snapshot().Shards, shard => Assert.Equal(0, shard.Counters.PrivateLinks));
    }

    [Fact]
    public void A_shard_that_is_lost_meanwhile_leaves_it_uncertain()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET b:1 x");
        A.Reply("+OK\r\n");
        B.Reply("+OK\r\n");
        client.Take();
        client.Send("WAIT 1 0");
        A.Reply(":1\r\n");
        B.Kill();
        Assert.StartsWith("-UNCERTAIN shard 'b' ", client.Take());
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], A.Waiting);
    }

    [Fact]
    public void When_the_client_leaves_all_its_links_end()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET b:1 x");
        A.Reply("+OK\r\n");
        B.Reply("+OK\r\n");
        client.Send("WAIT 5 0");
        Assert.Equal(2, _gateway.Server.Snapshot().Shards.Count(shard => _gateway.Shard(shard.Name).Waiting.Count == 1));
        client.Peer.Close();
        _gateway.Advance(100);
        Assert.All(_gateway.Server.Snapshot().Shards, shard => Assert.Equal(0, shard.Counters.PrivateLinks));
    }

    [Fact]
    public void It_can_be_unblocked()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET b:1 x");
        A.Reply("+OK\r\n");
        B.Reply("+OK\r\n");
        client.Take();
        ClientSession session = _gateway.Server.Loops[0].Sessions.Single();
        client.Send("WAIT 5 0");
        Assert.True(session.TryEndWait(asError: false));
        client.Received(":0\r\n");
        client.Send("WAIT 5 0", "PING");
        Assert.True(session.TryEndWait(asError: true));
        client.Received("-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n+PONG\r\n");
    }
}
