using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard.Tests.Replication.Serving;

public sealed class SyncPlanTests
{
    private readonly List<Replica> _all = [];

    [Fact]
    public void Nobody_waits() => Assert.Empty(Decide(withoutDisk: true).Group);

    [Fact]
    public void Those_who_come_within_the_delay_get_one_snapshot_together()
    {
        Wait(askedMs: 0);
        Wait(askedMs: 4000);
        Assert.Empty(Decide(withoutDisk: true, nowMs: 4999).Group);

        SyncPlan plan = Decide(withoutDisk: true, nowMs: 5000);
        Assert.Equal(2, plan.Group.Count);
        Assert.True(plan.ToSockets);
    }

    [Fact]
    public void Enough_of_them_need_not_wait()
    {
        Wait(askedMs: 0);
        Assert.Empty(Decide(withoutDisk: true, enough: 2).Group);
        Wait(askedMs: 0);
        Assert.Equal(2, Decide(withoutDisk: true, enough: 2).Group.Count);
    }

    [Fact]
    public void A_file_need_not_wait_for_others()
    {
        Wait(askedMs: 0);
        SyncPlan plan = Decide(withoutDisk: false);
        Assert.Single(plan.Group);
        Assert.False(plan.ToSockets);
    }

    [Fact]
    public void One_who_knows_no_end_mark_makes_it_a_file_for_all()
    {
        Wait(askedMs: 0);
        Wait(askedMs: 0, ReplicaCapabilities.NewName);
        SyncPlan plan = Decide(withoutDisk: true, nowMs: 5000);
        Assert.Equal(2, plan.Group.Count);
        Assert.False(plan.ToSockets);
    }

    [Fact]
    public void Who_wants_a_part_of_the_data_gets_it_without_a_file_and_alone()
    {
        Wait(askedMs: 0).Filter = SnapshotFilter.WithoutData;
        Wait(askedMs: 0);
        SyncPlan plan = Decide(withoutDisk: false);
        Assert.Same(_all[0], Assert.Single(plan.Group));
        Assert.True(plan.ToSockets);
    }

    private SyncPlan Decide(bool withoutDisk, long enough = 0, long nowMs = 0) => SyncPlan.Decide(_all, withoutDisk, delayMs: 5000, enough, nowMs);

    private Replica Wait(long askedMs, ReplicaCapabilities capabilities = ReplicaCapabilities.EndMark | ReplicaCapabilities.NewName)
    {
        var replica = new Replica(null!) { State = ReplicaState.WaitsForStart, AskedMs = askedMs, Capabilities = capabilities };
        _all.Add(replica);
        return replica;
    }
}
