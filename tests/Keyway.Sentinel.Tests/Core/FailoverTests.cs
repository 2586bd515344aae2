using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class FailoverTests
{
    private readonly TestSentinel _sentinel = new(quorum: 2, downAfterMs: 1000, failoverTimeoutMs: 10_000);
    private readonly TestServer _first;
    private readonly TestServer _second;
    private readonly TestServer _peer;

    public FailoverTests()
    {
        _first = _sentinel.AddReplica("10.0.0.2");
        _second = _sentinel.AddReplica("10.0.0.3");
        _first.Priority = 10;
        _peer = _sentinel.AddSentinel("10.0.1.2");
        _peer.SaysMasterIsDown = true;
        _sentinel.AddSentinel("10.0.1.3");
        _sentinel.Pass(1000);
    }

    // As the leader among three redis-sentinels 7.0.15 logs it with two replicas, but for the order of the two last events
    // (a dictionary's there), and for -odown, which there comes before the end when the others have switched already.
    [Fact]
    public void The_events_are_those_of_a_redis_sentinel()
    {
        int from = _sentinel.Events.Count;
        _sentinel.MasterServer.IsSilent = true;

        _sentinel.PassUntil("+switch-master");

        Assert.Equal(
        [
            "+sdown master m1 10.0.0.1 6379",
            "+odown master m1 10.0.0.1 6379 #quorum 2/2",
            "+new-epoch 1",
            "+try-failover master m1 10.0.0.1 6379",
            $"+vote-for-leader {Ids.Mine} 1",
            "+elected-leader master m1 10.0.0.1 6379",
            "+failover-state-select-slave master m1 10.0.0.1 6379",
            "+selected-slave slave 10.0.0.2:6379 10.0.0.2 6379 @ m1 10.0.0.1 6379",
            "+failover-state-send-slaveof-noone slave 10.0.0.2:6379 10.0.0.2 6379 @ m1 10.0.0.1 6379",
            "+failover-state-wait-promotion slave 10.0.0.2:6379 10.0.0.2 6379 @ m1 10.0.0.1 6379",
            "-role-change slave 10.0.0.2:6379 10.0.0.2 6379 @ m1 10.0.0.1 6379 new reported role is master",
            "+promoted-slave slave 10.0.0.2:6379 10.0.0.2 6379 @ m1 10.0.0.1 6379",
            "+failover-state-reconf-slaves master m1 10.0.0.1 6379",
            "+slave-reconf-sent slave 10.0.0.3:6379 10.0.0.3 6379 @ m1 10.0.0.1 6379",
            "+slave-reconf-inprog slave 10.0.0.3:6379 10.0.0.3 6379 @ m1 10.0.0.1 6379",
            "+slave-reconf-done slave 10.0.0.3:6379 10.0.0.3 6379 @ m1 10.0.0.1 6379",
            "+failover-end master m1 10.0.0.1 6379",
            "+switch-master m1 10.0.0.1 6379 10.0.0.2 6379",
            "+slave slave 10.0.0.3:6379 10.0.0.3 6379 @ m1 10.0.0.2 6379",
            "+slave slave 10.0.0.1:6379 10.0.0.1 6379 @ m1 10.0.0.2 6379",
        ], _sentinel.Events.Skip(from));
        Assert.Equal(new MasterSwitch("m1", Address(_sentinel.MasterServer), Address(_first), 1), Assert.Single(_sentinel.Switches));
    }

    [Fact]
    public void It_takes_little_longer_than_the_down_after_period()
    {
        long start = _sentinel.Clock;
        _sentinel.MasterServer.IsSilent = true;

        _sentinel.PassUntil("+promoted-slave");

        Assert.InRange(_sentinel.Clock - start, 1000, 2400);
    }

    [Fact]
    public void A_promotion_is_one_transaction_that_also_cuts_off_the_clients()
    {
        FailMaster("+failover-state-wait-promotion");

        string[] sent = _sentinel.SentTo(_first);
        int multi = Array.IndexOf(sent, "MULTI");
        Assert.Equal(["MULTI", "SLAVEOF NO ONE", "CONFIG REWRITE", "CLIENT KILL TYPE normal", "CLIENT KILL TYPE pubsub", "EXEC"], sent[multi..(multi + 6)]);
    }

    [Fact]
    public void From_the_promotion_on_the_new_master_is_given_out_with_its_epoch()
    {
        _second.Obeys = false;
        FailMaster("+promoted-slave");
        _sentinel.Sent.Clear();

        _sentinel.Pass(200);

        Assert.Equal(Address(_first), _sentinel.Master.CurrentAddress);
        Assert.Contains(_sentinel.SentTo(_peer), line => line.EndsWith($",{Ids.Mine},1,m1,10.0.0.2,6379,1", StringComparison.Ordinal));
    }

    [Fact]
    public void From_the_promotion_on_the_new_master_is_what_is_saved()
    {
        _second.Obeys = false;
        FailMaster("+promoted-slave");

        SavedMaster saved = _sentinel.Saved[^1].Masters[0];
        Assert.Equal(Address(_first), saved.Address);
        Assert.Equal(1, saved.ConfigEpoch);
        Assert.Equal([Address(_sentinel.MasterServer), Address(_second)], saved.Replicas);
    }

    [Fact]
    public void A_replica_that_never_becomes_a_master_ends_it()
    {
        _first.Obeys = false;
        FailMaster("+failover-state-wait-promotion");
        long start = _sentinel.Clock;

        _sentinel.PassUntil("-failover-abort-slave-timeout");

        Assert.InRange(_sentinel.Clock - start, 10_000, 10_300);
        Assert.False(_sentinel.Master.InFailover);
        Assert.Null(_sentinel.Master.Promoted);
        Assert.Equal(Address(_sentinel.MasterServer), _sentinel.Master.CurrentAddress);
    }

    [Fact]
    public void Only_so_many_replicas_synchronize_at_once()
    {
        TestServer third = _sentinel.AddReplica("10.0.0.4");
        _sentinel.Pass(11_000);
        _second.LinkUp = third.LinkUp = false;
        FailMaster("+slave-reconf-inprog");
        _sentinel.Pass(3000);
        Assert.Equal(1, _sentinel.Events.Count(published => published.StartsWith("+slave-reconf-sent ", StringComparison.Ordinal)));

        _second.LinkUp = third.LinkUp = true;
        _sentinel.PassUntil("+switch-master");

        Assert.Equal(2, _sentinel.Events.Count(published => published.StartsWith("+slave-reconf-done ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_replica_that_does_not_get_going_holds_nobody_up()
    {
        TestServer third = _sentinel.AddReplica("10.0.0.4");
        _sentinel.Pass(11_000);
        _sentinel.Master.FailoverTimeoutMs = 60_000;
        _second.Obeys = false;
        FailMaster("+slave-reconf-sent");
        long start = _sentinel.Clock;

        _sentinel.PassUntil("+switch-master");

        Assert.Contains("-slave-reconf-sent-timeout slave 10.0.0.3:6379 10.0.0.3 6379 @ m1 10.0.0.1 6379", _sentinel.Events);
        Assert.Contains($"+slave-reconf-done slave {third.Address} 10.0.0.4 6379 @ m1 10.0.0.1 6379", _sentinel.Events);
        Assert.InRange(_sentinel.Clock - start, 10_000, 12_000);
    }

    [Fact]
    public void Replicas_that_take_too_long_are_told_and_not_waited_for()
    {
        _sentinel.AddReplica("10.0.0.4");
        _sentinel.Pass(11_000);
        _second.LinkUp = false;
        FailMaster("+slave-reconf-inprog");

        _sentinel.PassUntil("+switch-master", 12_000);

        string[] types = _sentinel.EventTypes();
        int end = Array.IndexOf(types, "+failover-end-for-timeout");
        Assert.Equal(["+failover-end-for-timeout", "+failover-end", "+slave-reconf-sent-be", "+slave-reconf-sent-be", "+switch-master"], types[end..(end + 5)]);
    }

    [Fact]
    public void A_dead_replica_is_not_waited_for()
    {
        _second.IsSilent = true;
        _sentinel.PassUntil("+sdown");
        FailMaster("+promoted-slave");

        _sentinel.PassUntil("+switch-master", 1000);

        Assert.DoesNotContain(_sentinel.Events, published => published.StartsWith("+slave-reconf-done", StringComparison.Ordinal));
    }

    [Fact]
    public void It_does_not_end_with_a_master_that_is_down()
    {
        _second.Obeys = false;
        FailMaster("+promoted-slave");
        _first.IsSilent = true;

        _sentinel.Pass(30_000);

        Assert.False(_sentinel.Has("+switch-master"));
    }

    [Fact]
    public void The_old_master_is_made_a_replica_when_it_comes_back()
    {
        FailMaster("+switch-master");
        _sentinel.MasterServer.IsSilent = false;

        _sentinel.PassUntil("+convert-to-slave");
        _sentinel.PassUntil("+role-change");

        Assert.Contains("SLAVEOF 10.0.0.2 6379", _sentinel.SentTo(_sentinel.MasterServer));
        Assert.Contains("+convert-to-slave slave 10.0.0.1:6379 10.0.0.1 6379 @ m1 10.0.0.2 6379", _sentinel.Events);
    }

    [Fact]
    public void A_failover_that_a_person_asks_for_needs_no_votes_and_no_dead_master()
    {
        _peer.IsSilent = true;

        Assert.Equal(FailoverRefusal.None, _sentinel.Core.Failover(_sentinel.Clock, _sentinel.Master));
        Assert.Equal(FailoverRefusal.InProgress, _sentinel.Core.Failover(_sentinel.Clock, _sentinel.Master));
        _sentinel.PassUntil("+switch-master", 5000);

        Assert.Contains("Executing user requested FAILOVER of 'm1'", _sentinel.Log);
        Assert.Equal(Address(_first), _sentinel.Master.Address);
    }

    [Fact]
    public void Nobody_is_promoted_by_hand_where_nobody_is_fit()
    {
        _first.Priority = _second.Priority = 0;
        _sentinel.Pass(11_000);

        Assert.Equal(FailoverRefusal.NoGoodReplica, _sentinel.Core.Failover(_sentinel.Clock, _sentinel.Master));
        Assert.False(_sentinel.Has("+try-failover"));
    }

    [Fact]
    public void Clients_are_reconfigured_by_the_leader_as_soon_as_there_is_a_master()
    {
        _sentinel.Master.ClientReconfigScript = "/bin/reconfigure";

        FailMaster("+promoted-slave");

        Assert.Equal("/bin/reconfigure m1 leader start 10.0.0.1 6379 10.0.0.2 6379", Assert.Single(_sentinel.Scripts));
    }

    [Fact]
    public void A_later_failover_ends_ours_even_if_it_came_back_to_the_old_address()
    {
        _second.Obeys = false;
        FailMaster("+promoted-slave");

        _sentinel.Hello(_peer, currentEpoch: 2, master: _sentinel.MasterServer, configEpoch: 2);

        Assert.False(_sentinel.Master.InFailover);
        Assert.Equal(Address(_sentinel.MasterServer), _sentinel.Master.CurrentAddress);
        Assert.Equal(2, _sentinel.Master.ConfigEpoch);
        Assert.Equal(Address(_sentinel.MasterServer), _sentinel.Saved[^1].Masters[0].Address);
        Assert.False(_sentinel.Has("+switch-master"));
    }

    [Theory]
    [InlineData("CrashAfterElection", "+elected-leader")]
    [InlineData("CrashAfterPromotion", "+promoted-slave")]
    public void A_crash_can_be_asked_for(string failure, string after)
    {
        _sentinel.Core.State.SimulatedFailures = Enum.Parse<SimulatedFailures>(failure);

        FailMaster(after);

        Assert.True(_sentinel.Crashed);
    }

    private void FailMaster(string until)
    {
        _sentinel.MasterServer.IsSilent = true;
        _sentinel.PassUntil(until);
    }

    private static ServerAddress Address(TestServer server) => TestSentinel.Resolve(server);
}
