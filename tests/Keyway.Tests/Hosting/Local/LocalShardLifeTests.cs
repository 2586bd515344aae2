using Keyway.Hosting.Local;

namespace Keyway.Tests.Hosting.Local;

/// <summary>What is decided about the servers of a shard, by what happens to them. Nothing runs.</summary>
public sealed class LocalShardLifeTests
{
    private readonly LocalShardLife _life = new([1, 2], master: 1);
    private readonly List<LocalAction> _actions = [];
    private long _now = 1000;

    [Fact]
    public void The_replicas_are_started_when_the_master_listens()
    {
        var life = new LocalShardLife([1, 2, 3], master: 3);
        life.Tick(_now, _actions);
        Assert.Equal([Start(3)], Taken());

        // Its data may take minutes: theirs too.
        life.OnListening(3, _now, _actions);
        Assert.Equal([Start(1), Start(2)], Taken());
        Assert.Null(life.NextMs);
        Assert.Empty(life.ServingReplicas);
    }

    [Fact]
    public void They_do_not_wait_for_a_master_that_does_not_start()
    {
        _life.Tick(_now, _actions);
        Taken();
        _life.OnExited(1, _now, _actions);
        Assert.Equal([Start(1), Start(2)], Taken());
    }

    [Fact]
    public void A_master_that_ends_waits_until_another_has_taken_its_place_and_comes_back_as_his_replica()
    {
        Serve();
        _now += 60_000;
        _life.OnExited(1, _now, _actions);
        Assert.Equal([new LocalAction(LocalActionKind.Replace, 1)], Taken());
        Assert.True(_life.IsFailingOver);

        _life.OnSwitched(2, _now + 80, _actions);
        Assert.Equal([Start(1)], Taken());
        Assert.Equal((2, 2L), (_life.Master, _life.Epoch));
        Assert.False(_life.IsFailingOver);
    }

    [Fact]
    public void It_comes_back_as_it_was_when_nobody_can_take_its_place()
    {
        Serve();
        _now += 60_000;
        _life.OnExited(1, _now, _actions);
        Taken();
        _life.OnNoSuccessor(_now + 10, _actions);
        Assert.Equal([Start(1)], Taken());
        Assert.Equal((1, 1L), (_life.Master, _life.Epoch));
    }

    [Fact]
    public void It_comes_back_as_it_was_when_the_failover_does_not_come_to_its_end()
    {
        Serve();
        _now += 60_000;
        _life.OnExited(1, _now, _actions);
        Taken();
        Assert.Equal(_now + LocalShardLife.FailoverMs, _life.NextMs);

        _life.Tick(_now + LocalShardLife.FailoverMs - 1, _actions);
        Assert.Empty(Taken());
        _life.Tick(_now + LocalShardLife.FailoverMs, _actions);
        Assert.Equal([Start(1)], Taken());
    }

    [Fact]
    public void A_master_without_a_replica_that_serves_is_started_at_once()
    {
        _life.Tick(_now, _actions);
        _life.OnServing(1, _now, _actions);
        Taken();
        _now += 60_000;

        // The replica is still starting.
        _life.OnExited(1, _now, _actions);
        Assert.Equal([Start(1)], Taken());
    }

    [Fact]
    public void A_replica_that_ends_is_started_again()
    {
        Serve();
        _now += 60_000;
        _life.OnExited(2, _now, _actions);
        Assert.Equal([Start(2)], Taken());
        Assert.Equal(1, _life.Master);
    }

    [Fact]
    public void Who_ends_soon_after_each_start_is_started_less_and_less_often()
    {
        _life.Tick(_now, _actions);
        _life.OnListening(1, _now, _actions);
        Taken();
        var delays = new List<long>();
        for (int i = 0; i < 12; i++)
        {
            _life.OnExited(2, _now, _actions);
            long next = _life.NextMs ?? _now;
            delays.Add(next - _now);
            _now = next;
            _life.Tick(_now, _actions);
            Assert.Equal([Start(2)], Taken());
        }

        Assert.Equal([0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 10_000], delays);

        // Then it lives: the next end is another matter.
        _now += LocalShardLife.HealthyMs;
        _life.OnExited(2, _now, _actions);
        Assert.Equal([Start(2)], Taken());
    }

    [Fact]
    public void A_master_that_lives_on_after_another_was_made_master_is_told_to_follow()
    {
        // It hung, and a sentinel has replaced it.
        Serve();
        _life.OnSwitched(2, _now, _actions);
        Assert.Equal([new LocalAction(LocalActionKind.Follow, 1)], Taken());
        Assert.Equal([1], _life.ServingReplicas);
    }

    [Fact]
    public void Hearing_of_the_same_master_again_changes_nothing()
    {
        Serve();
        _life.OnSwitched(1, _now, _actions);
        Assert.Empty(Taken());
        Assert.Equal(1, _life.Epoch);
    }

    [Fact]
    public void Nobody_is_started_once_it_stops()
    {
        Serve();
        _life.Stop();
        _life.OnExited(1, _now, _actions);
        _life.OnExited(2, _now, _actions);
        _life.Tick(_now + 100_000, _actions);
        Assert.Empty(Taken());
        Assert.Null(_life.NextMs);
    }

    private static LocalAction Start(int port) => new(LocalActionKind.Start, port);

    private void Serve()
    {
        _life.Tick(_now, _actions);
        _life.OnServing(1, _now, _actions);
        _life.OnServing(2, _now, _actions);
        Taken();
    }

    private LocalAction[] Taken()
    {
        LocalAction[] taken = [.. _actions];
        _actions.Clear();
        return taken;
    }
}
