using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class HelloTests
{
    private readonly TestSentinel _sentinel = new();

    [Fact]
    public void A_sentinel_that_says_hello_is_watched_and_saved()
    {
        TestServer peer = _sentinel.AddSentinel("10.0.1.2");

        Assert.Contains($"+sentinel sentinel {peer.RunId} 10.0.1.2 26379 @ m1 10.0.0.1 6379", _sentinel.Events);
        Assert.Equal([new SavedPeer(peer.RunId, TestSentinel.Resolve(peer))], _sentinel.Saved[^1].Masters[0].Sentinels);
    }

    [Fact]
    public void Our_own_hellos_and_those_of_unknown_masters_are_nothing_to_us()
    {
        _sentinel.Core.OnHello(_sentinel.Clock, $"10.0.1.1,26379,{Ids.Mine},9,m1,10.0.0.7,6379,9");
        _sentinel.Core.OnHello(_sentinel.Clock, $"10.0.1.2,26379,{Ids.Of("x", 1)},9,m2,10.0.0.7,6379,9");

        Assert.Equal(["+monitor"], _sentinel.EventTypes());
        Assert.Equal(0, _sentinel.Core.State.CurrentEpoch);
    }

    [Fact]
    public void A_later_epoch_is_adopted_and_saved()
    {
        TestServer peer = _sentinel.AddSentinel("10.0.1.2");

        _sentinel.Hello(peer, currentEpoch: 7);
        _sentinel.Hello(peer, currentEpoch: 3);

        Assert.Equal(7, _sentinel.Core.State.CurrentEpoch);
        Assert.Equal(7, _sentinel.Saved[^1].CurrentEpoch);
        Assert.Equal("+new-epoch 7", _sentinel.Events[^1]);
    }

    [Fact]
    public void A_later_configuration_is_adopted()
    {
        TestServer replica = _sentinel.AddReplica("10.0.0.2");
        TestServer peer = _sentinel.AddSentinel("10.0.1.2");
        _sentinel.Master.ClientReconfigScript = "/bin/reconfigure";
        _sentinel.Pass(500);
        int from = _sentinel.Events.Count;

        _sentinel.Hello(peer, currentEpoch: 5, master: replica, configEpoch: 5);

        Assert.Equal(
        [
            "+new-epoch 5",
            $"+config-update-from sentinel {peer.RunId} 10.0.1.2 26379 @ m1 10.0.0.1 6379",
            "+switch-master m1 10.0.0.1 6379 10.0.0.2 6379",
            "+slave slave 10.0.0.1:6379 10.0.0.1 6379 @ m1 10.0.0.2 6379",
        ], _sentinel.Events.Skip(from));
        SavedMaster saved = _sentinel.Saved[^1].Masters[0];
        Assert.Equal((TestSentinel.Resolve(replica), 5L), (saved.Address, saved.ConfigEpoch));
        Assert.Contains(peer.RunId, _sentinel.Master.Sentinels.Keys);
        Assert.Equal("/bin/reconfigure m1 observer start 10.0.0.1 6379 10.0.0.2 6379", Assert.Single(_sentinel.Scripts));
    }

    [Fact]
    public void An_older_or_equal_configuration_changes_nothing()
    {
        TestServer replica = _sentinel.AddReplica("10.0.0.2");
        TestServer peer = _sentinel.AddSentinel("10.0.1.2");
        _sentinel.Hello(peer, currentEpoch: 5, configEpoch: 5);

        _sentinel.Hello(peer, currentEpoch: 5, master: replica, configEpoch: 5);
        _sentinel.Hello(peer, currentEpoch: 5, master: replica, configEpoch: 4);

        Assert.Equal(TestSentinel.Resolve(_sentinel.MasterServer), _sentinel.Master.Address);
        Assert.Equal(5, _sentinel.Master.ConfigEpoch);
    }

    [Fact]
    public void A_sentinel_that_moved_is_followed_for_every_master()
    {
        TestServer peer = _sentinel.AddSentinel("10.0.1.2");
        MonitoredMaster other = _sentinel.Core.Monitor(_sentinel.Clock, "m2", TestSentinel.Resolve(_sentinel.Add("10.0.0.9")), 2)!;
        _sentinel.Core.OnHello(_sentinel.Clock, $"10.0.1.2,26379,{peer.RunId},0,m2,10.0.0.9,6379,0");
        _sentinel.Pass(500);
        TestServer moved = _sentinel.Add("10.0.1.7", 26379);
        moved.RunId = peer.RunId;

        _sentinel.Hello(moved);
        _sentinel.Pass(1500);

        Assert.Contains(
            $"+sentinel-address-switch master m1 10.0.0.1 6379 ip 10.0.1.7 port 26379 for {peer.RunId}", _sentinel.Events);
        Assert.Contains(
            $"+sentinel-address-update sentinel {peer.RunId} 10.0.1.7 26379 @ m1 10.0.0.1 6379 1 additional matching instances", _sentinel.Events);
        Assert.Equal("10.0.1.7", other.Sentinels[peer.RunId].Address.Ip);
        Assert.Equal("open Command 10.0.1.7:26379", _sentinel.Links[^1]);
    }

    [Fact]
    public void A_new_id_at_an_address_replaces_the_former_one_for_every_master()
    {
        TestServer peer = _sentinel.AddSentinel("10.0.1.2");
        MonitoredMaster other = _sentinel.Core.Monitor(_sentinel.Clock, "m2", TestSentinel.Resolve(_sentinel.Add("10.0.0.9")), 2)!;
        _sentinel.Core.OnHello(_sentinel.Clock, $"10.0.1.2,26379,{peer.RunId},0,m2,10.0.0.9,6379,0");
        string former = peer.RunId;
        peer.RunId = Ids.Of("fresh", 3);

        _sentinel.Hello(peer);

        Assert.Contains($"+sentinel-invalid-addr sentinel {former} 10.0.1.2 26379 @ m1 10.0.0.1 6379", _sentinel.Events);
        Assert.Equal([peer.RunId], _sentinel.Master.Sentinels.Keys);
        Assert.Empty(other.Sentinels);
    }

    [Fact]
    public void A_hello_on_the_channel_counts_as_one_that_was_sent_to_us()
    {
        _sentinel.Pass(100);
        TestServer peer = _sentinel.Add("10.0.1.2", 26379);

        _sentinel.Core.OnPubSub(_sentinel.Clock, _sentinel.Master.Link, $"10.0.1.2,26379,{peer.RunId},0,m1,10.0.0.1,6379,0");

        Assert.Contains(peer.RunId, _sentinel.Master.Sentinels.Keys);
    }

    [Fact]
    public void A_refused_hello_is_said_again_at_once()
    {
        _sentinel.Pass(3000);
        MonitoredMaster master = _sentinel.Master;
        long published = master.LastPublish;
        var request = new SentinelRequest(master, master.Link, RequestKind.Publish, ["PUBLISH"]);

        _sentinel.Core.OnReply(_sentinel.Clock, request, SentinelReply.Error("NOPERM"));

        Assert.Equal(published, master.LastPublish);
    }

    [Fact]
    public void An_epoch_that_leaves_none_after_it_starts_no_failover()
    {
        var sentinel = new TestSentinel(quorum: 1, downAfterMs: 1000);
        TestServer peer = sentinel.AddSentinel("10.0.1.2");
        sentinel.Hello(peer, currentEpoch: long.MaxValue);
        sentinel.MasterServer.IsSilent = true;

        sentinel.PassUntil("+odown");
        sentinel.Pass(3000);

        Assert.False(sentinel.Has("+try-failover"));
    }
}
