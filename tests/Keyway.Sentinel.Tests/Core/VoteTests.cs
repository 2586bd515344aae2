using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class VoteTests
{
    private const string Candidate = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    private const string Rival = "cccccccccccccccccccccccccccccccccccccccc";

    [Fact]
    public void The_first_candidate_of_an_epoch_gets_the_vote_and_the_second_hears_who_has_it()
    {
        var sentinel = new TestSentinel();

        Assert.Equal(new MasterDownAnswer(false, Candidate, 3), Ask(sentinel, 3, Candidate));
        Assert.Equal(new MasterDownAnswer(false, Candidate, 3), Ask(sentinel, 3, Rival));
        Assert.Equal(new MasterDownAnswer(false, Rival, 4), Ask(sentinel, 4, Rival));

        Assert.Equal(["+monitor", "+new-epoch", "+vote-for-leader", "+new-epoch", "+vote-for-leader"], sentinel.EventTypes());
        Assert.Contains($"+vote-for-leader {Candidate} 3", sentinel.Events);
        Assert.Contains("+new-epoch 3", sentinel.Events);
    }

    [Fact]
    public void A_vote_is_saved_before_it_is_given()
    {
        var sentinel = new TestSentinel();

        Ask(sentinel, 3, Candidate);

        SavedSentinel saved = sentinel.Saved[^1];
        Assert.Equal(3, saved.CurrentEpoch);
        Assert.Equal(3, saved.Masters[0].LeaderEpoch);
    }

    [Fact]
    public void A_vote_that_cannot_be_saved_is_not_given()
    {
        var sentinel = new TestSentinel { DiskFails = true };

        Assert.Equal(new MasterDownAnswer(false, "*", 0), Ask(sentinel, 3, Candidate));
        Assert.False(sentinel.Has("+vote-for-leader"));

        sentinel.DiskFails = false;
        sentinel.Pass(2000);
        Assert.Equal(new MasterDownAnswer(false, Rival, 3), Ask(sentinel, 3, Rival));
    }

    [Fact]
    public void Nobody_gets_a_vote_in_an_epoch_that_is_past()
    {
        var sentinel = new TestSentinel();
        TestServer peer = sentinel.AddSentinel("10.0.1.2");
        sentinel.Hello(peer, currentEpoch: 9);

        Assert.Equal("*", Ask(sentinel, 8, Candidate).Leader);
        Assert.Equal(9, sentinel.Core.State.CurrentEpoch);
    }

    [Fact]
    public void After_a_restart_there_is_no_second_vote_in_the_same_epoch()
    {
        var sentinel = new TestSentinel();
        Ask(sentinel, 3, Candidate);

        var restarted = new TestSentinel(saved: sentinel.Saved[^1]);

        Assert.Equal(new MasterDownAnswer(false, "*", 3), Ask(restarted, 3, Rival));
    }

    [Fact]
    public void A_master_that_is_removed_and_watched_again_keeps_us_from_voting_again()
    {
        var sentinel = new TestSentinel();
        Ask(sentinel, 3, Candidate);

        sentinel.Core.Remove(sentinel.Clock, sentinel.Master);
        sentinel.Core.Monitor(sentinel.Clock, "m1", TestSentinel.Resolve(sentinel.MasterServer), 2);

        Assert.Equal("*", Ask(sentinel, 3, Rival).Leader);
    }

    [Fact]
    public void Who_only_asks_about_the_master_gets_no_vote_and_changes_no_epoch()
    {
        var sentinel = new TestSentinel();

        Assert.Equal(new MasterDownAnswer(false, "*", 0), Ask(sentinel, 7, "*"));
        Assert.Equal(0, sentinel.Core.State.CurrentEpoch);
    }

    [Fact]
    public void The_answer_says_whether_the_master_at_this_address_is_down()
    {
        var sentinel = new TestSentinel(downAfterMs: 1000).Pass(500);
        sentinel.MasterServer.IsSilent = true;
        sentinel.PassUntil("+sdown");

        Assert.True(Ask(sentinel, 0, "*").Down);
        Assert.False(sentinel.Core.AnswerMasterDown(sentinel.Clock, "10.0.0.1", 6380, 0, "*").Down);
        Assert.False(sentinel.Core.AnswerMasterDown(sentinel.Clock, "10.0.0.3", 6379, 0, "*").Down);
    }

    [Fact]
    public void Who_voted_for_another_waits_for_twice_the_failover_time_out_before_it_tries_itself()
    {
        var sentinel = new TestSentinel(quorum: 1, downAfterMs: 1000, failoverTimeoutMs: 10_000);
        sentinel.AddReplica("10.0.0.2");
        sentinel.Pass(1000);
        sentinel.MasterServer.IsSilent = true;
        sentinel.Pass(500);
        Ask(sentinel, 1, Candidate);
        sentinel.PassUntil("+odown");
        Assert.InRange(sentinel.Delayed!.Value, 18_000, 21_000);

        sentinel.Pass(17_000);
        Assert.False(sentinel.Has("+try-failover"));
        sentinel.PassUntil("+try-failover", 5000);
    }

    [Theory]
    [InlineData(-1, Candidate)]
    [InlineData(3, "")]
    public void Nonsense_gets_no_vote(long epoch, string id)
    {
        var sentinel = new TestSentinel();

        Assert.Equal(new MasterDownAnswer(false, "*", 0), Ask(sentinel, epoch, id));
        Assert.Equal(0, sentinel.Core.State.CurrentEpoch);
    }

    private static MasterDownAnswer Ask(TestSentinel sentinel, long epoch, string id) =>
        sentinel.Core.AnswerMasterDown(sentinel.Clock, "10.0.0.1", 6379, epoch, id);
}
