using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class LinkTests
{
    [Fact]
    public void A_master_gets_a_command_link_and_a_pub_sub_link_and_a_sentinel_a_command_link_only()
    {
        var sentinel = new TestSentinel();
        sentinel.AddSentinel("10.0.1.2");

        sentinel.Pass(50);

        Assert.Equal(["open Command 10.0.0.1:6379", "open PubSub 10.0.0.1:6379", "open Command 10.0.1.2:26379"], sentinel.Links);
    }

    [Fact]
    public void A_new_link_begins_with_a_ping_and_an_info()
    {
        var sentinel = new TestSentinel();

        sentinel.Pass(50);

        Assert.Equal(["PING", "INFO"], sentinel.SentTo(sentinel.MasterServer).Take(2));
    }

    [Fact]
    public void A_refused_connection_is_tried_again_once_in_a_ping_period()
    {
        var sentinel = new TestSentinel();
        sentinel.MasterServer.RefusesConnections = true;

        sentinel.Pass(10_000);

        Assert.InRange(sentinel.Links.Count(link => link == "open Command 10.0.0.1:6379"), 9, 11);
    }

    [Fact]
    public void Pings_are_a_second_apart_and_infos_ten()
    {
        var sentinel = new TestSentinel(downAfterMs: 30_000);

        sentinel.Pass(60_000);

        string[] sent = sentinel.SentTo(sentinel.MasterServer);
        Assert.InRange(sent.Count(line => line == "PING"), 52, 60);
        Assert.InRange(sent.Count(line => line == "INFO"), 6, 7);
    }

    [Fact]
    public void A_shorter_down_after_period_is_pinged_twice_in()
    {
        var sentinel = new TestSentinel(downAfterMs: 500);

        sentinel.Pass(10_000);

        Assert.InRange(sentinel.SentTo(sentinel.MasterServer).Count(line => line == "PING"), 28, 40);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_pinged_again_after_half_a_period_and_asked_for_info_once()
    {
        var sentinel = new TestSentinel(downAfterMs: 30_000).Pass(100);
        sentinel.MasterServer.IsSilent = true;
        sentinel.Sent.Clear();

        sentinel.Pass(13_000);

        string[] sent = sentinel.SentTo(sentinel.MasterServer);
        Assert.InRange(sent.Count(line => line == "PING"), 20, 25);
        Assert.Equal(1, sent.Count(line => line == "INFO"));
        Assert.Equal(1, sent.Count(line => line.StartsWith("PUBLISH", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_link_without_replies_takes_a_hundred_commands_and_no_more()
    {
        var sentinel = new TestSentinel(downAfterMs: 10_000_000);
        sentinel.MasterServer.IsSilent = true;

        sentinel.Pass(200_000);

        Assert.Equal(SentinelConstants.MaxPendingCommands, sentinel.Master.Link.PendingCommands);
    }

    [Fact]
    public void Hellos_go_to_masters_replicas_and_sentinels_every_two_seconds()
    {
        var sentinel = new TestSentinel();
        TestServer replica = sentinel.AddReplica("10.0.0.2");
        TestServer peer = sentinel.AddSentinel("10.0.1.2");
        sentinel.Pass(500);
        sentinel.Sent.Clear();

        sentinel.Pass(20_000);

        foreach (TestServer server in (TestServer[])[sentinel.MasterServer, replica, peer])
        {
            string[] hellos = [.. sentinel.SentTo(server).Where(line => line.StartsWith("PUBLISH", StringComparison.Ordinal))];
            Assert.InRange(hellos.Length, 8, 10);
            Assert.Equal($"PUBLISH __sentinel__:hello 10.0.9.9,26379,{Ids.Mine},0,m1,10.0.0.1,6379,0", hellos[0]);
        }
    }

    [Fact]
    public void An_announced_address_takes_the_place_of_our_end_of_the_link()
    {
        var sentinel = new TestSentinel();
        sentinel.Core.State.AnnounceIp = "192.0.2.7";
        sentinel.Core.State.AnnouncePort = 7;

        sentinel.Pass(3000);

        Assert.Contains(sentinel.Sent, line => line.Contains(" 192.0.2.7,7,", StringComparison.Ordinal));
    }

    [Fact]
    public void A_replica_of_a_master_that_is_down_is_asked_for_info_every_second()
    {
        var sentinel = new TestSentinel(quorum: 1, failoverTimeoutMs: 100_000);
        TestServer replica = sentinel.AddReplica("10.0.0.2");
        replica.Priority = 0;
        sentinel.Pass(500);
        sentinel.MasterServer.IsSilent = true;
        sentinel.PassUntil("+odown");
        sentinel.Sent.Clear();

        sentinel.Pass(10_000);

        Assert.InRange(sentinel.SentTo(replica).Count(line => line == "INFO"), 8, 10);
    }

    [Fact]
    public void A_replica_whose_link_to_its_master_is_down_is_asked_every_second()
    {
        var sentinel = new TestSentinel();
        TestServer replica = sentinel.AddReplica("10.0.0.2");
        replica.LinkUp = false;
        replica.LinkDownSeconds = 3;
        sentinel.Pass(500);
        sentinel.Sent.Clear();

        sentinel.Pass(10_000);

        Assert.InRange(sentinel.SentTo(replica).Count(line => line == "INFO"), 8, 10);
    }

    [Fact]
    public void A_command_link_that_is_silent_for_half_the_down_after_period_is_opened_anew_once_it_is_old_enough()
    {
        var sentinel = new TestSentinel(downAfterMs: 60_000).Pass(16_000);
        sentinel.MasterServer.IsSilent = true;
        sentinel.Links.Clear();

        sentinel.Pass(29_000);
        Assert.Empty(sentinel.Links);
        sentinel.Pass(4000);

        Assert.Equal(["close Command", "open Command 10.0.0.1:6379"], sentinel.Links);
    }

    [Fact]
    public void A_young_link_is_given_its_time()
    {
        var sentinel = new TestSentinel(downAfterMs: 1000).Pass(100);
        sentinel.MasterServer.IsSilent = true;

        sentinel.Pass(14_000);

        Assert.DoesNotContain("close Command", sentinel.Links);
    }

    [Fact]
    public void Renamed_commands_are_called_by_their_names()
    {
        var sentinel = new TestSentinel();
        sentinel.Master.RenamedCommands["info"] = "stats";

        sentinel.Pass(50);

        Assert.Equal(["PING", "stats"], sentinel.SentTo(sentinel.MasterServer).Take(2));
    }

    [Fact]
    public void Masters_share_the_link_to_a_sentinel_that_watches_both()
    {
        var sentinel = new TestSentinel();
        TestServer peer = sentinel.AddSentinel("10.0.1.2");
        MonitoredMaster other = sentinel.Core.Monitor(sentinel.Clock, "m2", TestSentinel.Resolve(sentinel.Add("10.0.0.9")), 2)!;
        sentinel.Core.OnHello(sentinel.Clock, $"10.0.1.2,26379,{peer.RunId},0,m2,10.0.0.9,6379,0");

        sentinel.Pass(2500);

        Assert.Same(sentinel.Peer(peer).Link, other.Sentinels[peer.RunId].Link);
        Assert.Equal(1, sentinel.Links.Count(link => link == "open Command 10.0.1.2:26379"));

        sentinel.Core.Remove(sentinel.Clock, other);
        Assert.DoesNotContain("close Command", sentinel.Links.Skip(sentinel.Links.Count - 2).Where(_ => sentinel.Peer(peer).Link.Disconnected));
        Assert.True(sentinel.Peer(peer).Link.CommandOpen);
    }

    [Fact]
    public void Replies_of_a_link_that_is_gone_mean_nothing()
    {
        var sentinel = new TestSentinel().Pass(50);
        InstanceLink link = sentinel.Master.Link;
        var old = new SentinelRequest(sentinel.Master, link, RequestKind.Info, ["INFO"]);
        sentinel.Core.OnLinkDown(sentinel.Clock, link, LinkKind.Command);
        sentinel.Pass(2000);

        sentinel.Core.OnReply(sentinel.Clock, old, SentinelReply.Bulk("role:slave\r\n"));

        Assert.Equal(InstanceKind.Master, sentinel.Master.RoleReported);
        Assert.True(link.PendingCommands >= 0);
    }
}
