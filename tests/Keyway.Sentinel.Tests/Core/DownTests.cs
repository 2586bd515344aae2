using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class DownTests
{
    [Fact]
    public void An_instance_that_is_silent_for_its_down_after_period_is_subjectively_down()
    {
        var sentinel = new TestSentinel(downAfterMs: 5000).Pass(1000);
        sentinel.MasterServer.IsSilent = true;

        sentinel.Pass(4800);
        Assert.False(sentinel.Master.IsSubjectivelyDown);
        sentinel.Pass(1500);

        Assert.Contains("+sdown master m1 10.0.0.1 6379", sentinel.Events);
    }

    [Fact]
    public void It_is_up_again_with_its_first_valid_answer()
    {
        var sentinel = new TestSentinel(downAfterMs: 1000).Pass(1000);
        sentinel.MasterServer.IsSilent = true;
        sentinel.PassUntil("+sdown");

        sentinel.MasterServer.IsSilent = false;
        sentinel.Pass(1000);

        Assert.Contains("-sdown master m1 10.0.0.1 6379", sentinel.Events);
        Assert.False(sentinel.Master.IsSubjectivelyDown);
    }

    [Fact]
    public void Replicas_and_sentinels_go_down_as_masters_do()
    {
        var sentinel = new TestSentinel(downAfterMs: 1000);
        TestServer replica = sentinel.AddReplica("10.0.0.2");
        TestServer peer = sentinel.AddSentinel("10.0.1.2");
        sentinel.Pass(1000);
        replica.IsSilent = peer.IsSilent = true;

        sentinel.Pass(2000);

        Assert.Contains("+sdown slave 10.0.0.2:6379 10.0.0.2 6379 @ m1 10.0.0.1 6379", sentinel.Events);
        Assert.Contains($"+sdown sentinel {peer.RunId} 10.0.1.2 26379 @ m1 10.0.0.1 6379", sentinel.Events);
    }

    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", false)]
    [InlineData("MASTERDOWN Link with MASTER is down", false)]
    [InlineData("BUSY Redis is busy running a script", true)]
    [InlineData("NOAUTH Authentication required.", true)]
    [InlineData("ERR whatever", true)]
    public void Only_servers_that_load_or_lack_their_master_may_answer_with_an_error(string error, bool down)
    {
        var sentinel = new TestSentinel(downAfterMs: 1000).Pass(1000);
        sentinel.MasterServer.Ping = SentinelReply.Error(error);

        sentinel.Pass(3000);

        Assert.Equal(down, sentinel.Master.IsSubjectivelyDown);
    }

    [Fact]
    public void A_busy_script_is_killed_once_when_its_server_is_down()
    {
        var sentinel = new TestSentinel(downAfterMs: 1000).Pass(1000);
        sentinel.MasterServer.Ping = SentinelReply.Error("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.");

        sentinel.Pass(8000);
        Assert.Equal(1, sentinel.SentTo(sentinel.MasterServer).Count(line => line == "SCRIPT KILL"));

        sentinel.MasterServer.Ping = SentinelReply.Status("PONG");
        sentinel.Pass(2000);
        Assert.False(sentinel.Master.Has(InstanceFlags.ScriptKillSent));
    }

    [Fact]
    public void A_server_that_refuses_connections_is_down_by_its_last_answer()
    {
        var sentinel = new TestSentinel(downAfterMs: 2000).Pass(1000);
        sentinel.MasterServer.RefusesConnections = true;
        sentinel.Core.OnLinkDown(sentinel.Clock, sentinel.Master.Link, LinkKind.Command);

        sentinel.Pass(3200);

        Assert.True(sentinel.Master.IsSubjectivelyDown);
    }

    [Fact]
    public void A_broken_pub_sub_link_makes_nobody_down()
    {
        var sentinel = new TestSentinel(downAfterMs: 200).Pass(1000);
        for (int i = 0; i < 20; i++)
        {
            sentinel.Core.OnLinkDown(sentinel.Clock, sentinel.Master.Link, LinkKind.PubSub);
            sentinel.Pass(100);
        }

        Assert.False(sentinel.Has("+sdown"));
    }

    [Fact]
    public void A_link_that_breaks_and_is_opened_again_makes_nobody_down()
    {
        var sentinel = new TestSentinel(downAfterMs: 1000).Pass(3000);

        sentinel.Core.OnLinkDown(sentinel.Clock, sentinel.Master.Link, LinkKind.Command);
        sentinel.Pass(3000);

        Assert.False(sentinel.Has("+sdown"));
    }

    [Fact]
    public void A_timer_that_was_late_itself_calls_nobody_down_before_the_answers_are_read()
    {
        var sentinel = new TestSentinel(downAfterMs: 1000).Pass(3000);
        sentinel.MasterServer.IsSilent = true;
        sentinel.Pass(600);

        sentinel.Stall(1500);
        sentinel.MasterServer.IsSilent = false;
        sentinel.Pass(3000);

        Assert.False(sentinel.Has("+sdown"));
        Assert.False(sentinel.Has("+tilt"));
    }

    [Fact]
    public void A_master_that_says_it_is_a_replica_is_down_after_two_infos_more_than_its_down_after_period()
    {
        var sentinel = new TestSentinel(downAfterMs: 5000);
        TestServer other = sentinel.AddReplica("10.0.0.2");
        sentinel.Pass(1000);
        sentinel.MasterServer.Master = other;
        sentinel.PassUntil("-role-change");

        sentinel.Pass(24_500);
        Assert.False(sentinel.Master.IsSubjectivelyDown);
        sentinel.Pass(1000);

        Assert.True(sentinel.Master.IsSubjectivelyDown);
    }

    [Fact]
    public void A_master_that_loads_too_long_after_a_reboot_is_down()
    {
        var sentinel = new TestSentinel(downAfterMs: 30_000).Pass(1000);
        sentinel.Master.RebootDownAfterMs = 3000;
        sentinel.MasterServer.RunId = Ids.Of("another", 1);
        sentinel.MasterServer.Ping = SentinelReply.Error("LOADING Redis is loading the dataset in memory");
        sentinel.PassUntil("+reboot");

        sentinel.Pass(2800);
        Assert.False(sentinel.Master.IsSubjectivelyDown);
        sentinel.Pass(500);
        Assert.True(sentinel.Master.IsSubjectivelyDown);

        sentinel.MasterServer.Ping = SentinelReply.Status("PONG");
        sentinel.Pass(1500);
        Assert.False(sentinel.Master.IsSubjectivelyDown);
    }

    [Fact]
    public void A_quorum_makes_a_master_objectively_down()
    {
        var sentinel = new TestSentinel(quorum: 2, downAfterMs: 1000);
        TestServer peer = sentinel.AddSentinel("10.0.1.2");
        sentinel.Pass(1000);
        sentinel.MasterServer.IsSilent = true;
        sentinel.Pass(5000);
        Assert.True(sentinel.Master.IsSubjectivelyDown);
        Assert.False(sentinel.Master.IsObjectivelyDown);

        peer.SaysMasterIsDown = true;
        sentinel.PassUntil("+odown");

        Assert.Contains("+odown master m1 10.0.0.1 6379 #quorum 2/2", sentinel.Events);
    }

    [Fact]
    public void It_is_no_longer_so_when_the_others_change_their_mind()
    {
        var sentinel = new TestSentinel(quorum: 2, downAfterMs: 1000);
        TestServer peer = sentinel.AddSentinel("10.0.1.2");
        peer.SaysMasterIsDown = true;
        sentinel.Pass(1000);
        sentinel.MasterServer.IsSilent = true;
        sentinel.PassUntil("+odown");

        peer.SaysMasterIsDown = false;

        sentinel.PassUntil("-odown", 2500);
        Assert.Contains("-odown master m1 10.0.0.1 6379", sentinel.Events);
    }

    [Fact]
    public void What_a_sentinel_said_is_forgotten_after_five_seconds()
    {
        var sentinel = new TestSentinel(quorum: 2, downAfterMs: 1000);
        TestServer peer = sentinel.AddSentinel("10.0.1.2");
        peer.SaysMasterIsDown = true;
        sentinel.Pass(1000);
        sentinel.MasterServer.IsSilent = true;
        sentinel.PassUntil("+odown");

        peer.IsSilent = true;
        sentinel.Pass(4000);
        Assert.True(sentinel.Peer(peer).Has(InstanceFlags.MasterDown));
        sentinel.Pass(2200);

        Assert.False(sentinel.Peer(peer).Has(InstanceFlags.MasterDown));
        Assert.Null(sentinel.Peer(peer).Leader);
    }

    [Fact]
    public void Others_are_asked_about_the_master_each_second_and_only_while_it_is_down()
    {
        var sentinel = new TestSentinel(quorum: 3, downAfterMs: 1000);
        TestServer peer = sentinel.AddSentinel("10.0.1.2");
        sentinel.Pass(5000);
        Assert.DoesNotContain(sentinel.SentTo(peer), line => line.StartsWith("SENTINEL", StringComparison.Ordinal));
        sentinel.MasterServer.IsSilent = true;
        sentinel.PassUntil("+sdown");

        sentinel.Pass(10_000);

        string[] asked = [.. sentinel.SentTo(peer).Where(line => line.StartsWith("SENTINEL", StringComparison.Ordinal))];
        Assert.InRange(asked.Length, 9, 11);
        Assert.All(asked, line => Assert.Equal("SENTINEL is-master-down-by-addr 10.0.0.1 6379 0 *", line));
    }
}
