using Keyway.Configuration;
using Keyway.State;
using Keyway.Tests.State;
using Keyway.Topology;

namespace Keyway.Tests.Configuration;

public class PoolUnitTests
{
    private const string Map = """
        shards:
          s1: { nodes: [10.0.0.1:6379] }
          s2: { nodes: [10.0.1.1:6379] }
          c: { cluster: [10.0.2.1:6379] }
        pools:
          main:
            listen: 127.0.0.1:6379
            dbs:
              2: { shard: s2 }
              3: { pool: queues }
            users:
              jobs: { password: x, pool: queues }
              one: { password: x, shard: s1 }
              all: { password: x }
            partitions:
              - slots: { 0-8191: s1, 8192-16383: s2 }
          queues:
            listen: 127.0.0.1:6380
            partitions:
              - { prefix: "bull:", shard: s1 }
              - shard: s2
        """;

    [Fact]
    public void A_database_and_a_user_are_bound_to_a_shard_or_to_another_pools_rules()
    {
        PoolConfig pool = Maps.Load(Map).Pools[0];
        Assert.Equal([(2, null, 9), (3, null, 10), (null, "jobs", 12), (null, "one", 13)], pool.Units.Select(unit => (unit.Database, unit.User, unit.Line)).OrderBy(unit => unit.Line));
        Assert.Equal(1, pool.UnitOf(2, null)!.Map.OnlyShard);
        Assert.Equal(0, pool.UnitOf(3, null)!.Map.Find("bull:x"u8).Shard);
        Assert.Equal(1, pool.UnitOf(3, null)!.Map.Find("x"u8).Shard);
        Assert.Equal(0, pool.UnitOf(null, "one")!.Map.OnlyShard);
        Assert.Null(pool.UnitOf(null, "all"));
    }

    [Fact]
    public void A_cluster_has_one_database()
    {
        Assert.Equal(["map.yaml:9:7: database 2 would live on 'c', a cluster, which has database 0 alone; bind it to another shard"], Maps.Errors(Map.Replace("2: { shard: s2 }", "2: { shard: c }", StringComparison.Ordinal)));
        Maps.Load(Map.Replace("2: { shard: s2 }", "0: { shard: c }", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2: { shard: s2 }", "2: { shard: s1 }", "pool 'main', database 2: ")]
    [InlineData("2: { shard: s2 }", "4: { shard: s2 }", "pool 'main', database 2: ")]
    [InlineData("2: { shard: s2 }", "4: { shard: s2 }", "pool 'main', database 4: ")]
    [InlineData("one: { password: x, shard: s1 }", "one: { password: x, shard: s2 }", "pool 'main', user 'one': ")]
    [InlineData("{ prefix: \"bull:\", shard: s1 }", "{ prefix: \"bull:\", shard: s2 }", "pool 'main', database 3: ")]
    public void Keys_that_would_get_another_owner_are_told_and_refused(string old, string @new, string who)
    {
        string edited = Map.Replace(old, @new, StringComparison.Ordinal);
        Assert.Contains(MapDifference.Describe(Maps.Load(Map), Maps.Load(edited)), line => line.StartsWith(who, StringComparison.Ordinal));
        Verdict verdict = Served.AfterEdit(Map, new TestFacts(), (old, @new));
        Assert.False(verdict.Accepted);
        Assert.Contains(verdict.Reasons, reason => reason.StartsWith(who, StringComparison.Ordinal));
    }

    [Fact]
    public void A_pool_under_another_name_has_its_databases_too()
    {
        Assert.True(Served.AfterEdit(Map, new TestFacts(), ("  main:\n", "  other:\n")).Accepted);
        Assert.False(Served.AfterEdit(Map, new TestFacts(), ("  main:\n", "  other:\n"), ("2: { shard: s2 }", "2: { shard: s1 }")).Accepted);
    }

    [Fact]
    public void What_is_kept_of_a_map_without_units_is_as_it_was_before_there_were_any()
    {
        string without = System.Text.Encoding.UTF8.GetString(ServedMapJson.Write(Served.Of(Served.Map)));
        Assert.Contains("\"version\": 1,", without);
        Assert.DoesNotContain("units", without);
        ServedMap kept = Served.Of(Map);
        byte[] written = ServedMapJson.Write(kept);
        Assert.Contains("\"version\": 2,", System.Text.Encoding.UTF8.GetString(written));
        ServedMap read = ServedMapJson.Read(written);
        Assert.Equal(kept.Pools[0].Units.Select(unit => (unit.Database, unit.User)), read.Pools[0].Units.Select(unit => (unit.Database, unit.User)));
        Assert.Equal(1, read.MapOf(read.Pools[0], 2, null).Find("x"u8).Shard);
    }
}
