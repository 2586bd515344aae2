using Keyway.Configuration;

namespace Keyway.Tests.Configuration;

public class BuiltInMapTests
{
    private static readonly string CheckedIn = File.ReadAllText(Path.Combine(SourceTree.Root, "config", "keyway.yaml"));

    [Fact]
    public void The_built_in_map_is_the_checked_in_one() => Assert.Equal(CheckedIn, BuiltInMap.Text);

    [Fact]
    public void It_serves_three_shards_of_a_master_and_a_replica_by_slots_on_the_port_that_clients_try_first()
    {
        LoadResult result = ConfigLoader.Load(null, BuiltInMap.Text, Maps.NoEnvironment);

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        KeywayConfig config = result.Config!;
        Assert.Equal((null, "built-in map", "127.0.0.1:9380"), (config.File, config.FileName, config.Admin.ToString()));
        Assert.Equal([("s1", "7001 7101"), ("s2", "7002 7102"), ("s3", "7003 7103")],
            config.Shards.Select(shard => (shard.Name, string.Join(' ', Assert.IsType<ShardKind.Local>(shard.Kind).Ports))));
        PoolConfig pool = Assert.Single(config.Pools);
        Assert.Equal(("main", "127.0.0.1:6379"), (pool.Name, Assert.Single(pool.Listen).ToString()));
        Assert.Equal([(0, 5460, 0), (5461, 10922, 1), (10923, 16383, 2)],
            Assert.IsType<Topology.Placement.Slots>(Assert.Single(pool.Rules).Placement).Ranges.Select(range => (range.First, range.Last, range.Shard)));
        Assert.Empty(BuildCheck.NotBuiltYet(config));
    }

    [Fact]
    public void It_is_in_no_file_so_its_rules_have_no_lines()
    {
        KeywayConfig config = ConfigLoader.Load(null, BuiltInMap.Text, Maps.NoEnvironment).Config!;

        Assert.Equal(0, config.Pools[0].Map.Explain("key"u8).Line);
        Assert.All(config.Shards, shard => Assert.Equal(0, shard.Line));
    }

    [Fact]
    public void It_refuses_no_key()
    {
        PoolConfig pool = ConfigLoader.Load(null, BuiltInMap.Text, Maps.NoEnvironment).Config!.Pools[0];
        var random = new Random(1);
        var key = new byte[12];
        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(key);
            Assert.True(pool.Map.Find(key.AsSpan(0, i % 13)).Shard >= 0);
        }
    }

    [Fact]
    public void The_example_in_its_comment_is_a_valid_rule()
    {
        string[] lines = CheckedIn.Split('\n');
        string example = string.Join('\n', lines.Where(line => line.StartsWith("      # - ", StringComparison.Ordinal) || line.StartsWith("      #   ", StringComparison.Ordinal)).Select(line => line[8..]));

        Assert.Equal("user:", Maps.LoadRules($"{example}\n- shard: s1").Rules[0].Name);
    }

    [Fact]
    public void Editors_find_its_schema() => Assert.StartsWith("# yaml-language-server: $schema=keyway.schema.json\n", CheckedIn);
}
