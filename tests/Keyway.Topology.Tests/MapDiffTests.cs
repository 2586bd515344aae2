using System.Text;
using static Keyway.Topology.Tests.MapText;

namespace Keyway.Topology.Tests;

public class MapDiffTests
{
    private const string Slots = "- slots 0-5460=s1 5461-10922=s2 10923-16383=s3";

    [Fact]
    public void The_same_map_moves_nothing_however_it_is_written()
    {
        Assert.Empty(Moves(Map(Slots, "user: number 1-5=s1 6-=s2 else next"), Map("user: number 1-2=s1 3-5=s1 6-=s2 else next", "- slots 0-1=s1 2-5460=s1 5461-10922=s2 10923-16383=s3")));
    }

    [Fact]
    public void Shards_are_compared_by_name() =>
        Assert.Equal(["*: s1 -> s2"], Moves(MapOf(["s1", "s2"], "- shard s1"), MapOf(["s2", "s1"], "- shard s2")));

    [Fact]
    public void Moved_slots_are_told_as_ranges() =>
        Assert.Equal(["slots 5461-6000: s2 -> s3", "slot 16383: s3 -> s1"], Moves(Map(Slots), Map("- slots 0-5460=s1 5461-6000=s3 6001-10922=s2 10923-16382=s3 16383=s1")));

    [Fact]
    public void Moved_numbers_are_told_as_ranges_and_so_are_keys_without_number() =>
        Assert.Equal(
            ["user: (no number): s1 -> (refused)", "user: 1-10: s1 -> s2", "user: 20001-30000: s2 -> (refused)", "user: 100000000000000000000-: s2 -> s3"],
            Moves(
                Map(Slots, "user: number 0=s3 1-20000=s1 20001-=s2 else s1"),
                Map(Slots, "user: number 0=s3 1-10=s2 11-20000=s1 30001-99999999999999999999=s2 100000000000000000000-=s3")));

    [Fact]
    public void Moved_texts_are_told_as_ranges() =>
        Assert.Equal(["evt: 2025..2025-07: s2 -> s1"], Moves(Map(Slots, "evt: text ..2025=s1 2025..=s2"), Map(Slots, "evt: text ..2025-07=s1 2025-07..=s2")));

    [Fact]
    public void A_new_prefix_moves_only_what_its_keys_did_not_have_before()
    {
        Assert.Equal(["bull: slots 5461-10922: s2 -> s1", "bull: slots 10923-16383: s3 -> s1"], Moves(Map(Slots), Map(Slots, "bull: shard s1")));
        Assert.Equal(["bull:{x}*: s3 -> s1"], Moves(Map(Slots), Map(Slots, "bull:{x} shard s1")));
        Assert.Empty(Moves(Map("- slots 0-16383=s1"), Map("- slots 0-16383=s1", "bull: shard s1")));
        Assert.Empty(Moves(Map("- text ..f=s1 f..=s2"), Map("- text ..f=s1 f..=s2", "evt: shard s1")));
        Assert.Equal(["user:4 4..5: s1 -> s2"], Moves(Map("- shard s1"), Map("- shard s1", "user:4 text 4..5=s2 else next")));
    }

    [Fact]
    public void A_prefix_of_digits_carves_out_of_a_shorter_number_rule_only_the_numbers_that_begin_so()
    {
        string[] old = ["- shard s1", "u: number 0-39=s1 40-49=s2 50-=s1"];
        Assert.Equal(["u:4* with numbers 40-49: s2 -> s1"], Moves(Map(old), Map([.. old, "u:4 shard s1"])));
        Assert.Empty(Moves(Map(old), Map([.. old, "u:5 shard s1"])));
        Assert.Equal(["u:41x*: s2 -> s1"], Moves(Map(old), Map([.. old, "u:41x shard s1"])));
    }

    [Fact]
    public void Where_the_measures_differ_the_region_is_named()
    {
        MapMove move = Assert.Single(MapDiff.Compare(Map(Slots), Map(Slots, "user: number 1-=s1 else s2")));
        Assert.Equal("user:*: s1, s2, s3 -> s1, s2 (some may stay)", move.ToString());
        Assert.True(move.May);
    }

    [Fact]
    public void What_one_rule_hands_on_is_followed()
    {
        Assert.Equal(["user: (no number), slots 5461-10922: s2 -> s1", "user: (no number), slots 10923-16383: s3 -> s1"],
            Moves(Map(Slots, "user: number 0-=s2 else next"), Map(Slots, "user: number 0-=s2 else s1")));
        Assert.Equal(["slots 0-5460: s1 -> s2"], Moves(Map(Slots, "user: number 0-=s2 else next"), Map("- slots 0-10922=s2 10923-16383=s3", "user: number 0-=s2 else next")));
    }

    [Fact]
    public void A_changed_ring_is_told_by_its_share()
    {
        string Pool(string kind, string third) => $"old: {kind}:fnv1a_64 10.0.0.1:6379:1=s1 10.0.0.2:6379:1=s2{third}";
        Assert.Empty(Moves(Map(Slots, Pool("ketama", "")), Map(Slots, "old: ketama:fnv1a_64 10.0.0.2:6379:1=s2 10.0.0.1:6379:1=s1")));

        IReadOnlyList<MapMove> added = MapDiff.Compare(Map(Slots, Pool("ketama", "")), Map(Slots, Pool("ketama", " 10.0.0.3:6379:1=s3")));
        Assert.Contains(added, move => move.ToString().EndsWith("% of the ketama hashes: s1 -> s3", StringComparison.Ordinal));
        Assert.Contains(added, move => move.ToString().EndsWith("% of the ketama hashes: s2 -> s3", StringComparison.Ordinal));
        Assert.All(added, move => Assert.False(move.May));

        Assert.Equal(["old:*, 50 % of the modula hashes: s1 -> s3"], Moves(Map(Slots, Pool("modula", "")), Map(Slots, Pool("modula", "").Replace("=s1", "=s3"))));
        Assert.True(Assert.Single(MapDiff.Compare(Map(Slots, Pool("modula", "")), Map(Slots, Pool("ketama", "")))).May);
    }

    [Fact]
    public void Every_key_that_a_changed_pool_moves_is_told_of()
    {
        var random = new Random(11);
        byte[][] keys = Twemproxy.SampleKeys.Take(4000);
        for (int round = 0; round < 60; round++)
        {
            PartitionMap before = Map(RandomPool(random));
            PartitionMap after = Map(RandomPool(random));
            IReadOnlyList<MapMove> moves = MapDiff.Compare(before, after);
            foreach (byte[] key in keys)
            {
                string from = before.ShardNames[before.Find(key).Shard];
                string to = after.ShardNames[after.Find(key).Shard];
                if (from != to) Assert.Contains(moves, move => move.From.Contains(from) && move.To.Contains(to));
            }
        }
    }

    [Fact]
    public void The_empty_key_goes_with_a_pools_first_server()
    {
        string before = "- modula:md5 10.0.0.1:6379:1=s1 10.0.0.2:6379:1=s2";
        Assert.Equal(["the empty key: s1 -> s2"], Moves(Map(before), Map("- modula:md5 10.0.0.1:6379:1=s2 10.0.0.2:6379:1=s1")).Where(move => move.StartsWith("the empty", StringComparison.Ordinal)));
    }

    [Fact]
    public void Ten_thousand_ranges_and_a_thousand_prefixes_compare_exactly()
    {
        string numbers = string.Join(' ', Enumerable.Range(0, 10_000).Select(i => $"{i * 10}-{i * 10 + 9}=s{1 + i % 3}"));
        string[] prefixes = [.. Enumerable.Range(0, 1000).Select(i => $"tenant{i}: shard s1")];
        PartitionMap before = Map([Slots, $"user: number {numbers}", .. prefixes]);
        PartitionMap after = Map([Slots, $"user: number {numbers.Replace("50000-50009=s3", "50000-50009=s1")}", .. prefixes.Select(rule => rule.Replace("tenant77: shard s1", "tenant77: shard s2"))]);
        Assert.Equal(["tenant77:*: s1 -> s2", "user: 50000-50009: s3 -> s1"], Moves(before, after));
    }

    private static string RandomPool(Random random)
    {
        string kind = random.Next(2) == 0 ? "ketama" : "modula";
        string hash = random.Next(2) == 0 ? "crc32" : "murmur";
        string tag = random.Next(2) == 0 ? "" : ":{}";
        return $"- {kind}:{hash}{tag} {string.Join(' ', Enumerable.Range(1, random.Next(1, 4)).Select(i => $"10.0.0.{i}:6379:{random.Next(1, 4)}=s{random.Next(1, 4)}"))}";
    }

    private static string[] Moves(PartitionMap before, PartitionMap after) => [.. MapDiff.Compare(before, after).Select(move => move.ToString())];
}
