using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Again;

/// <summary>A shard of one node that is loading its data: what it refused waits for it, what comes meanwhile is refused at once.</summary>
public class LoadingTests
{
    private const string Loading = "-LOADING Redis is loading the dataset in memory\r\n";
    private const string Refused = "-TRYAGAIN shard 'a' is loading its data (LOADING Redis is loading the dataset in memory); not executed\r\n";

    private readonly TestGateway _gateway = TestGateway.WithShards("a", "b");

    private FakeShard A => _gateway.Shard("a");

    [Fact]
    public void What_was_refused_goes_again_in_its_order_once_the_data_is_there()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "INCR a:2", "GET a:1");
        Load();
        client.ReceivedNothing();
        _gateway.Advance(1000);
        Assert.Empty(A.Waiting);

        HasLoaded();
        Assert.Equal(["SET a:1 x", "INCR a:2", "GET a:1"], A.Waiting);
        A.Reply("+OK\r\n", ":1\r\n", "$1\r\nx\r\n");
        client.Received("+OK\r\n:1\r\n$1\r\nx\r\n");
        Assert.Equal(6, A.Log.Count);
    }

    [Fact]
    public void New_requests_are_refused_at_once_and_keep_their_place_behind_what_is_held()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Load();
        client.Send("GET a:1", "GET b:1");
        _gateway.Shard("b").Reply("$1\r\nB\r\n");
        client.ReceivedNothing();
        TestClient other = _gateway.Connect();
        Assert.Equal(Refused, other.Ask("GET a:1"));

        HasLoaded();
        Assert.Equal(["SET a:1 x"], A.Waiting);
        A.Reply("+OK\r\n");
        client.Received("+OK\r\n" + Refused + "$1\r\nB\r\n");
    }

    [Fact]
    public void What_is_held_is_refused_when_its_time_has_passed()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        _gateway.Advance(1000);
        client.Send("SET a:2 y");
        Load();
        _gateway.Advance(980);
        client.ReceivedNothing();
        _gateway.Advance(30);
        client.Received(Refused);
        _gateway.Advance(960);
        client.ReceivedNothing();
        _gateway.Advance(30);
        client.Received(Refused);
        HasLoaded();
        Assert.Empty(A.Waiting);
    }

    [Fact]
    public void Clients_are_held_and_sent_again_each_for_itself()
    {
        TestClient[] clients = [.. Enumerable.Range(0, 3).Select(_ => _gateway.Connect())];
        for (int i = 0; i < 9; i++) clients[i % 3].Send($"SET a:{i} {i % 3}");
        Load();
        HasLoaded();
        foreach (int number in new[] { 0, 1, 2 })
            Assert.Equal([$"SET a:{number} {number}", $"SET a:{number + 3} {number}", $"SET a:{number + 6} {number}"], A.Waiting.Where(request => request.EndsWith($" {number}")));
        while (A.Waiting.Count > 0) A.Reply($"+{A.Waiting[0].Split(' ')[1]}\r\n");
        for (int i = 0; i < 3; i++) clients[i].Received($"+a:{i}\r\n+a:{i + 3}\r\n+a:{i + 6}\r\n");
    }

    [Fact]
    public void When_it_finished_loading_between_two_of_a_client_the_earlier_is_not_run_behind_the_later()
    {
        TestClient client = _gateway.Connect();
        TestClient other = _gateway.Connect();
        client.Send("SET a:1 x", "GET a:1");
        other.Send("SET a:2 y");
        A.Reply(Loading, "$-1\r\n", Loading);
        client.Received("-TRYAGAIN shard 'a' ran a later request of this client and refused this one (LOADING Redis is loading the dataset in memory); not executed\r\n$-1\r\n");
        other.ReceivedNothing();
        _gateway.Advance(10);
        Assert.Equal(["SET a:2 y"], A.Waiting);
        A.Reply("+OK\r\n");
        other.Received("+OK\r\n");
    }

    [Fact]
    public void A_shard_that_is_loading_when_the_gateway_starts_is_not_up()
    {
        FakeShard shard = A;
        shard.Kill();
        shard.HandshakeAnswer = request => request == "PING" ? Loading : null;
        shard.Restart();
        _gateway.Advance(200);
        TestClient client = _gateway.Connect();
        Assert.Equal(Refused, client.Ask("GET a:1"));
        Assert.Empty(shard.Log);
        Assert.Single(_gateway.Log.Lines, line => line.Contains("is loading its data"));
        HasLoaded();
        client.Send("GET a:1");
        A.Reply("$1\r\n1\r\n");
        client.Received("$1\r\n1\r\n");
    }

    [Fact]
    public void It_is_looked_at_many_times_a_second_while_it_loads()
    {
        _gateway.Connect().Send("GET a:1");
        Load();
        int before = A.Handshakes.Count;
        _gateway.Advance(1000);
        Assert.InRange(A.Handshakes.Count - before, 15, 60);
        Assert.InRange(A.Links.Count, 1, 3);
    }

    [Fact]
    public void A_part_of_a_split_request_that_was_refused_goes_again()
    {
        TestClient client = _gateway.Connect();
        client.Send("MGET a:1 b:1 a:2");
        _gateway.Shard("b").Reply("*1\r\n$1\r\nB\r\n");
        Load();
        HasLoaded();
        Assert.Equal(["MGET a:1 a:2"], A.Waiting);
        Assert.Equal(["MGET b:1"], _gateway.Shard("b").Log);
        A.Reply("*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
        client.Received("*3\r\n$1\r\n1\r\n$1\r\nB\r\n$1\r\n2\r\n");
    }

    [Fact]
    public void A_split_request_of_which_a_part_ran_and_a_part_could_not_leaves_doubt_about_the_whole()
    {
        TestClient client = _gateway.Connect();
        client.Send("MSET a:1 x b:1 y");
        _gateway.Shard("b").Reply("+OK\r\n");
        Load();
        _gateway.Advance(2010);
        client.Received("-UNCERTAIN shard 'a' is loading its data (LOADING Redis is loading the dataset in memory); other keys may have been written\r\n");
    }

    [Fact]
    public void A_split_request_of_which_no_part_ran_was_not_executed()
    {
        TestClient client = _gateway.Connect();
        client.Send("MSET a:1 x b:1 y");
        Load();
        _gateway.Shard("b").HandshakeAnswer = request => request == "PING" ? Loading : null;
        _gateway.Shard("b").Reply(Loading);
        _gateway.Advance(2010);
        Assert.Equal(Refused, client.Take().Replace("'b'", "'a'"));
    }

    [Fact]
    public void A_streamed_request_is_not_kept_and_was_not_executed()
    {
        TestClient client = _gateway.Connect();
        client.SendRaw(TestClient.Encode("SET", "a:big", new string('v', 200_000)));
        Load();
        client.Received(Refused);
        HasLoaded();
        Assert.Empty(A.Waiting);
    }

    [Fact]
    public void A_client_that_leaves_takes_what_is_held_for_it_along()
    {
        TestClient leaver = _gateway.Connect();
        TestClient stayer = _gateway.Connect();
        leaver.Send("SET a:1 x");
        stayer.Send("SET a:2 y");
        Load();
        leaver.Peer.Abort();
        _gateway.Settle();
        TestClient next = _gateway.Connect();
        HasLoaded();
        Assert.Equal(["SET a:2 y"], A.Waiting);
        next.Send("GET a:3");
        A.Reply("+OK\r\n", "$1\r\n3\r\n");
        stayer.Received("+OK\r\n");
        next.Received("$1\r\n3\r\n");
    }

    [Fact]
    public void A_client_that_has_said_its_last_word_still_gets_what_is_held_for_it()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Load();
        client.Peer.EndOutput();
        _gateway.Settle();
        HasLoaded();
        A.Reply("+OK\r\n");
        client.Received("+OK\r\n");
        Assert.True(client.IsClosed || client.Peer.InputEnded);
    }

    [Fact]
    public void When_the_link_dies_what_is_held_has_still_not_run()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Load();
        A.Kill();
        _gateway.Advance(100);
        client.ReceivedNothing();
        A.Restart();
        HasLoaded();
        Assert.Equal(["SET a:1 x"], A.Waiting);
        A.Reply("+OK\r\n");
        client.Received("+OK\r\n");
    }

    [Fact]
    public void A_shard_that_dies_while_loading_and_stays_away_leaves_no_doubt()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Load();
        A.Kill();
        _gateway.Advance(2010);
        client.Received("-TRYAGAIN shard 'a' has no master (connection refused); not executed\r\n");
    }

    [Fact]
    public void When_the_link_dies_with_a_later_request_on_it_the_earlier_was_not_executed_and_the_later_may_have_been()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET a:1 y");
        A.Reply(Loading);
        A.Kill();
        A.Restart();
        _gateway.Advance(50);
        client.Received("-TRYAGAIN shard 'a' ran a later request of this client and refused this one (LOADING Redis is loading the dataset in memory); not executed\r\n"
            + "-UNCERTAIN shard 'a' gave no reply (the connection was lost); may have been executed\r\n");
        Assert.Empty(A.Waiting);
    }

    [Theory]
    [InlineData("-READONLY You can't write against a read only replica.\r\n")]
    [InlineData("-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n")]
    [InlineData("-MOVED 3999 127.0.0.1:6381\r\n")]
    [InlineData("-CLUSTERDOWN Hash slot not served\r\n")]
    public void What_nobody_else_can_serve_is_told_in_the_servers_own_words(string words)
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "GET a:1", "SET a:2 y");
        A.Reply(words, "$-1\r\n", words);
        client.Received(words + "$-1\r\n" + words);
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], A.Waiting);
    }

    [Fact]
    public void An_error_that_only_begins_like_one_is_relayed()
    {
        TestClient client = _gateway.Connect();
        client.Send("GET a:1", "GET a:2");
        A.Reply("-LOADINGDOCK is full\r\n", "-LOAD\r\n");
        client.Received("-LOADINGDOCK is full\r\n-LOAD\r\n");
    }

    [Fact]
    public void A_refusal_that_comes_in_pieces_is_a_refusal()
    {
        _gateway.Network.DeliverAtMost = 1;
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET a:2 x");
        Load();
        client.ReceivedNothing();
        HasLoaded();
        A.Reply("+OK\r\n", "+OK\r\n");
        client.Received("+OK\r\n+OK\r\n");
    }

    [Fact]
    public void Tombstones_of_a_silent_shard_swallow_its_refusals()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        _gateway.Advance(2010);
        Assert.StartsWith("-UNCERTAIN", client.Take());
        Load();
        Assert.Equal(Refused, client.Ask("GET a:2"));
        HasLoaded();
        Assert.Empty(A.Waiting);
    }

    // Everything that waits is refused, and so is every probe.
    private void Load()
    {
        FakeShard shard = A;
        shard.HandshakeAnswer = request => request == "PING" ? Loading : null;
        while (shard.Waiting.Count > 0) shard.Reply(Loading);
    }

    private void HasLoaded()
    {
        A.HandshakeAnswer = null;
        _gateway.Advance(60);
    }
}
