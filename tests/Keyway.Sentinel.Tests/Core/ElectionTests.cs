using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class ElectionTests
{
    private readonly TestSentinel _sentinel = new(quorum: 2, downAfterMs: 1000, failoverTimeoutMs: 20_000);
    private readonly TestServer _first;
    private readonly TestServer _second;

    public ElectionTests()
    {
        _sentinel.AddReplica("10.0.0.2");
        _first = _sentinel.AddSentinel("10.0.1.2");
        _second = _sentinel.AddSentinel("10.0.1.3");
        _first.SaysMasterIsDown = _second.SaysMasterIsDown = true;
        _sentinel.Pass(1000);
    }

    [Fact]
    public void A_candidate_asks_everybody_at_once_with_its_id_and_a_new_epoch()
    {
        FailMaster();

        string asked = $"SENTINEL is-master-down-by-addr 10.0.0.1 6379 1 {Ids.Mine}";
        Assert.Contains(asked, _sentinel.SentTo(_first));
        Assert.Contains(asked, _sentinel.SentTo(_second));
        Assert.Equal(["+odown", "+new-epoch", "+try-failover", "+vote-for-leader"], _sentinel.EventTypes()[^4..]);
    }

    [Fact]
    public void Its_epoch_and_its_own_vote_are_saved_at_once_before_anybody_hears_of_them()
    {
        int saved = _sentinel.Saved.Count;

        FailMaster();

        SavedSentinel state = Assert.Single(_sentinel.Saved.Skip(saved));
        Assert.Equal((1, 1), (state.CurrentEpoch, state.Masters[0].LeaderEpoch));
    }

    [Fact]
    public void Sentinels_stand_for_election_one_after_the_other_by_their_ids()
    {
        _sentinel.MasterServer.IsSilent = true;
        _sentinel.PassUntil("+odown");
        long odown = _sentinel.Clock;

        _sentinel.PassUntil("+try-failover");

        // Two with smaller ids go before us.
        Assert.InRange(_sentinel.Clock - odown, 280, 420);
    }

    [Fact]
    public void Nobody_waits_for_one_that_is_down()
    {
        _first.IsSilent = true;
        _sentinel.PassUntil("+sdown");
        _sentinel.MasterServer.IsSilent = true;
        _sentinel.PassUntil("+odown");
        long odown = _sentinel.Clock;

        _sentinel.PassUntil("+try-failover");

        Assert.InRange(_sentinel.Clock - odown, 130, 270);
    }

    [Fact]
    public void No_failover_starts_while_its_epoch_cannot_be_saved()
    {
        _sentinel.DiskFails = true;
        _sentinel.MasterServer.IsSilent = true;
        _sentinel.PassUntil("+odown");
        _sentinel.Pass(5000);
        Assert.False(_sentinel.Has("+try-failover"));
        Assert.DoesNotContain(_sentinel.Sent, line => line.EndsWith(Ids.Mine, StringComparison.Ordinal) && line.Contains("SENTINEL", StringComparison.Ordinal));

        _sentinel.DiskFails = false;
        _sentinel.PassUntil("+try-failover", 2500);
    }

    [Fact]
    public void A_majority_elects()
    {
        _second.IsSilent = true;
        FailMaster();

        _sentinel.PassUntil("+elected-leader", 1500);

        Assert.Contains($"{_first.RunId} voted for {Ids.Mine} 1", _sentinel.Log);
    }

    [Fact]
    public void Dead_sentinels_count_as_voters()
    {
        TestServer third = _sentinel.AddSentinel("10.0.1.4");
        TestServer fourth = _sentinel.AddSentinel("10.0.1.5");
        _sentinel.Pass(1000);
        _second.IsSilent = third.IsSilent = fourth.IsSilent = true;
        FailMaster();

        _sentinel.PassUntil("-failover-abort-not-elected", 12_000);

        Assert.False(_sentinel.Has("+elected-leader"));
    }

    [Fact]
    public void A_quorum_above_the_majority_must_be_met_too()
    {
        _sentinel.Master.Quorum = 3;
        _second.Votes = false;
        FailMaster();

        _sentinel.PassUntil("-failover-abort-not-elected", 12_000);

        Assert.False(_sentinel.Has("+elected-leader"));
    }

    [Fact]
    public void Votes_of_another_epoch_do_not_count()
    {
        _first.Votes = _second.Votes = false;
        FailMaster();
        _sentinel.Hello(_first, currentEpoch: 2);
        foreach (PeerSentinel peer in _sentinel.Master.Sentinels.Values) (peer.Leader, peer.LeaderEpoch) = (Ids.Mine, 2);

        _sentinel.Pass(3000);

        Assert.False(_sentinel.Has("+elected-leader"));
        Assert.Equal(1, _sentinel.Master.FailoverEpoch);
    }

    [Fact]
    public void A_candidate_asks_for_votes_in_its_own_epoch_even_when_a_later_one_has_begun()
    {
        _first.Votes = _second.Votes = false;
        FailMaster();
        _sentinel.Hello(_first, currentEpoch: 2);
        _sentinel.Sent.Clear();

        _sentinel.Pass(3000);

        Assert.Contains($"SENTINEL is-master-down-by-addr 10.0.0.1 6379 1 {Ids.Mine}", _sentinel.SentTo(_first));
        Assert.DoesNotContain($"SENTINEL is-master-down-by-addr 10.0.0.1 6379 2 {Ids.Mine}", _sentinel.SentTo(_first));
    }

    [Fact]
    public void A_candidate_that_has_not_voted_joins_the_one_who_is_ahead()
    {
        _sentinel.DiskFails = true;
        _sentinel.MasterServer.IsSilent = true;
        _sentinel.PassUntil("+odown");
        _first.VotesFor = _second.VotesFor = _first.RunId;
        foreach (PeerSentinel peer in _sentinel.Master.Sentinels.Values) (peer.Leader, peer.LeaderEpoch) = (_first.RunId, 1);
        _sentinel.DiskFails = false;

        _sentinel.PassUntil("+vote-for-leader", 2500);

        Assert.Contains($"+vote-for-leader {_first.RunId} 1", _sentinel.Events);
    }

    [Fact]
    public void Who_is_not_elected_gives_up_after_the_election_time_out_and_waits_twice_the_failover_time_out()
    {
        _first.Votes = _second.Votes = false;
        FailMaster();
        long start = _sentinel.Clock;

        _sentinel.PassUntil("-failover-abort-not-elected", 12_000);
        Assert.InRange(_sentinel.Clock - start, 10_000, 11_300);
        Assert.Equal(FailoverState.None, _sentinel.Master.FailoverState);

        _sentinel.PassUntil("+try-failover");
        Assert.InRange(_sentinel.Clock - start, 39_000, 42_000);
        Assert.Equal(2, _sentinel.Master.FailoverEpoch);
    }

    [Fact]
    public void A_shorter_failover_time_out_shortens_the_election()
    {
        _sentinel.Master.FailoverTimeoutMs = 3000;
        _first.Votes = _second.Votes = false;
        FailMaster();
        long start = _sentinel.Clock;

        _sentinel.PassUntil("-failover-abort-not-elected", 12_000);

        Assert.InRange(_sentinel.Clock - start, 3000, 4300);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Replies_of_another_shape_are_ignored(bool nullLeader)
    {
        PeerSentinel peer = _sentinel.Peer(_first);
        var asked = new SentinelRequest(peer, peer.Link, RequestKind.IsMasterDown, ["SENTINEL"]);
        SentinelReply leader = nullLeader ? SentinelReply.Other : SentinelReply.Bulk(Ids.Mine);

        _sentinel.Core.OnReply(_sentinel.Clock, asked, SentinelReply.Array(SentinelReply.Integer(1), leader, SentinelReply.Bulk("1")));

        Assert.False(peer.Has(InstanceFlags.MasterDown));
        Assert.Null(peer.Leader);
    }

    private void FailMaster()
    {
        _sentinel.MasterServer.IsSilent = true;
        _sentinel.PassUntil("+try-failover");
    }
}
