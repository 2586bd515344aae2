using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class CommandTests
{
    private readonly TestSentinel _sentinel = new(quorum: 2, downAfterMs: 1000);
    private readonly TestServer _replica;
    private readonly TestServer _peer;

    public CommandTests()
    {
        _replica = _sentinel.AddReplica("10.0.0.2");
        _peer = _sentinel.AddSentinel("10.0.1.2");
        _sentinel.AddSentinel("10.0.1.3");
        _sentinel.Pass(500);
    }

    [Fact]
    public void Monitor_watches_another_master_and_saves_it()
    {
        MonitoredMaster? master = _sentinel.Core.Monitor(_sentinel.Clock, "m2", TestSentinel.Resolve(_sentinel.Add("10.0.0.9")), 3);

        Assert.NotNull(master);
        Assert.Contains("+monitor master m2 10.0.0.9 6379 quorum 3", _sentinel.Events);
        Assert.Equal(["m1", "m2"], _sentinel.Saved[^1].Masters.Select(saved => saved.Name));
        Assert.Null(_sentinel.Core.Monitor(_sentinel.Clock, "m2", master.Address, 1));
    }

    [Fact]
    public void Remove_closes_every_link_and_forgets()
    {
        MonitoredMaster master = _sentinel.Master;
        _sentinel.Links.Clear();

        _sentinel.Core.Remove(_sentinel.Clock, master);

        Assert.Equal(4, _sentinel.Links.Count(link => link == "close Command"));
        Assert.Equal(2, _sentinel.Links.Count(link => link == "close PubSub"));
        Assert.Contains("-monitor master m1 10.0.0.1 6379", _sentinel.Events);
        Assert.Empty(_sentinel.Saved[^1].Masters);
    }

    [Fact]
    public void Reset_forgets_replicas_sentinels_and_a_failover_and_keeps_votes_and_options()
    {
        _sentinel.Core.AnswerMasterDown(_sentinel.Clock, "10.0.0.1", 6379, 4, _peer.RunId);
        _sentinel.Core.Failover(_sentinel.Clock, _sentinel.Master);

        _sentinel.Core.Reset(_sentinel.Clock, _sentinel.Master);

        MonitoredMaster master = _sentinel.Master;
        Assert.Contains("+reset-master master m1 10.0.0.1 6379", _sentinel.Events);
        Assert.Empty(master.Replicas);
        Assert.Empty(master.Sentinels);
        Assert.False(master.InFailover);
        Assert.Equal((2, 1000, 5L), (master.Quorum, master.DownAfterMs, master.LeaderEpoch));
        Assert.Empty(_sentinel.Saved[^1].Masters[0].Replicas);

        _sentinel.Pass(11_000);
        Assert.Single(master.Replicas);
    }

    [Fact]
    public void A_down_after_period_holds_for_all_that_belongs_to_the_master()
    {
        SentinelCore.SetDownAfter(_sentinel.Master, 777);

        Assert.Equal(777, _sentinel.Replica(_replica).DownAfterMs);
        Assert.Equal(777, _sentinel.Peer(_peer).DownAfterMs);
    }

    [Fact]
    public void An_option_that_was_set_is_an_event()
    {
        _sentinel.Core.OptionSet(_sentinel.Clock, _sentinel.Master, "quorum 3");

        Assert.Equal("+set master m1 10.0.0.1 6379 quorum 3", _sentinel.Events[^1]);
    }

    [Fact]
    public void The_quorum_is_checked_among_those_who_are_up()
    {
        Assert.Equal(new QuorumCheck(3, true, true), SentinelCore.CheckQuorum(_sentinel.Master));

        _peer.IsSilent = true;
        _sentinel.Pass(3000);
        Assert.Equal(new QuorumCheck(2, true, true), SentinelCore.CheckQuorum(_sentinel.Master));

        _sentinel.Master.Quorum = 3;
        Assert.Equal(new QuorumCheck(2, false, true), SentinelCore.CheckQuorum(_sentinel.Master));
    }

    [Theory]
    [InlineData("10.0.0.1", 6379, true)]
    [InlineData("::1", 1, true)]
    [InlineData("localhost", 6379, false)]
    [InlineData("127.1", 6379, false)]
    [InlineData("7", 6379, false)]
    [InlineData("", 6379, false)]
    [InlineData("10.0.0.1", 65536, false)]
    [InlineData("10.0.0.1", -1, false)]
    public void Hosts_are_numeric_addresses(string host, int port, bool accepted)
    {
        Assert.Equal(accepted, new NumericHosts().Resolve(host, port) != null);
    }
}
