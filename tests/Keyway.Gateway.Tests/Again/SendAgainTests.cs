using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;
using Keyway.Gateway.Tests.Harness;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Again;

/// <summary>Requests that were refused and have a successor: which of them go again, when, and in which order.</summary>
public class SendAgainTests
{
    private const string Moved = "-MOVED 3999 127.0.0.1:6381\r\n";
    private const string ReadOnly = "-READONLY You can't write against a read only replica.\r\n";
    private const string NoScript = "-NOSCRIPT No matching script. Please use EVAL.\r\n";

    private readonly TestGateway _gateway;
    private readonly Dictionary<string, TestPolicy> _policies = [];

    public SendAgainTests()
    {
        _gateway = TestGateway.With(["a", "b"], policy: Policy);
    }

    private FakeShard A => _gateway.Shard("a");

    private TestPolicy PolicyOfA => _policies["a"];

    private IRefusalPolicy Policy(ShardBackend backend) => _policies[backend.Definition.Name] = new TestPolicy(backend);

    [Fact]
    public void Refusals_in_the_middle_of_a_pipeline_go_again_when_none_behind_them_has_run()
    {
        TestClient client = _gateway.Connect();
        TestClient other = _gateway.Connect();
        client.Send("SET a:1 x");
        other.Send("SET a:o1 x");
        client.Send("SET a:2 x");
        other.Send("SET a:o2 x");
        client.Send("SET a:3 x");
        PolicyOfA.IsReady = true;

        A.Reply("+1\r\n", "+o1\r\n", Moved, "+o2\r\n");
        Assert.Equal(["SET a:3 x"], A.Waiting);
        A.Reply(Moved);
        Assert.Equal(["SET a:2 x", "SET a:3 x"], A.Waiting);
        A.Reply("+2\r\n", "+3\r\n");
        client.Received("+1\r\n+2\r\n+3\r\n");
        other.Received("+o1\r\n+o2\r\n");
    }

    [Fact]
    public void What_was_refused_before_one_that_ran_is_not_sent_again_and_what_was_refused_behind_it_is()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET a:2 x", "SET a:3 x", "SET a:4 x");
        PolicyOfA.IsReady = true;
        A.Reply(ReadOnly, ReadOnly, "+3\r\n", ReadOnly);
        Assert.Equal(["SET a:4 x"], A.Waiting);
        A.Reply("+4\r\n");
        const string refused = "-TRYAGAIN shard 'a' ran a later request of this client and refused this one (READONLY You can't write against a read only replica.); not executed\r\n";
        client.Received(refused + refused + "+3\r\n+4\r\n");
    }

    [Fact]
    public void An_ordinary_error_counts_as_run()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "INCR a:1");
        PolicyOfA.IsReady = true;
        A.Reply(Moved, "-ERR value is not an integer or out of range\r\n");
        Assert.Empty(A.Waiting);
        Assert.Matches("^-TRYAGAIN shard 'a' .*; not executed\r\n-ERR value is not an integer or out of range\r\n$", client.Take());
    }

    [Fact]
    public void A_large_reply_counts_as_run()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "GET a:big");
        PolicyOfA.IsReady = true;
        A.Reply(Moved);
        A.SendPart("$600000\r\n" + new string('x', 300_000));
        A.SendPart(new string('x', 300_000) + "\r\n");
        A.ForgetWaiting();
        Assert.Empty(A.Waiting);
        Assert.Matches("^-TRYAGAIN shard 'a' .*; not executed\r\n\\$600000\r\nx", client.Take());
    }

    [Fact]
    public void A_large_reply_that_cannot_go_out_before_a_held_ones_ends_the_holding()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "GET a:big");
        A.Reply(ReadOnly);
        byte[] reply = System.Text.Encoding.Latin1.GetBytes($"$3000000\r\n{new string('x', 3_000_000)}\r\n");
        var link = A.WaitingLink;
        int sent = 0;
        var received = new System.Text.StringBuilder();
        for (int round = 0; round < 200 && sent < reply.Length; round++)
        {
            sent += link.Send(reply.AsSpan(sent));
            received.Append(client.Take());
        }
        Assert.Equal(reply.Length, sent);
        Assert.Matches("^-TRYAGAIN shard 'a' .*; not executed\r\n\\$3000000\r\nx", received.ToString());
    }

    [Fact]
    public void A_script_that_became_unknown_before_a_later_request_ran_is_reported_as_that()
    {
        // What the gateway does not serve yet is put onto the link as it would be.
        TestClient client = _gateway.Connect();
        PolicyOfA.IsReady = true;
        PutScript("*3\r\n$7\r\nEVALSHA\r\n$40\r\n" + new string('5', 40) + "\r\n$1\r\n0\r\n");
        client.Send("GET a:1");
        A.Reply(NoScript, "$-1\r\n");
        client.Received(NoScript + "$-1\r\n");
        Assert.Empty(A.Waiting);
    }

    [Fact]
    public void A_script_that_is_unknown_goes_again_behind_what_makes_it_known()
    {
        TestClient client = _gateway.Connect();
        PolicyOfA.IsReady = true;
        PolicyOfA.Prelude = System.Text.Encoding.ASCII.GetBytes(TestClient.Encode("SCRIPT", "LOAD", "return_1"));
        PutScript("*3\r\n$7\r\nEVALSHA\r\n$3\r\nabc\r\n$1\r\n0\r\n");
        A.Reply(NoScript);
        Assert.Equal(["SCRIPT LOAD return_1", "EVALSHA abc 0"], A.Waiting);
        client.Send("GET a:1");
        A.Reply("$3\r\nabc\r\n", ":1\r\n", "$-1\r\n");
        client.Received(":1\r\n$-1\r\n");
    }

    [Theory]
    [InlineData("-MOVED to Rome\r\n")]
    [InlineData("-MOVED 3999 127.0.0.1:6381 script: 5a1b, on @user_script:1.\r\n")]
    [InlineData("-READONLY You can't write against a read only replica.\r\n")]
    public void What_a_script_says_that_only_looks_like_a_refusal_is_relayed(string reply)
    {
        TestClient client = _gateway.Connect();
        PolicyOfA.IsReady = true;
        PutScript("*3\r\n$4\r\nEVAL\r\n$1\r\nx\r\n$1\r\n0\r\n", "eval");
        A.Reply(reply);
        client.Received(reply);
        Assert.Empty(A.Waiting);
        Assert.Empty(PolicyOfA.Heard);
    }

    [Fact]
    public void Refused_again_it_goes_again_until_its_time_has_passed()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET a:2 x");
        PolicyOfA.IsReady = true;
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(["SET a:1 x", "SET a:2 x"], A.Waiting);
            A.Reply(ReadOnly, ReadOnly);
            _gateway.Advance(90);
        }
        _gateway.Advance(300);
        A.Reply(ReadOnly);
        Assert.Equal(["SET a:2 x"], A.Waiting);
        A.Reply(ReadOnly);
        Assert.Empty(A.Waiting);
        const string refused = "-TRYAGAIN shard 'a' has no master (READONLY You can't write against a read only replica.); not executed\r\n";
        client.Received(refused + refused);
    }

    [Fact]
    public void While_a_client_has_something_held_its_next_requests_to_that_shard_are_not_taken()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        A.Reply(ReadOnly);
        client.Send("SET b:1 x", "GET a:1", "GET b:1");
        Assert.Empty(A.Waiting);
        Assert.Equal(["SET b:1 x"], _gateway.Shard("b").Waiting);
        TestClient other = _gateway.Connect();
        other.Send("GET a:9");
        Assert.Equal(["GET a:9"], A.Waiting);

        PolicyOfA.IsReady = true;
        _gateway.Advance(10);
        Assert.Equal(["GET a:9", "SET a:1 x", "GET a:1"], A.Waiting);
        Assert.Equal(["SET b:1 x", "GET b:1"], _gateway.Shard("b").Waiting);
        A.Reply("$1\r\n9\r\n", "+a1\r\n", "$1\r\nx\r\n");
        _gateway.Shard("b").Reply("+b1\r\n", "$1\r\nx\r\n");
        client.Received("+a1\r\n+b1\r\n$1\r\nx\r\n$1\r\nx\r\n");
        other.Received("$1\r\n9\r\n");
    }

    [Fact]
    public void A_large_request_waits_for_what_is_held_before_it()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        A.Reply(ReadOnly);
        client.TrySendRaw(TestClient.Encode("SET", "a:big", new string('v', 200_000)));
        Assert.Empty(A.Waiting);
        PolicyOfA.IsReady = true;
        _gateway.Advance(10);
        Assert.Equal(["SET a:1 x"], A.Waiting);
        A.Reply("+1\r\n");
        client.Received("+1\r\n");
    }

    [Fact]
    public void The_client_may_be_given_the_servers_own_words_after_all()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET a:2 x");
        A.Reply(ReadOnly, Moved);
        PolicyOfA.IsReady = true;
        PolicyOfA.OwnWords = RefusalCode.ReadOnly;
        _gateway.Advance(10);
        Assert.Equal(["SET a:2 x"], A.Waiting);
        A.Reply("+2\r\n");
        client.Received(ReadOnly + "+2\r\n");
    }

    [Fact]
    public void What_had_not_left_when_the_link_died_goes_behind_what_is_held()
    {
        FakeShard shard = A;
        _gateway.Network.Capacity = 200;
        shard.Kill();
        shard.Restart();
        _gateway.Advance(100);
        TestClient client = _gateway.Connect();
        TestClient filler = _gateway.Connect();
        client.Send("SET a:1 x");
        var link = shard.WaitingLink;
        link.StopReading();
        filler.SendRaw(TestClient.Encode("SET", "a:f", new string('f', 300)));
        client.Send("SET a:2 x", "SET a:3 x");
        shard.Reply(ReadOnly);
        Assert.Empty(shard.Waiting);

        _gateway.Network.Reset(link.EndPoint);
        _gateway.Settle();
        filler.Received("-TRYAGAIN shard 'a' has no master (the connection was lost); not executed\r\n");
        Assert.Empty(shard.Waiting);
        PolicyOfA.IsReady = true;
        _gateway.Advance(20);
        Assert.Equal(["SET a:1 x", "SET a:2 x", "SET a:3 x"], shard.Waiting);
        shard.Reply("+1\r\n", "+2\r\n", "+3\r\n");
        client.Received("+1\r\n+2\r\n+3\r\n");
    }

    [Fact]
    public void Silence_behind_a_refusal_leaves_the_refused_one_unexecuted_and_the_silent_one_in_doubt()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x", "SET a:2 x");
        A.Reply(ReadOnly);
        PolicyOfA.IsReady = true;
        _gateway.Advance(2010);
        Assert.Matches("^-TRYAGAIN shard 'a' .*; not executed\r\n-UNCERTAIN shard 'a' .*; may have been executed\r\n$", client.Take());
        A.Reply("+late\r\n");
        Assert.Empty(A.Waiting);
    }

    [Fact]
    public void Parts_of_several_shards_go_again_each_to_its_own()
    {
        TestClient client = _gateway.Connect();
        client.Send("MSET a:1 x b:1 y", "GET a:1");
        foreach (TestPolicy policy in _policies.Values) policy.IsReady = true;
        _gateway.Shard("b").Reply(Moved);
        Assert.Equal(["MSET b:1 y"], _gateway.Shard("b").Waiting);
        A.Reply(Moved, Moved);
        Assert.Equal(["MSET a:1 x", "GET a:1"], A.Waiting);
        A.Reply("+OK\r\n", "$1\r\nx\r\n");
        _gateway.Shard("b").Reply("+OK\r\n");
        client.Received("+OK\r\n$1\r\nx\r\n");
        Assert.Equal(2, _gateway.Shard("b").Log.Count);
    }

    [Fact]
    public void A_request_in_another_database_goes_again_in_that_database()
    {
        TestClient client = _gateway.Connect();
        Assert.Equal("+OK\r\n", client.Ask("SELECT 3"));
        client.Send("SET a:1 x");
        A.Reply(Moved);
        var link = A.Links[^1];
        PolicyOfA.IsReady = true;
        _gateway.Advance(10);
        Assert.Equal(link, A.WaitingLink);
    }

    [Fact]
    public void What_cannot_be_kept_for_want_of_room_is_refused()
    {
        var clients = new List<TestClient>();
        string set = TestClient.Encode("SET", "a:1", new string('x', 60_000));
        while (clients.Count < 300)
        {
            TestClient client = _gateway.Connect();
            clients.Add(client);
            client.SendRaw(set);
            A.Reply(ReadOnly);
        }
        Assert.Equal(279, clients.Count(client => client.Take().Length == 0));
        PolicyOfA.IsReady = true;
        _gateway.Advance(10);
        int served = 0;
        while (A.Waiting.Count > 0)
        {
            A.Reply("+OK\r\n");
            served++;
            _gateway.Advance(10);
        }
        Assert.Equal(279, served);
    }

    [Fact]
    public void A_reload_waits_for_what_a_shard_that_loses_keys_has_refused()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        A.Reply(ReadOnly);
        GatewayLoop loop = Hold(out Func<bool> isDrained);
        _gateway.Advance(200);
        Assert.False(isDrained());
        Assert.Equal(["a"], loop.UndrainedShards());

        PolicyOfA.IsReady = true;
        _gateway.Advance(20);
        client.Send("GET a:1");
        Assert.Equal(["SET a:1 x"], A.Waiting);
        Assert.False(isDrained());
        Assert.Equal(["a"], loop.UndrainedShards());
        A.Reply("+OK\r\n");
        _gateway.Advance(10);
        Assert.True(isDrained());

        loop.Events.Post(loop.Swap);
        loop.Events.Post(loop.Release);
        _gateway.Settle();
        client.Received("+OK\r\n");
        Assert.Equal(["GET a:1"], _gateway.Shard("b").Waiting);
        Assert.Empty(A.Waiting);
    }

    [Fact]
    public void A_reload_waits_for_what_was_on_its_way_when_it_began_and_is_refused_then()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        GatewayLoop loop = Hold(out Func<bool> isDrained);
        A.Reply(ReadOnly);
        _gateway.Advance(100);
        Assert.False(isDrained());

        // It was not to be: the old map is kept, and what was held goes again to where it was.
        loop.Events.Post(loop.Release);
        PolicyOfA.IsReady = true;
        _gateway.Advance(10);
        A.Reply("+OK\r\n");
        client.Received("+OK\r\n");
    }

    [Fact]
    public void A_reload_does_not_wait_for_what_came_after_it_began_and_stays_where_it_is()
    {
        TestClient client = _gateway.Connect();
        _gateway.Advance(10);
        Hold(out Func<bool> isDrained, keysOfA: false);
        _gateway.Advance(10);
        Assert.True(isDrained());
        client.Send("SET a:1 x");
        A.Reply(ReadOnly);
        Assert.False(_gateway.Server.Loops[0].Backends[0].Refused.HoldsFrom(_gateway.Server.Loops[0].Events.NowTicks - 100 * TimeSpan.TicksPerMillisecond));
        Assert.True(_gateway.Server.Loops[0].Backends[0].Refused.HoldsFrom(_gateway.Server.Loops[0].Events.NowTicks));
    }

    // Begins a change of the map in which a loses all keys, or b does.
    private GatewayLoop Hold(out Func<bool> isDrained, bool keysOfA = true)
    {
        GatewayOptions now = _gateway.Server.Options;
        PartitionRule[] rules = [new PartitionRule { Name = "rest", Line = 1, Placement = new Placement.Single(keysOfA ? 1 : 0) }];
        GatewayOptions next = now with { Pools = [now.Pools[0] with { Map = PartitionMap.Build(rules, ["a", "b"]) }] };
        bool drained = false;
        GatewayLoop loop = _gateway.Server.Loops[0];
        loop.Events.Post(() => loop.Hold(next, LosingShards.Of(now, next), () => drained = true));
        _gateway.Settle();
        isDrained = () => drained;
        return loop;
    }

    private void PutScript(string request, string command = "evalsha")
    {
        GatewayLoop loop = _gateway.Server.Loops[0];
        ShardBackend backend = loop.Backends[0];
        ClientSession session = loop.Sessions.Single();
        SharedLink link = backend.FindShared(session.State.LinkKey, request.Length, out _)!;
        ref LinkUse use = ref session.UseOf(backend);
        use.Link = link;
        use.InFlight++;
        int row = CommandTable.Find(System.Text.Encoding.ASCII.GetBytes(command))!.Id;
        link.Send(System.Text.Encoding.ASCII.GetBytes(request), session.Index, session.Expect(), row);
        _gateway.Settle();
    }
}
