using System.Net;
using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Shards;

/// <summary>A shard whose master is named by sentinels.</summary>
public class SentinelTests
{
    private readonly FakeSentinel[] _sentinels = new FakeSentinel[3];
    private readonly TestGateway _gateway;

    public SentinelTests()
    {
        _gateway = TestGateway.WithNodes(
            options => options with
            {
                Shards = [options.Shards[0] with { MasterName = "orders", Servers = List(1, 2) }, .. options.Shards.Skip(1)],
            },
            prepare: gateway =>
            {
                for (int i = 0; i < 3; i++)
                {
                    _sentinels[i] = new FakeSentinel(gateway.Network, Sentinel(i + 1)) { Master = gateway.Shard("a").Address, Epoch = 1 };
                    _sentinels[i].Replicas.AddRange([gateway.Shard("a2").Address, gateway.Shard("a3").Address]);
                    _sentinels[i].Others.AddRange(Enumerable.Range(1, 3).Where(other => other != i + 1).Select(Sentinel));
                }
            });
        _gateway.Advance(50);
    }

    private FakeShard A => _gateway.Shard("a");

    private FakeShard A2 => _gateway.Shard("a2");

    [Fact]
    public void Requests_go_to_the_master_that_they_name_and_replicas_are_known()
    {
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Assert.Equal(["SET a:1 x"], A.Waiting);
        _gateway.Advance(1200);
        Assert.Equal(["10.0.1.3:6379", "10.0.1.4:6379"], _gateway.Server.Snapshot().Shards[0].Replicas.Order());
    }

    [Fact]
    public void A_switch_is_followed_at_once()
    {
        _gateway.Advance(100);
        TestClient client = _gateway.Connect();
        A2.Role!.Promote("h2");
        A.Role!.Follow(A2);
        foreach (FakeSentinel sentinel in _sentinels) sentinel.Switch(A2.Address, 2);
        _gateway.Advance(20);
        client.Send("SET a:1 x");
        Assert.Equal(["SET a:1 x"], A2.Waiting);
        Assert.Empty(A.Log);
    }

    [Fact]
    public void A_new_master_gets_nothing_before_it_says_that_it_is_one()
    {
        A.Kill();
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        foreach (FakeSentinel sentinel in _sentinels) sentinel.Switch(A2.Address, 2);
        _gateway.Advance(500);
        Assert.Empty(A2.Log);
        A2.Role!.Promote("h2");
        _gateway.Advance(100);
        Assert.Equal(["SET a:1 x"], A2.Waiting);
    }

    [Fact]
    public void One_that_lies_is_not_believed()
    {
        // It names a master of somebody else's, with an epoch that nobody has heard of.
        _sentinels[0].Switch(_gateway.Shard("b").Address, 1000);
        _gateway.Shard("b").Role = FakeRole.Master("other");
        _gateway.Advance(2500);
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Assert.Equal(["SET a:1 x"], A.Waiting);
        Assert.Empty(_gateway.Shard("b").Log);
    }

    [Fact]
    public void A_change_that_one_has_heard_of_counts_when_the_history_goes_on()
    {
        A.Kill();
        A2.Role!.Promote("h2");
        _sentinels[1].Switch(A2.Address, 2);
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        _gateway.Advance(100);
        Assert.Equal(["SET a:1 x"], A2.Waiting);
    }

    [Fact]
    public void A_stale_master_gets_nothing_once_the_newer_epoch_is_known()
    {
        A.Kill();
        A2.Role!.Promote("h2");
        foreach (FakeSentinel sentinel in _sentinels) sentinel.Switch(A2.Address, 2);
        _gateway.Advance(200);
        A2.Kill();
        A.Restart();
        _sentinels[2].Master = A.Address;
        _sentinels[2].Epoch = 1;
        _sentinels[0].Kill();
        _sentinels[1].Kill();
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        _gateway.Advance(4000);
        Assert.Empty(A.Log);
    }

    [Fact]
    public void Lost_sentinels_are_replaced_by_those_that_they_named()
    {
        _gateway.Advance(1200);
        Assert.True(_sentinels[2].Asked > 0);
        _sentinels[0].Kill();
        _sentinels[1].Kill();
        A.Kill();
        A2.Role!.Promote("h2");
        _sentinels[2].Switch(A2.Address, 2);
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        _gateway.Advance(300);
        Assert.Equal(["SET a:1 x"], A2.Waiting);
    }

    [Fact]
    public void Without_any_sentinel_the_master_is_served_by_as_long_as_it_says_that_it_is_one()
    {
        _gateway.Advance(1200);
        foreach (FakeSentinel sentinel in _sentinels) sentinel.Kill();
        _gateway.Advance(3000);
        TestClient client = _gateway.Connect();
        client.Send("SET a:1 x");
        Assert.Equal(["SET a:1 x"], A.Waiting);
    }

    [Fact]
    public void Sentinels_that_cannot_be_reached_are_named_in_the_error()
    {
        var gateway = TestGateway.WithNodes(options => options with
        {
            Shards = [options.Shards[0] with { MasterName = "orders", Servers = List(7) }, .. options.Shards.Skip(1)],
        });
        TestClient client = gateway.Connect();
        client.Send("SET a:1 x");
        gateway.Advance(5100);
        client.Received("-TRYAGAIN shard 'a' has no master (sentinel 10.0.9.7:26379: connection refused); not executed\r\n");
    }

    private static IPEndPoint Sentinel(int number) => new(IPAddress.Parse($"10.0.9.{number}"), 26379);

    private static ServerList List(params int[] numbers) => new(numbers.Select(number => new ServerAddress(Sentinel(number), Sentinel(number).ToString())));
}
