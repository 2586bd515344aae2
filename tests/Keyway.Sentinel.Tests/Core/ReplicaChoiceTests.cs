using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class ReplicaChoiceTests
{
    private readonly TestSentinel _sentinel = new(quorum: 1, downAfterMs: 1000, failoverTimeoutMs: 20_000);
    private readonly TestServer _first;
    private readonly TestServer _second;
    private readonly TestServer _third;

    public ReplicaChoiceTests()
    {
        _first = _sentinel.AddReplica("10.0.0.2");
        _second = _sentinel.AddReplica("10.0.0.3");
        _third = _sentinel.AddReplica("10.0.0.4");
        (_first.RunId, _second.RunId, _third.RunId) = (Id('5'), Id('b'), Id('D'));
    }

    [Fact]
    public void The_lower_priority_number_comes_first()
    {
        _second.Priority = 50;
        _first.Offset = 9999;

        Assert.Equal(_second, Chosen());
    }

    [Fact]
    public void Then_who_has_received_more()
    {
        _third.Offset = 1001;

        Assert.Equal(_third, Chosen());
    }

    [Fact]
    public void Then_the_smaller_run_id_in_any_case()
    {
        _first.RunId = Id('E');
        _third.RunId = Id('A');

        Assert.Equal(_third, Chosen());
    }

    [Fact]
    public void Priority_0_is_never_chosen()
    {
        _first.Priority = _second.Priority = _third.Priority = 0;

        Assert.Null(Chosen());
        Assert.Contains("-failover-abort-no-good-slave master m1 10.0.0.1 6379", _sentinel.Events);
    }

    [Fact]
    public void Who_does_not_answer_is_not_chosen()
    {
        _first.Priority = 1;
        _sentinel.Pass(1000);
        _first.IsSilent = true;

        Assert.NotEqual(_first, Chosen());
    }

    [Fact]
    public void Who_is_disconnected_is_not_chosen()
    {
        _first.Priority = 1;
        _sentinel.Pass(1000);
        _first.RefusesConnections = true;
        _sentinel.Core.OnLinkDown(_sentinel.Clock, _sentinel.Replica(_first).Link, LinkKind.Command);

        Assert.NotEqual(_first, Chosen());
    }

    [Fact]
    public void Whose_info_is_too_old_is_not_chosen()
    {
        _first.Priority = 1;
        _sentinel.Pass(1000);
        Assert.NotNull(ReplicaChoice.Best(_sentinel.Master, Context()));
        foreach (MonitoredReplica replica in _sentinel.Master.Replicas.Values) replica.InfoRefresh = _sentinel.Core.Now - 30_001;

        Assert.Null(ReplicaChoice.Best(_sentinel.Master, Context()));
    }

    [Fact]
    public void Who_was_cut_off_from_the_master_for_too_long_before_it_went_down_is_not_chosen()
    {
        _first.Priority = 1;
        _first.LinkUp = false;
        _first.LinkDownSeconds = 13;
        _second.Priority = 2;
        _second.LinkUp = false;
        _second.LinkDownSeconds = 10;

        Assert.Equal(_second, Chosen());
    }

    // As it is at the core's present moment.
    private SentinelContext Context()
    {
        var context = new SentinelContext(_sentinel.Core.State, new SentinelConstants(), 1, new NumericHosts(), _sentinel);
        context.Advance(0);
        context.Advance(_sentinel.Core.Now - context.Now);
        return context;
    }

    private TestServer? Chosen()
    {
        _sentinel.Pass(1000);
        _sentinel.MasterServer.IsSilent = true;
        _sentinel.PassUntil("+failover-state-select-slave");
        _sentinel.Pass(200);
        TestServer[] all = [_first, _second, _third];
        return all.FirstOrDefault(replica => _sentinel.Events.Any(published => published.StartsWith($"+selected-slave slave {replica.Address} ", StringComparison.Ordinal)));
    }

    private static string Id(char digit) => new(digit, 40);
}
