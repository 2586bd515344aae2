using Keyway.Gateway.Tests.Harness;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Scanning;

public class ScanTests
{
    private static readonly string[] Keys = ["k1", "k2", "k3", "k4", "k5"];

    [Fact]
    public void A_walk_visits_one_shard_after_the_other_and_sees_every_key_once()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b", "c");
        WalkedShard[] shards = [.. new[] { "a", "b", "c" }.Select(name => new WalkedShard(gateway.Shard(name), [.. Keys.Select(key => name + key)]))];
        var walk = new Walk(gateway.Connect());
        walk.Finish();
        Assert.Equal(["ak1", "ak2", "ak3", "ak4", "ak5", "bk1", "bk2", "bk3", "bk4", "bk5", "ck1", "ck2", "ck3", "ck4", "ck5"], walk.Seen.Order());
        Assert.Equal(9, walk.Steps);
        Assert.All(shards, shard => Assert.Equal(1, shard.Infos));
    }

    [Fact]
    public void Options_go_as_they_came_with_the_shards_own_cursor()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        var shard = new WalkedShard(gateway.Shard("a"), Keys);
        TestClient client = gateway.Connect();
        var walk = new Walk(client);
        walk.Step(" MATCH a* COUNT 7 TYPE string");
        walk.Step(" match b*");
        Assert.Equal(["SCAN 0 MATCH a* COUNT 7 TYPE string", "SCAN 2 match b*"], shard.Scans);
    }

    [Fact]
    public void Words_that_a_shard_refuses_are_refused_in_its_words()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        _ = new WalkedShard(gateway.Shard("a"));
        _ = new WalkedShard(gateway.Shard("b"));
        TestClient client = gateway.Connect();
        foreach (string name in new[] { "a", "b" })
        {
            Func<string, string?> answer = gateway.Shard(name).Answer!;
            gateway.Shard(name).Answer = request => request.StartsWith("SCAN", StringComparison.Ordinal) ? "-ERR syntax error\r\n" : answer(request);
        }
        Assert.Equal("-ERR syntax error\r\n", client.Ask("SCAN 0 FOO"));
        Assert.Equal("-ERR invalid cursor\r\n", client.Ask("SCAN x"));
        Assert.Equal("-ERR invalid cursor\r\n", client.Ask("SCAN 18446744073709551616"));
        Assert.Equal("-ERR wrong number of arguments for 'scan' command\r\n", client.Ask("SCAN"));
    }

    [Fact]
    public void A_shard_that_is_down_is_an_error_and_the_walk_goes_on_when_it_is_back()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        _ = new WalkedShard(gateway.Shard("a"), "x1", "x2", "x3");
        _ = new WalkedShard(gateway.Shard("b"), "y1", "y2", "y3");
        TestClient client = gateway.Connect();
        var walk = new Walk(client);
        walk.Step();
        string first = walk.Seen[0][0] == 'x' ? "a" : "b";
        gateway.Shard(first).Kill();
        gateway.Advance(20);
        Assert.Equal($"-TRYAGAIN shard '{first}' has no master (connection refused); not executed\r\n", client.Ask($"SCAN {walk.Cursor}"));
        gateway.Shard(first).Restart();
        gateway.Advance(200);
        walk.Finish();
        Assert.Equal(["x1", "x2", "x3", "y1", "y2", "y3"], walk.Seen.Distinct().Order());
    }

    [Fact]
    public void Another_process_in_a_shards_place_begins_its_walk_anew()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        var shard = new WalkedShard(gateway.Shard("a"), "ab1", "bc9", "cd5", "de3", "ef7", "fg0");
        TestClient client = gateway.Connect();
        var walk = new Walk(client);
        walk.Step();
        gateway.Shard("a").Kill();
        gateway.Advance(20);
        shard.RunId = new string('2', 40);
        gateway.Shard("a").Restart();
        gateway.Advance(200);
        walk.Finish();
        Assert.Equal(["ab1", "bc9", "cd5", "de3", "ef7", "fg0"], walk.Seen.Distinct().Order());
        Assert.Equal(2, shard.Scans.Count(scan => scan == "SCAN 0"));
    }

    [Fact]
    public void Another_connection_and_another_loop_go_on_where_the_first_one_stopped()
    {
        TestGateway gateway = TestGateway.With(["a", "b"], loops: 2);
        var a = new WalkedShard(gateway.Shard("a"), Keys);
        var b = new WalkedShard(gateway.Shard("b"), "z1", "z2", "z3");
        TestClient[] clients = [gateway.Connect(), gateway.Connect(), gateway.Connect()];
        var walk = new Walk(clients[0]);
        for (int i = 0; !walk.IsDone; i++) walk.Step(other: clients[i % 3]);
        Assert.Equal([.. Keys, "z1", "z2", "z3"], walk.Seen.Order());
        Assert.Equal(5, walk.Steps);
        Assert.Equal(5, a.Scans.Count() + b.Scans.Count());
    }

    [Theory]
    [InlineData("a", "b", "c")]
    [InlineData("b", "c")]
    [InlineData("a", "x", "c")]
    [InlineData("c", "y", "z")]
    public void A_map_that_changes_in_mid_walk_loses_no_key_that_stays(params string[] after)
    {
        for (int before = 1; before < 8; before++)
        {
            // Shards that are renamed are the same servers: what they hold is there all the time.
            TestGateway gateway = TestGateway.WithShards("a", "b", "c");
            foreach (string name in new[] { "a", "b", "c" }) _ = new WalkedShard(gateway.Shard(name), [.. Keys.Select(key => name + key)]);
            var walk = new Walk(gateway.Connect());
            for (int i = 0; i < before; i++) walk.Step();
            string[] servers = after.Length == 2 ? ["b", "c"] : ["a", "b", "c"];
            Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(Renamed(gateway, servers, after))));
            walk.Finish();
            Assert.Subset(walk.Seen.ToHashSet(), servers.SelectMany(name => Keys.Select(key => name + key)).ToHashSet());
        }
    }

    [Fact]
    public void A_reload_that_leaves_the_shards_as_they_are_does_not_disturb_a_walk()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        _ = new WalkedShard(gateway.Shard("a"), Keys);
        _ = new WalkedShard(gateway.Shard("b"), "z1", "z2", "z3");
        var walk = new Walk(gateway.Connect());
        walk.Step();
        GatewayOptions next = gateway.OptionsFor("a", "b");
        Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(next with { Pools = [next.Pools[0] with { MaxClients = 17 }] })));
        walk.Finish();
        Assert.Equal([.. Keys, "z1", "z2", "z3"], walk.Seen.Order());
        Assert.Equal(5, walk.Steps);
    }

    [Fact]
    public void A_server_that_does_not_say_which_process_it_is_is_no_reason_to_lose_keys()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        var shard = new WalkedShard(gateway.Shard("a"), Keys) { InfoAnswer = "-NOPERM this user has no permissions to run the 'info' command\r\n" };
        TestClient client = gateway.Connect();
        Assert.Equal("-NOPERM shard 'a': this user has no permissions to run the 'info' command\r\n", client.Ask("SCAN 0"));
        shard.InfoAnswer = null;
        var walk = new Walk(client);
        walk.Finish();
        Assert.Equal(Keys, walk.Seen.Order());
    }

    [Fact]
    public void A_server_that_is_lost_while_it_is_asked_who_it_is_is_an_error()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("SCAN 0", "GET a:1");
        Assert.Equal(["INFO server"], gateway.Shard("a").Waiting);
        gateway.Shard("a").Kill();
        gateway.Advance(20);
        string replies = client.Take();
        Assert.StartsWith("-TRYAGAIN shard 'a' has no master", replies);
        Assert.Equal(2, replies.Split("-TRYAGAIN").Length - 1);
    }

    [Fact]
    public void A_cursor_from_elsewhere_begins_a_walk()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        var shard = new WalkedShard(gateway.Shard("a"), Keys);
        TestClient client = gateway.Connect();
        foreach (string cursor in new[] { "17", "9223372036854775807", "-1", "18446744073709551615", "+5" }) client.Ask($"SCAN {cursor}");
        Assert.All(shard.Scans, scan => Assert.Equal("SCAN 0", scan));
        Assert.Equal(5, shard.Scans.Count());
    }

    [Fact]
    public void What_is_no_answer_to_scan_is_told()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        _ = new WalkedShard(gateway.Shard("a"));
        Func<string, string?> answer = gateway.Shard("a").Answer!;
        TestClient client = gateway.Connect();
        gateway.Shard("a").Answer = request => request.StartsWith("SCAN", StringComparison.Ordinal) ? "*2\r\n$13\r\n8796093022208\r\n*0\r\n" : answer(request);
        Assert.Equal("-ERR shard 'a' walks through its keys with a cursor of more than 43 bits\r\n", client.Ask("SCAN 0"));
        foreach (string nonsense in new[] { ":1\r\n", "*2\r\n$1\r\nx\r\n*0\r\n", "*2\r\n*0\r\n$1\r\n0\r\n", "*1\r\n$1\r\n0\r\n" })
        {
            gateway.Shard("a").Answer = request => request.StartsWith("SCAN", StringComparison.Ordinal) ? nonsense : answer(request);
            Assert.Equal("-ERR shard 'a': unexpected kind of reply\r\n", client.Ask("SCAN 0"));
        }
    }

    // The servers as shards of these names.
    private static GatewayOptions Renamed(TestGateway gateway, string[] servers, string[] names)
    {
        GatewayOptions options = gateway.OptionsFor(servers);
        PartitionRule[] rules = [new() { Name = "rest", Line = 1, Placement = new Placement.Slots([.. names.Select((_, i) => new SlotRange(i * 5000, i == names.Length - 1 ? 16383 : ((i + 1) * 5000) - 1, i))]) }];
        return options with
        {
            Shards = [.. options.Shards.Select((shard, i) => shard with { Name = names[i] })],
            Pools = [options.Pools[0] with { Map = PartitionMap.Build(rules, names) }],
        };
    }
}
