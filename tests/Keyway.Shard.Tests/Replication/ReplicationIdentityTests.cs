using Keyway.Shard.Replication;
using Xunit;

namespace Keyway.Shard.Tests.Replication;

public sealed class ReplicationIdentityTests
{
    private static readonly string A = new('a', 40);
    private static readonly string B = new('b', 40);
    private static readonly string C = new('c', 40);

    [Fact]
    public void A_fresh_history_is_shared_by_nobody_else()
    {
        ReplicationIdentity fresh = ReplicationIdentity.Fresh(A);

        Assert.True(fresh.Shares(A, 1));
        Assert.False(fresh.Shares(B, 1));
        Assert.False(fresh.Shares(ReplicationIdentity.NoId, 1));
    }

    [Fact]
    public void Names_are_compared_whatever_their_case() => Assert.True(ReplicationIdentity.Fresh(A).Shares(A.ToUpperInvariant(), 1));

    [Fact]
    public void After_a_promotion_the_other_replicas_go_on_up_to_where_the_new_master_stood()
    {
        ReplicationIdentity promoted = ReplicationIdentity.Copied(A, 100).Advanced(13).Promoted(B);

        Assert.Equal(new ReplicationIdentity(B, 113, A, 114), promoted);
        Assert.True(promoted.Shares(A, 114));
        Assert.True(promoted.Shares(A, 50));
        Assert.False(promoted.Shares(A, 115));      // it has a byte of the old master's that the new one never saw
        Assert.True(promoted.Shares(B, 115));
    }

    [Fact]
    public void A_master_that_was_demoted_goes_on_with_its_former_replica_if_it_wrote_nothing_more()
    {
        ReplicationIdentity oldMaster = ReplicationIdentity.Fresh(A).Advanced(113);
        ReplicationIdentity newMaster = ReplicationIdentity.Copied(A, 0).Advanced(113).Promoted(B);

        Assert.True(newMaster.Shares(oldMaster.Id, oldMaster.Offset + 1));
        Assert.False(newMaster.Shares(oldMaster.Id, oldMaster.Advanced(1).Offset + 1));
        Assert.Equal(new ReplicationIdentity(B, 113, A, 114), oldMaster.Continued(B));
        Assert.Same(oldMaster, oldMaster.Continued(A));
    }

    [Fact]
    public void A_restarted_master_is_known_by_its_old_name_up_to_what_it_had_saved()
    {
        ReplicationIdentity restarted = ReplicationIdentity.Restarted(A, 200, B);

        Assert.True(restarted.Shares(A, 201));
        Assert.False(restarted.Shares(A, 202));
    }

    [Fact]
    public void A_rename_forgets_everybody()
    {
        ReplicationIdentity renamed = ReplicationIdentity.Copied(A, 5).Promoted(B).Renamed(C);

        Assert.Equal(5, renamed.Offset);
        Assert.False(renamed.Shares(A, 1));
        Assert.False(renamed.Shares(B, 1));
    }
}
