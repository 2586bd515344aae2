using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Shards;

/// <summary>A shard of several servers: who is written to, and what becomes of requests while that changes.</summary>
public class FailoverTests
{
    private const string ReadOnly = "-READONLY You can't write against a read only replica.\r\n";

    private readonly TestGateway _gateway = TestGateway.WithNodes();

    private FakeShard A => _gateway.Shard("a");

    private FakeShard A2 => _gateway.Shard("a2");

    private FakeShard A3 => _gateway.Shard("a3");

    [Fact]
    public void Requests_go_to_the_server_that_says_it_is_the_master()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Assert.Equal(["SET a:1 x"], A.Waiting);
        A.Reply("+OK\r\n");
        client.Received("+OK\r\n");
        Assert.True(_gateway.Server.Snapshot().Shards[0].Counters.Up);
        Assert.Equal(["10.0.1.3:6379", "10.0.1.4:6379"], _gateway.Server.Snapshot().Shards[0].Replicas);
    }

    [Fact]
    public void Requests_wait_unsent_for_a_master_and_go_to_it_in_their_order()
    {
        A.Kill();
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "INCR a:2", "GET b:1");
        client.ReceivedNothing();
        _gateway.Advance(1000);
        client.ReceivedNothing();
        Assert.Empty(A2.Log);

        A2.Role!.Promote("h2");
        _gateway.Advance(100);
        Assert.Equal(["SET a:1 x", "INCR a:2"], A2.Waiting);
        _gateway.Shard("b").Reply("$1\r\nB\r\n");
        A2.Reply("+OK\r\n", ":1\r\n");
        client.Received("+OK\r\n:1\r\n$1\r\nB\r\n");
        Assert.Equal(1, _gateway.Server.Snapshot().Shards[0].Failovers);
        Assert.Equal("10.0.1.3:6379", _gateway.Server.Snapshot().Shards[0].Address);
    }

    [Fact]
    public void What_has_left_is_uncertain_and_what_has_not_goes_to_the_new_master()
    {
        TestClient first = _gateway.Connect();
        first.Send("SET a:1 x");
        A.Kill();
        first.Received("-UNCERTAIN shard 'a' gave no reply (the connection was lost); may have been executed\r\n");
        first.Send("SET a:2 y");
        first.ReceivedNothing();
        A2.Role!.Promote("h2");
        _gateway.Advance(100);
        Assert.Equal(["SET a:2 y"], A2.Log);
    }

    [Fact]
    public void Held_requests_are_refused_when_their_time_has_passed_and_those_behind_them_at_once()
    {
        A.Kill();
        TestClient client = _gateway.Connect();
        client.SendRaw(TestClient.Encode("SET", "a:1", "x") + TestClient.Encode("SET", "a:2", "y") + TestClient.Encode("PING"));
        _gateway.Advance(4900);
        client.ReceivedNothing();
        _gateway.Advance(200);
        string text = client.Take();
        Assert.Equal(3, text.Split("\r\n").Length - 1);
        Assert.Equal(2, text.Split("-TRYAGAIN shard 'a' has no master (10.0.1.1:6379: connection refused; ").Length - 1);
        Assert.Contains("); not executed\r\n", text);
        Assert.EndsWith("+PONG\r\n", text);

        client.Send("SET a:3 z");
        client.ReceivedNothing();
        A2.Role!.Promote("h2");
        _gateway.Advance(100);
        Assert.Equal(["SET a:3 z"], A2.Log);
    }

    [Fact]
    public void A_refusal_by_a_replica_is_not_seen_by_the_client()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET a:2 y");
        A2.Role!.Promote("h2");
        A.Role!.Follow(A2);
        A3.Role!.Follow(A2);
        A.Reply(ReadOnly, ReadOnly);
        _gateway.Advance(20);
        client.ReceivedNothing();
        Assert.Equal(["SET a:1 x", "SET a:2 y"], A2.Waiting);
        A2.Reply("+OK\r\n", "+OK\r\n");
        client.Received("+OK\r\n+OK\r\n");
    }

    [Fact]
    public void A_refusal_leads_to_a_look_at_once_and_not_at_the_next_poll()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        int looks = A2.Role!.Looks;
        A.Reply(ReadOnly);
        _gateway.Advance(10);
        Assert.True(A2.Role!.Looks > looks);
    }

    [Fact]
    public void What_a_script_says_leads_to_a_look_and_stops_nothing()
    {
        Links.ShardBackend shard = _gateway.Server.Loops[0].Backends[0];
        int looks = A2.Role!.Looks;
        shard.OnOtherError("-READONLY You can't write against a read only replica.\r\n"u8);
        shard.OnOtherError("-READONLY You can't write against a read only replica.\r\n"u8);
        _gateway.Advance(10);
        Assert.Equal(looks + 1, A2.Role!.Looks);
        Assert.Null(shard.Breaker);
    }

    [Fact]
    public void Nothing_overtakes_what_is_in_flight_at_the_old_master()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        A2.Role!.Promote("h2");
        A3.Role!.Follow(A2);
        _gateway.Advance(1200);
        client.Send("SET a:1 y");
        Assert.Empty(A2.Log);
        TestClient other = _gateway.Connect();
        other.Send("SET a:2 z");
        Assert.Equal(["SET a:2 z"], A2.Waiting);

        A.Reply("+OK\r\n");
        Assert.Equal(["SET a:2 z", "SET a:1 y"], A2.Waiting);
        A2.Reply("+OK\r\n", "+OK\r\n");
        client.Received("+OK\r\n+OK\r\n");
        Assert.Empty(A.Waiting);
    }

    [Fact]
    public void What_is_in_flight_at_a_master_that_hangs_is_uncertain_once_another_has_its_place()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Hang(A);
        _gateway.Advance(1200);
        client.Send("SET a:2 y");
        client.ReceivedNothing();
        A2.Role!.Promote("h2");
        _gateway.Advance(100);
        string lost = "-UNCERTAIN shard 'a' gave no reply (10.0.1.1:6379 is not the master any more); may have been executed\r\n";
        client.Received(lost + lost);
        client.Send("SET a:3 z");
        Assert.Equal(["SET a:3 z"], A2.Log);
    }

    [Fact]
    public void A_master_that_comes_back_stale_is_never_written_to()
    {
        A.Kill();
        A2.Role!.Promote("h2");
        A3.Role!.Follow(A2);
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        _gateway.Advance(100);
        Assert.Equal(["SET a:1 x"], A2.Log);
        A2.Reply("+OK\r\n");
        client.Received("+OK\r\n");

        // It has its old history, or, restarted, another name for it; the new master goes.
        A.Restart();
        _gateway.Advance(2500);
        A2.Kill();
        client.Send("SET a:1 y");
        _gateway.Advance(3000);
        A.Role = FakeRole.Master("h1b", former: "h1");
        _gateway.Advance(3000);
        Assert.Empty(A.Log);
        Assert.Contains("-TRYAGAIN shard 'a' has no master (10.0.1.1:6379 says that it is a master, but was left for a newer one; ", client.Take());

        A3.Role!.Promote("h3");
        client.Send("SET a:1 z");
        _gateway.Advance(100);
        Assert.Equal(["SET a:1 z"], A3.Log);
    }

    [Fact]
    public void A_master_that_restarts_is_written_to_again_only_after_it_was_asked()
    {
        A.Kill();
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        A.Role!.IsLoading = true;
        A.Restart();
        _gateway.Advance(500);
        Assert.Empty(A.Log);
        A.Role!.IsLoading = false;
        A.Role!.History = "h1b";
        _gateway.Advance(100);
        Assert.Equal(["SET a:1 x"], A.Waiting);
    }

    [Fact]
    public void Of_two_masters_at_once_the_one_that_replicas_follow_is_served_by()
    {
        A2.Role!.Promote("h2");
        A3.Role!.Follow(A2);
        _gateway.Advance(1200);
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Assert.Equal(["SET a:1 x"], A2.Log);
        Assert.Empty(A.Log);
    }

    [Fact]
    public void A_replica_that_says_it_is_a_master_and_has_no_part_in_the_history_is_not_followed_while_the_master_answers()
    {
        A2.Role = FakeRole.Master("other");
        _gateway.Advance(1200);
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Assert.Equal(["SET a:1 x"], A.Log);
    }

    [Fact]
    public void A_master_that_flaps_is_asked_by_one_connection_at_a_time_and_by_one_loop()
    {
        TestGateway gateway = TestGateway.WithNodes(loops: 3);
        TestClient[] clients = [.. Enumerable.Range(0, 30).Select(_ => gateway.Connect())];
        FakeShard a = gateway.Shard("a");
        for (int round = 0; round < 5; round++)
        {
            a.Kill();
            int before = a.Server.Accepted.Count;
            foreach (TestClient client in clients) client.Send($"SET a:{round} x");
            gateway.Advance(300);
            a.Restart();
            gateway.Advance(100);

            // One control connection, and at most one link for each loop.
            Assert.InRange(a.Server.Accepted.Count - before, 1, 1 + 3);
            while (a.Waiting.Count > 0) a.Reply("+OK\r\n");
            foreach (TestClient client in clients) client.Received("+OK\r\n");
        }
    }

    [Fact]
    public void Loss_in_the_middle_of_a_pipeline_tells_each_request_apart()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET a:2 y", "SET a:3 z");
        A.Reply("+OK\r\n");
        A.Kill();
        string lost = "-UNCERTAIN shard 'a' gave no reply (the connection was lost); may have been executed\r\n";
        client.Received("+OK\r\n" + lost + lost);
    }

    [Fact]
    public void Other_shards_serve_as_before_while_one_has_no_master()
    {
        A.Kill();
        TestClient held = _gateway.Connect();
        held.Send("SET a:1 x");
        TestClient other = _gateway.Connect();
        other.Send("GET b:1");
        _gateway.Shard("b").Reply("$1\r\nB\r\n");
        other.Received("$1\r\nB\r\n");
        held.ReceivedNothing();
    }

    [Fact]
    public void A_client_that_leaves_while_it_is_held_leaves_nothing_behind()
    {
        A.Kill();
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        client.Peer.Abort();
        _gateway.Advance(50);
        A2.Role!.Promote("h2");
        _gateway.Advance(200);
        Assert.Empty(A2.Log);
    }

    [Fact]
    public void A_split_command_waits_as_a_whole()
    {
        A.Kill();
        TestClient client = _gateway.Connect();
        client.Send("MSET a:1 x b:1 y");
        Assert.Empty(_gateway.Shard("b").Log);
        A2.Role!.Promote("h2");
        _gateway.Advance(100);
        Assert.Equal(["MSET b:1 y"], _gateway.Shard("b").Waiting);
        Assert.Equal(["MSET a:1 x"], A2.Waiting);
    }

    [Fact]
    public void A_large_request_waits_and_streams_to_the_new_master()
    {
        A.Kill();
        TestClient client = _gateway.Connect();
        string value = new('v', 100_000);
        string request = TestClient.Encode("SET", "a:1", value);
        int sent = client.TrySendRaw(request);
        A2.Role!.Promote("h2");
        _gateway.Advance(100);
        client.SendRaw(request[sent..]);
        Assert.Equal(["SET a:1 <100000 bytes>"], A2.Waiting);
    }

    [Fact]
    public void A_named_master_is_waited_for_and_no_other_written_to()
    {
        _gateway.Server.Hint("a", new ServerAddress(A3.Address, A3.Address.ToString()), epoch: 7);
        _gateway.Advance(50);
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        _gateway.Advance(100);
        Assert.Empty(A.Log);
        A3.Role!.Promote("h3");
        _gateway.Advance(100);
        Assert.Equal(["SET a:1 x"], A3.Log);

        // An older word is not heeded.
        _gateway.Server.Hint("a", new ServerAddress(A.Address, A.Address.ToString()), epoch: 6);
        _gateway.Advance(1200);
        client.Send("SET a:1 y");
        A3.Reply("+OK\r\n");
        Assert.Equal(["SET a:1 x", "SET a:1 y"], A3.Log);
    }

    private static void Hang(FakeShard shard) => shard.Role!.IsSilent = true;
}
