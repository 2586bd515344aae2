using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class InfoTests
{
    private readonly TestSentinel _sentinel = new(quorum: 2, downAfterMs: 2000, failoverTimeoutMs: 20_000);
    private readonly TestServer _replica;

    public InfoTests()
    {
        _replica = _sentinel.AddReplica("10.0.0.2");
        _sentinel.Pass(1000);
    }

    [Fact]
    public void Replicas_that_the_master_names_are_watched_and_saved()
    {
        Assert.Contains("+slave slave 10.0.0.2:6379 10.0.0.2 6379 @ m1 10.0.0.1 6379", _sentinel.Events);
        Assert.Equal([TestSentinel.Resolve(_replica)], _sentinel.Saved[^1].Masters[0].Replicas);
        Assert.Contains("INFO", _sentinel.SentTo(_replica));
    }

    [Fact]
    public void What_a_replica_says_of_itself_is_known()
    {
        (_replica.Priority, _replica.Offset, _replica.LinkUp, _replica.LinkDownSeconds) = (7, 4711, false, 12);
        _sentinel.Pass(11_000);

        MonitoredReplica replica = _sentinel.Replica(_replica);
        Assert.Equal((7, 4711L, false, 12_000L), (replica.Priority, replica.ReplicationOffset, replica.MasterLinkUp, replica.MasterLinkDownMs));
        Assert.Equal(("10.0.0.1", 6379, _replica.RunId), (replica.MasterHost, replica.MasterPort, replica.RunId));
        Assert.Equal(_replica.Info, replica.Info);
    }

    [Fact]
    public void Another_run_id_is_a_reboot()
    {
        _replica.RunId = Ids.Of("again", 2);

        _sentinel.PassUntil("+reboot");

        Assert.Contains("+reboot slave 10.0.0.2:6379 10.0.0.2 6379 @ m1 10.0.0.1 6379", _sentinel.Events);
    }

    [Fact]
    public void A_replica_that_turns_master_is_left_alone_for_eight_seconds_and_then_converted()
    {
        _replica.Master = null;
        _sentinel.PassUntil("-role-change");
        _sentinel.Pass(7900);
        Assert.DoesNotContain(_sentinel.Sent, line => line.Contains("SLAVEOF", StringComparison.Ordinal));

        _sentinel.PassUntil("+convert-to-slave", 12_000);

        Assert.Contains("SLAVEOF 10.0.0.1 6379", _sentinel.SentTo(_replica));
        _sentinel.PassUntil("+role-change");
        Assert.Contains("+role-change slave 10.0.0.2:6379 10.0.0.2 6379 @ m1 10.0.0.1 6379 new reported role is slave", _sentinel.Events);
    }

    [Fact]
    public void Nobody_is_converted_while_the_master_is_down()
    {
        _replica.Master = null;
        _sentinel.MasterServer.IsSilent = true;

        _sentinel.Pass(40_000);

        Assert.False(_sentinel.Has("+convert-to-slave"));
    }

    [Fact]
    public void A_replica_of_another_master_is_corrected_after_the_failover_time_out()
    {
        _replica.Master = _sentinel.Add("10.0.0.77");
        _sentinel.Pass(11_000);
        long noticed = _sentinel.Replica(_replica).MasterChangedAt;

        _sentinel.PassUntil("+fix-slave-config");

        Assert.InRange(_sentinel.Core.Now - noticed, 20_000, 31_000);
        Assert.Contains("+fix-slave-config slave 10.0.0.2:6379 10.0.0.2 6379 @ m1 10.0.0.1 6379", _sentinel.Events);
        _sentinel.Pass(200);
        Assert.Equal(_sentinel.MasterServer, _replica.Master);
    }

    [Fact]
    public void Errors_and_other_replies_to_info_change_nothing()
    {
        var request = new SentinelRequest(_sentinel.Master, _sentinel.Master.Link, RequestKind.Info, ["INFO"]);
        long refresh = _sentinel.Master.InfoRefresh;

        foreach (SentinelReply reply in (SentinelReply[])[SentinelReply.Error("NOAUTH"), SentinelReply.Other, SentinelReply.Status("role:slave")])
        {
            _sentinel.Core.OnReply(_sentinel.Clock, request, reply);
        }

        Assert.Equal(refresh, _sentinel.Master.InfoRefresh);
    }

    [Theory]
    [InlineData("")]
    [InlineData("role:slave")]
    [InlineData("role:king\r\nrun_id:short\r\nslave:ip=1.2.3.4,port=5\r\nslave0:\r\nslave1:ip=,port=\r\nslave2:port=99999999999999999999,ip=10.0.0.3\r\n")]
    [InlineData("slave0:ip=not-an-address,port=1\r\nslave1:ip=10.0.0.5,port=70000x\r\nmaster_port:-7\r\nslave_repl_offset:9999999999999999999999\r\n")]
    [InlineData("slave0:ip=127.1,port=6379\r\nslave1:ip=1,port=6379")]
    public void Broken_infos_add_nobody(string info)
    {
        int replicas = _sentinel.Master.Replicas.Count;
        var request = new SentinelRequest(_sentinel.Master, _sentinel.Master.Link, RequestKind.Info, ["INFO"]);

        _sentinel.Core.OnReply(_sentinel.Clock, request, SentinelReply.Bulk(info));

        Assert.Equal(replicas, _sentinel.Master.Replicas.Count);
    }

    [Fact]
    public void A_master_that_names_any_number_of_replicas_is_not_believed_beyond_a_limit()
    {
        for (int group = 0; group < 20; group++)
        {
            string info = string.Join("\r\n", Enumerable.Range(1, 250).Select(i => $"slave{i}:ip=10.1.{group}.{i},port=6379"));
            var request = new SentinelRequest(_sentinel.Master, _sentinel.Master.Link, RequestKind.Info, ["INFO"]);
            _sentinel.Core.OnReply(_sentinel.Clock, request, SentinelReply.Bulk(info));
        }

        Assert.Equal(SentinelConstants.MaxInstances, _sentinel.Master.Replicas.Count);
    }

    [Fact]
    public void A_replica_may_be_named_by_its_ipv6_address()
    {
        var request = new SentinelRequest(_sentinel.Master, _sentinel.Master.Link, RequestKind.Info, ["INFO"]);

        _sentinel.Core.OnReply(_sentinel.Clock, request, SentinelReply.Bulk("slave0:ip=2001:DB8::7,port=6379,state=online\r\n"));

        Assert.Equal("2001:db8::7:6379", _sentinel.Master.Replicas.Values.Last().Name);
    }
}
