using Keyway.Gateway.Tests.Harness;
using Keyway.Gateway.Users;
using Keyway.Topology;

namespace Keyway.Gateway.Tests;

/// <summary>A database or a user whose keys live on one shard, or by other rules, beside others that are spread.</summary>
public class RoutingUnitTests
{
    [Fact]
    public void The_keys_of_a_database_live_where_it_says()
    {
        TestGateway gateway = Bound();
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "SELECT 3", "GET a:2", "SUNION x y", "SELECT 0", "GET a:3");
        Assert.Equal(["GET a:1", "GET a:3"], gateway.Shard("a").Waiting);
        Assert.Equal(["GET a:2", "SUNION x y"], gateway.Shard("b").Waiting);
        Assert.Equal(["SELECT 3"], gateway.Shard("b").Handshakes.Where(word => word.StartsWith("SELECT", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_keys_of_a_user_live_where_it_says_in_every_database()
    {
        TestGateway gateway = Bound();
        TestClient client = gateway.Connect();
        Assert.Equal("+OK\r\n", client.Ask("AUTH job x"));
        gateway.Shard("c").Answer = _ => "$-1\r\n";
        client.Send("GET a:1", "SELECT 3", "GET a:2", "SELECT 1", "GET b:3");
        Assert.Equal(["GET a:1", "GET a:2", "GET b:3"], gateway.Shard("c").Log);
    }

    [Fact]
    public void Reset_leads_back_to_the_pools_rules()
    {
        TestGateway gateway = Bound();
        TestClient client = gateway.Connect();
        client.Send("SELECT 3", "RESET", "GET a:1");
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void Commands_about_everything_ask_the_shards_of_the_database_and_flushall_those_of_all()
    {
        TestGateway gateway = Bound();
        foreach (string name in new[] { "a", "b", "c", "d" }) gateway.Shard(name).Answer = request => request.StartsWith("FLUSH", StringComparison.Ordinal) ? "+OK\r\n" : ":7\r\n";
        TestClient client = gateway.Connect();
        Assert.Equal(":14\r\n", client.Ask("DBSIZE"));
        client.Ask("SELECT 3");
        Assert.Equal(":7\r\n", client.Ask("DBSIZE"));
        Assert.Equal("+OK\r\n", client.Ask("FLUSHDB"));
        Assert.Equal(["DBSIZE"], gateway.Shard("a").Log);
        Assert.Equal("+OK\r\n", client.Ask("FLUSHALL"));
        Assert.Equal(["DBSIZE", "FLUSHALL"], gateway.Shard("a").Log);
        Assert.Equal(["DBSIZE", "DBSIZE", "FLUSHDB", "FLUSHALL"], gateway.Shard("b").Log);
        Assert.Equal(["FLUSHALL"], gateway.Shard("d").Log);
        Assert.Empty(gateway.Shard("c").Log);
        client.Ask("AUTH job x");
        Assert.Equal("+OK\r\n", client.Ask("FLUSHALL"));
        Assert.Equal(["FLUSHALL"], gateway.Shard("c").Log);
        Assert.Equal(["FLUSHALL"], gateway.Shard("d").Log);
    }

    [Fact]
    public void A_transaction_does_not_go_to_two_places()
    {
        TestGateway gateway = Bound();
        TestClient client = gateway.Connect();
        Assert.Equal("+OK\r\n", client.Ask("MULTI"));
        Assert.Equal("-ERR SELECT of a database with rules of its own is refused inside MULTI by this gateway\r\n", client.Ask("SELECT 3"));
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
        client.Ask("SELECT 3");
        client.Send("MULTI", "SET x 1", "SET y 1", "EXEC");
        Assert.Contains("SET y 1", gateway.Shard("b").Waiting);
    }

    [Fact]
    public void A_reload_moves_a_database_and_holds_only_its_requests()
    {
        TestGateway gateway = Bound();
        TestClient[] clients = [gateway.Connect(), gateway.Connect(), gateway.Connect()];
        clients[0].Send("SELECT 3", "GET k");
        Assert.Equal(["GET k"], gateway.Shard("b").Waiting);
        Task<string?> reload = gateway.Server.ReloadAsync(Options(gateway, database3: 0));
        ReloadDriver.Until(gateway, () => gateway.Server.Loops.All(loop => loop.IsHolding));
        clients[1].Send("SELECT 3", "GET k2");
        clients[2].Send("GET b:9");
        Assert.Equal(["GET k", "GET b:9"], gateway.Shard("b").Waiting);
        gateway.Shard("b").Reply("$1\r\n1\r\n");
        Assert.Null(ReloadDriver.Finish(gateway, reload));
        Assert.Equal(["GET k2"], gateway.Shard("a").Waiting);
        clients[0].Send("GET k3");
        Assert.Equal(["GET k2", "GET k3"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void A_walk_through_the_keys_stays_on_the_databases_shards()
    {
        TestGateway gateway = Bound();
        foreach (string name in new[] { "a", "b", "d" }) _ = new Scanning.WalkedShard(gateway.Shard(name), name + "1", name + "2", name + "3");
        TestClient client = gateway.Connect();
        client.Ask("SELECT 3");
        var walk = new Scanning.Walk(client);
        walk.Finish();
        Assert.Equal(["b1", "b2", "b3"], walk.Seen.Order());
    }

    // a and b have the pool's keys; database 3 is b's, database 5 is d's, user job is c's.
    private static TestGateway Bound()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b", "c", "d");
        Assert.Null(ReloadDriver.Finish(gateway, gateway.Server.ReloadAsync(Options(gateway, database3: 1))));
        return gateway;
    }

    private static GatewayOptions Options(TestGateway gateway, int database3)
    {
        string[] names = ["a", "b", "c", "d"];
        GatewayOptions options = gateway.OptionsFor(names);
        PartitionRule[] rules =
        [
            new() { Name = "a:", Prefix = [.. "a:"u8], Line = 1, Placement = new Placement.Single(0) },
            new() { Name = "rest", Line = 2, Placement = new Placement.Single(1) },
        ];
        return options with
        {
            Pools =
            [
                options.Pools[0] with
                {
                    Map = PartitionMap.Build(rules, names),
                    DatabaseMaps = new Dictionary<int, PartitionMap> { [3] = All(database3, names), [5] = All(3, names) },
                    Users = [new UserDefinition { Name = "job", Password = "x", Map = All(2, names) }, new UserDefinition { Name = "default" }],
                },
            ],
        };
    }

    private static PartitionMap All(int shard, string[] names) => PartitionMap.Build([new PartitionRule { Name = "rest", Line = 9, Placement = new Placement.Single(shard) }], names);
}
