using System.Net;
using System.Text;
using Keyway.Gateway.Tests.Harness;
using Keyway.Platform.Simulation;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Reload;

/// <summary>The map changes under traffic: what moves waits until its old owner has answered everything, the rest flows on.</summary>
public class ReloadTests
{
    private static readonly IPEndPoint Second = new(IPAddress.Parse("10.0.0.1"), 6380);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Keys_that_move_wait_for_their_old_owner_and_go_to_the_new_one(int loops)
    {
        TestGateway gateway = TestGateway.With(["a", "b"], loops: loops);
        TestClient[] early = [.. Enumerable.Range(0, loops).Select(_ => gateway.Connect())];
        foreach (TestClient client in early) client.Send("SET a:1 early");
        Task<string?> reload = gateway.Server.ReloadAsync(Moved(gateway, "a:", 1));
        UntilHolding(gateway);

        TestClient[] late = [.. Enumerable.Range(0, loops).Select(_ => gateway.Connect())];
        foreach (TestClient client in late) client.Send("SET a:1 late");
        Pump(gateway);
        Assert.False(reload.IsCompleted);
        Assert.Equal(loops, gateway.Shard("a").Waiting.Count);
        Assert.Empty(gateway.Shard("b").Log);

        for (int i = 0; i < loops; i++) gateway.Shard("a").Reply("+OK\r\n");
        Assert.Null(ReloadDriver.Finish(gateway, reload));
        Assert.Equal(loops, gateway.Shard("b").Waiting.Count);
        for (int i = 0; i < loops; i++) gateway.Shard("b").Reply("+OK\r\n");
        foreach (TestClient client in early.Concat(late)) client.Received("+OK\r\n");
        Assert.All(gateway.Shard("a").Log, line => Assert.Equal("SET a:1 early", line));
        Assert.All(gateway.Shard("b").Log, line => Assert.Equal("SET a:1 late", line));
    }

    [Fact]
    public void Keys_that_do_not_move_flow_on_meanwhile()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b", "c");
        gateway.Shard("b").Answer = gateway.Shard("c").Answer = request => request.StartsWith("MGET") ? "*1\r\n$1\r\nv\r\n" : "$1\r\nv\r\n";
        TestClient slow = gateway.Connect();
        slow.Send("GET a:1");
        Task<string?> reload = gateway.Server.ReloadAsync(Moved(gateway, "a:", 1));
        UntilHolding(gateway);
        TestClient other = gateway.Connect();
        Assert.Equal("$1\r\nv\r\n", other.Ask("GET b:1"));
        Assert.Equal("$1\r\nv\r\n", other.Ask("GET c:1"));
        Assert.Equal("*2\r\n$1\r\nv\r\n$1\r\nv\r\n", other.Ask("MGET b:1 c:1"));
        Assert.False(reload.IsCompleted);
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        Assert.Null(ReloadDriver.Finish(gateway, reload));
    }

    [Fact]
    public void A_request_of_several_keys_waits_when_any_of_them_moves()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        PartitionRule[] Rules(int ownerOfTwo) =>
        [
            new() { Name = "n:", Prefix = "n:"u8.ToArray(), Line = 1, Placement = new Placement.Number([new NumberRange(null, "1", 0), new NumberRange("2", null, ownerOfTwo)]) },
            new() { Name = "rest", Line = 2, Placement = new Placement.Slots([new SlotRange(0, 16383, 0)]) },
        ];
        Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(gateway.OptionsFor(Rules(0), "a", "b"))));
        TestClient slow = gateway.Connect();
        slow.Send("GET n:2");
        Task<string?> reload = gateway.Server.ReloadAsync(gateway.OptionsFor(Rules(1), "a", "b"));
        UntilHolding(gateway);
        TestClient first = gateway.Connect();
        TestClient second = gateway.Connect();
        first.Send("DEL n:1 n:2");
        second.Send("EXISTS n:1 n:0");
        Assert.Equal(["GET n:2", "EXISTS n:1 n:0"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("$-1\r\n", ":0\r\n");
        Assert.Null(ReloadDriver.Finish(gateway, reload));
        Assert.Equal(["DEL n:1"], gateway.Shard("a").Waiting);
        Assert.Equal(["DEL n:2"], gateway.Shard("b").Waiting);
    }

    [Fact]
    public void Late_replies_are_waited_for_too()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("SET a:1 x");
        gateway.Advance(2050);
        Assert.StartsWith("-UNCERTAIN shard 'a'", client.Take());
        Task<string?> reload = gateway.Server.ReloadAsync(Moved(gateway, "a:", 1));
        UntilHolding(gateway);
        Pump(gateway);
        Assert.False(reload.IsCompleted);
        gateway.Shard("a").Reply("+OK\r\n");
        Assert.Null(ReloadDriver.Finish(gateway, reload));
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], gateway.Shard("b").Waiting);
    }

    [Fact]
    public void A_shard_that_does_not_drain_refuses_the_reload_and_the_old_map_serves_on()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient slow = gateway.Connect();
        slow.Send("GET a:1", "GET a:2", "GET a:3");
        Task<string?> reload = gateway.Server.ReloadAsync(Moved(gateway, "a:", 1));
        UntilHolding(gateway);
        TestClient held = gateway.Connect();
        held.Send("GET a:4");
        for (int i = 0; i < 4; i++)
        {
            // Never silent for the two seconds that would be a time-out of its own.
            gateway.Shard("a").SendPart(i == 0 ? "$9\r\n" : "x");
            gateway.Advance(1500);
        }
        string? refusal = ReloadDriver.Finish(gateway, reload);
        Assert.Equal("requests to a were not answered within 5s; the old map is kept", refusal);
        Assert.Equal(["GET a:1", "GET a:2", "GET a:3", "GET a:4"], gateway.Shard("a").Waiting);
        Assert.Empty(gateway.Shard("b").Log);
        gateway.Shard("a").SendPart("123456\r\n");
        gateway.Shard("a").ForgetWaiting();
        gateway.Shard("a").Reply("$-1\r\n", "$-1\r\n", "$1\r\n4\r\n");
        slow.Received("$9\r\nxxx123456\r\n$-1\r\n$-1\r\n");
        held.Received("$1\r\n4\r\n");

        Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(Moved(gateway, "a:", 1))));
        held.Send("GET a:5");
        Assert.Equal(["GET a:5"], gateway.Shard("b").Waiting);
    }

    [Fact]
    public void Requests_that_never_left_do_not_hold_a_reload_up()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        SimulatedPeer link = gateway.Shard("a").Links[0];
        link.StopReading();
        TestClient[] clients = [.. Enumerable.Range(0, 4).Select(_ => gateway.Connect())];
        foreach (TestClient client in clients) client.SendRaw(TestClient.Encode("SET", "a:1", new string('x', 60_000)));
        Task<string?> reload = gateway.Server.ReloadAsync(Moved(gateway, "a:", 1));
        UntilHolding(gateway);
        gateway.Advance(2050);
        link.ResumeReading();
        gateway.Settle();
        while (gateway.Shard("a").Waiting.Count > 0) gateway.Shard("a").Reply("+OK\r\n");
        gateway.Advance(20);
        Assert.Null(ReloadDriver.Finish(gateway, reload));
    }

    [Fact]
    public void A_shard_that_stays_as_it_is_keeps_its_links()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b", "c");
        SimulatedPeer[] before = [.. gateway.Shard("c").Links];
        Assert.NotEmpty(before);
        Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(Moved(gateway, "a:", 1))));
        Assert.Equal(before, gateway.Shard("c").Links);
    }

    [Fact]
    public void A_shard_that_the_map_no_longer_names_loses_its_links_and_is_not_probed()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        gateway.Shard("b").Kill();
        gateway.Advance(100);
        GatewayOptions only = gateway.OptionsFor([new PartitionRule { Name = "rest", Line = 1, Placement = new Placement.Slots([new SlotRange(0, 16383, 0)]) }], "a");
        Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(only)));
        gateway.Shard("b").Restart();
        gateway.Advance(1000);
        Assert.Empty(gateway.Shard("b").Links);
        Assert.Single(gateway.Server.Loops[0].Backends);
        TestClient client = gateway.Connect();
        client.Send("GET b:1");
        Assert.Equal(["GET b:1"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void A_shard_at_another_address_is_drained_at_the_old_and_served_at_the_new_one()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        FakeShard moved = gateway.AddShard("moved");
        TestClient client = gateway.Connect();
        client.Send("SET a:1 x");
        GatewayOptions options = gateway.OptionsFor("a", "b");
        options = options with { Shards = [options.Shards[0] with { Address = moved.Address, AddressText = "moved" }, options.Shards[1]] };
        Task<string?> reload = gateway.Server.ReloadAsync(options);
        UntilHolding(gateway);
        TestClient late = gateway.Connect();
        late.Send("GET a:1");
        Assert.Empty(moved.Log);
        gateway.Shard("a").Reply("+OK\r\n");
        Assert.Null(ReloadDriver.Finish(gateway, reload));
        gateway.Settle();
        Assert.Equal(["GET a:1"], moved.Waiting);
        Assert.Empty(gateway.Shard("a").Links);
    }

    [Fact]
    public void Pools_come_and_go_with_their_listeners()
    {
        TestGateway gateway = TestGateway.With(["a", "b"], loops: 2);
        GatewayOptions options = gateway.OptionsFor("a", "b");
        PoolDefinition second = options.Pools[0] with { Name = "second", Listen = [Second] };
        Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(options with { Pools = [options.Pools[0], second] })));
        var client = new TestClient(gateway, gateway.Network.Connect(Second));
        gateway.Settle();
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
        client.Send("GET a:1");

        Task<string?> reload = gateway.Server.ReloadAsync(options);
        UntilHolding(gateway);
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        Assert.Null(ReloadDriver.Finish(gateway, reload));
        gateway.Settle();
        Assert.Equal("$1\r\n1\r\n", client.Take());
        Assert.True(client.IsClosed);
        SimulatedPeer refused = gateway.Network.Connect(Second);
        gateway.Settle();
        Assert.True(refused.IsClosed);
        Assert.Equal("+PONG\r\n", gateway.Connect().Ask("PING"));
    }

    [Fact]
    public void A_listener_that_moves_is_bound_before_the_old_one_is_let_go()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        GatewayOptions options = gateway.OptionsFor("a");
        TestClient old = gateway.Connect();
        Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(options with { Pools = [options.Pools[0] with { Listen = [Second] }] })));
        gateway.Settle();
        Assert.Equal("+PONG\r\n", old.Ask("PING"));
        SimulatedPeer refused = gateway.Network.Connect(TestGateway.Address);
        gateway.Settle();
        Assert.True(refused.IsClosed);
        var fresh = new TestClient(gateway, gateway.Network.Connect(Second));
        gateway.Settle();
        Assert.Equal("+PONG\r\n", fresh.Ask("PING"));
    }

    [Fact]
    public void An_address_that_is_taken_refuses_the_reload_and_nothing_changes()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        using SimulatedServer taken = gateway.Network.Listen(Second);
        GatewayOptions options = Moved(gateway, "a:", 1);
        string? refusal = ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(options with { Pools = [options.Pools[0] with { Listen = [TestGateway.Address, Second] }] }));
        Assert.Contains("6380", refusal);
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void A_second_reload_is_refused_while_the_first_is_under_way()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        Task<string?> first = gateway.Server.ReloadAsync(Moved(gateway, "a:", 1));
        UntilHolding(gateway);
        Assert.Equal("another reload is under way", ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(Moved(gateway, "b:", 0))));
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        Assert.Null(ReloadDriver.Finish(gateway, first));
    }

    [Fact]
    public void A_large_request_under_way_is_drained_and_one_that_moves_waits()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        string value = new('v', 200_000);
        string set = TestClient.Encode("SET", "a:big", value);
        TestClient streaming = gateway.Connect();
        streaming.SendRaw(set[..150_000]);
        Task<string?> reload = gateway.Server.ReloadAsync(Moved(gateway, "a:", 1));
        UntilHolding(gateway);
        TestClient late = gateway.Connect();
        int sent = late.TrySendRaw(set);
        Assert.Empty(gateway.Shard("b").Log);
        streaming.SendRaw(set[150_000..]);
        Assert.Equal(["SET a:big <200000 bytes>"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Reply("+OK\r\n");
        Assert.Null(ReloadDriver.Finish(gateway, reload));
        streaming.Received("+OK\r\n");
        late.SendRaw(set[sent..]);
        Assert.Equal(["SET a:big <200000 bytes>"], gateway.Shard("b").Waiting);
        gateway.Shard("b").Reply("+OK\r\n");
        late.Received("+OK\r\n");
    }

    [Fact]
    public void Counters_live_on()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        for (int i = 0; i < 5; i++) client.Ask("PING");
        Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(Moved(gateway, "a:", 1))));
        client.Ask("PING");
        Assert.Equal(6, gateway.Server.Snapshot().Pools[0].Commands.Single(command => command.Name == "ping").Counters.Ok);
        Assert.Equal(1, gateway.Server.Snapshot().Pools[0].Clients);
    }

    // The shards' own prefixes as the harness gives them, but one of them elsewhere.
    private static GatewayOptions Moved(TestGateway gateway, string prefix, int shard)
    {
        string[] names = [.. gateway.Server.Options.Shards.Select(definition => definition.Name)];
        GatewayOptions options = gateway.OptionsFor(names);
        PartitionRule[] rules = [.. options.Pools[0].Map.Rules.Select(rule => Encoding.ASCII.GetString(rule.Prefix) == prefix ? rule with { Placement = new Placement.Single(shard) } : rule)];
        return gateway.OptionsFor(rules, names);
    }

    private static void UntilHolding(TestGateway gateway) => ReloadDriver.Until(gateway, () => gateway.Server.Loops.All(loop => loop.IsHolding));

    private static void Pump(TestGateway gateway)
    {
        for (int i = 0; i < 20; i++)
        {
            gateway.Settle();
            Thread.Yield();
        }
    }

    [Fact]
    public void A_client_that_waits_for_a_key_that_moves_is_told_and_one_whose_key_stays_waits_on()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient moved = gateway.Connect();
        TestClient kept = gateway.Connect();
        moved.Send("BLPOP a:q 0");
        kept.Send("BLPOP b:q 0");
        Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(Moved(gateway, "a:", 1))));
        moved.Received("-UNCERTAIN shard 'a' gave no reply (a reload moves its key); may have been executed\r\n");
        kept.ReceivedNothing();
        moved.Send("BLPOP a:q 0");
        Assert.Equal(["BLPOP b:q 0", "BLPOP a:q 0"], gateway.Shard("b").Waiting);
    }

    [Fact]
    public void An_address_that_another_pool_takes_over_brings_its_new_clients_there()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient early = gateway.Connect();
        GatewayOptions options = gateway.Server.Options;
        PoolDefinition pool = options.Pools[0];
        var all = new PartitionRule { Name = "rest", Placement = new Placement.Single(1) };
        Task<string?> reload = gateway.Server.ReloadAsync(options with
        {
            Pools = [pool with { Listen = [Second] }, pool with { Name = "other", Map = PartitionMap.Build([all], ["a", "b"]) }],
        });
        Assert.Null(ReloadDriver.Finish(gateway, reload));
        TestClient late = gateway.Connect();
        late.Send("GET a:1");
        early.Send("GET a:2");
        Assert.Equal(["GET a:1"], gateway.Shard("b").Waiting);
        Assert.Equal(["GET a:2"], gateway.Shard("a").Waiting);
    }
}
