using System.Text;
using static Keyway.Topology.Tests.MapText;

namespace Keyway.Topology.Tests;

public class PartitionMapTests
{
    private const string Slots = "- slots 0-5460=s1 5461-10922=s2 10923-16383=s3";

    [Theory]
    [InlineData("user:42", "s1")]
    [InlineData("user:42:cart", "s1")]
    [InlineData("user:{42}:x", "s1")]
    [InlineData("user:0042", "s1")]
    [InlineData("user:{42", "s1")]
    [InlineData("user:{42x}", "s1")]
    [InlineData("user:42}", "s1")]
    [InlineData("user:1", "s1")]
    [InlineData("user:20000", "s1")]
    [InlineData("user:20001", "s2")]
    [InlineData("user:30000", "s2")]
    [InlineData("user:30001", "s3")]
    [InlineData("user:99999999999999999999999999999999999999", "s3")]
    [InlineData("user:00000000000000000000000000000000000001", "s1")]
    [InlineData("user:0", null)]
    [InlineData("user:", null)]
    [InlineData("user:{}", null)]
    [InlineData("user:{}42", null)]
    [InlineData("user:{{42}}", null)]
    [InlineData("user:-42", null)]
    [InlineData("user: 42", null)]
    [InlineData("user:x42", null)]
    public void A_number_rule_reads_the_digits_that_follow_its_prefix(string key, string? shard) =>
        Assert.Equal(shard, Owner(Map(Slots, "user: number 1-20000=s1 20001-30000=s2 30001-=s3"), key));

    [Theory]
    [InlineData("1", "s1")]
    [InlineData("20000", "s1")]
    [InlineData("20001", "s2")]
    [InlineData("{7}x", "s1")]
    [InlineData("x", "s3")]
    [InlineData("", "s3")]
    public void A_number_rule_without_prefix_reads_bare_keys(string key, string shard) =>
        Assert.Equal(shard, Owner(Map("- number 1-20000=s1 20001-=s2 else s3"), key));

    [Theory]
    [InlineData("n:999999999999999999", "s1")]
    [InlineData("n:1000000000000000000", "s2")]
    [InlineData("n:18446744073709551615", "s2")]
    [InlineData("n:18446744073709551616", "s3")]
    [InlineData("n:18446744073709551626", "s3")]
    [InlineData("n:184467440737095516160", null)]
    public void Numbers_past_64_bits_are_compared_in_full(string key, string? shard) =>
        Assert.Equal(shard, Owner(Map(Slots, "n: number -999999999999999999=s1 1000000000000000000-18446744073709551615=s2 18446744073709551616-18446744073709551626=s3"), key));

    [Theory]
    [InlineData("evt:", "s1")]
    [InlineData("evt:2024-12-31", "s1")]
    [InlineData("evt:2025", "s2")]
    [InlineData("evt:2025-06-01", "s2")]
    [InlineData("evt:2026", "s3")]
    [InlineData("evt:{2025}", "s3")]
    [InlineData("evt:\xff", "s3")]
    public void A_text_rule_compares_bytes_with_the_end_excluded(string key, string shard) =>
        Assert.Equal(shard, Owner(Map(Slots, "evt: text ..2025=s1 2025..2026=s2 2026..=s3"), key));

    [Fact]
    public void Bounds_that_end_in_zero_bytes_are_told_from_shorter_ones()
    {
        PartitionMap map = Map("- text a..a\0=s1 a\0..a\0\0=s2 a\0\0..=s3");
        Assert.Equal(["s1", "s2", "s3", "s3", null], new[] { "a", "a\0", "a\0\0", "a\x01", "" }.Select(key => Owner(map, key)));
    }

    [Fact]
    public void The_longest_prefix_decides_whatever_the_order_of_rules()
    {
        string[] rules = ["- shard s1", "user: shard s2", "user:vip: shard s3", "u shard s1"];
        foreach (string[] order in new[] { rules, [.. rules.Reverse()] })
        {
            PartitionMap map = Map(order);
            Assert.Equal(["s3", "s2", "s2", "s1", "s1", "s1"], new[] { "user:vip:1", "user:vip", "user:", "user", "u", "" }.Select(key => Owner(map, key)));
        }
    }

    [Fact]
    public void What_no_range_holds_goes_to_the_next_shorter_prefix_or_a_shard_or_is_refused()
    {
        PartitionMap map = Map("- shard s3", "a: number 1-9=s1 else s2", "a:b: number 1-9=s1 else next", "a:b:c: number 1-9=s1 else next", "x: number 1-9=s1");
        Assert.Equal("s2", Owner(map, "a:b:c:10"));
        Assert.Equal("s1", Owner(map, "a:b:c:9"));
        Assert.Null(Owner(map, "x:10"));

        Route refused = map.Find("x:10"u8);
        Assert.Equal("x:", map.Rules[refused.Rule].Name);
        Assert.Equal("a:", map.Rules[map.Find("a:b:c:10"u8).Rule].Name);
    }

    [Fact]
    public void A_unit_is_one_slot_or_one_range_or_what_a_whole_rule_gives_one_shard()
    {
        PartitionMap map = Map(Slots, "n: number 1-5=s1 6-9=s1 else s1", "m: number 1-5=s1 else s1", "one: shard s1", "old: modula:md5 h:1:1=s1 i:1:1=s2 j:1:1=s1");
        int Unit(string key) => map.Find(Encoding.Latin1.GetBytes(key)).Unit;

        Assert.Equal(Unit("{a}1"), Unit("{a}2"));
        Assert.NotEqual(Unit("{a}"), Unit("{b}"));
        Assert.Equal(Unit("n:1"), Unit("n:5:x"));
        Assert.NotEqual(Unit("n:1"), Unit("n:6"));
        Assert.NotEqual(Unit("n:1"), Unit("m:1"));
        Assert.Equal(Unit("n:"), Unit("n:10"));
        Assert.NotEqual(Unit("n:"), Unit("n:1"));
        Assert.NotEqual(Unit("n:"), Unit("m:"));
        Assert.Equal(Unit("one:a"), Unit("one:b"));

        Route[] old = [.. Enumerable.Range(0, 50).Select(i => map.Find(Encoding.Latin1.GetBytes($"old:{i}")))];
        Assert.Equal(2, old.Select(route => route.Unit).Distinct().Count());
        Assert.Equal(old.Select(route => route.Shard).Distinct().Count(), old.Distinct().Count());
    }

    [Theory]
    [InlineData("- slots 5461-16383=s2 0-5460=s3", 2)]
    [InlineData("- number 100-=s1 1-99=s2 else s3", 1)]
    [InlineData("- number else s3", 2)]
    [InlineData("- number", -1)]
    [InlineData("- text m..=s1 ..m=s3", 2)]
    [InlineData("- shard s2", 1)]
    [InlineData("- ketama:md5 h:1:1=s2 i:1:1=s1", 1)]
    public void Commands_without_keys_have_the_first_shard_of_the_catch_all(string rule, int shard) =>
        Assert.Equal(shard, Map("x: shard s1", rule).FirstShardOfCatchAll);

    [Fact]
    public void The_shards_in_use_are_those_that_keys_can_be_on()
    {
        Assert.Equal([0, 2], Map("- shard s1", "a: number 1-=s1 else s3", "b: text ..=s1 else s2").ShardsInUse);
        Assert.Equal(-1, Map("- shard s1", "a: shard s2").OnlyShard);
        Assert.Equal(1, Map("- shard s2", "a: number 1-=s2").OnlyShard);
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        PartitionMap map = Map(Slots, "n: number 1-5=s1 99999999999999999999-=s2 else next", "t: text b..c=s1 else next", "old: ketama:md5 h:1:1=s1 i:1:1=s2");
        byte[][] keys = [.. new[] { "foo", "n:3", "n:100000000000000000000", "n:x", "t:bb", "t:d", "old:1", "" }.Select(Encoding.Latin1.GetBytes)];
        foreach (byte[] key in keys) map.Find(key);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int sum = 0;
        foreach (byte[] key in keys) sum += map.Find(key).Shard;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(int.MinValue, sum);
    }

    [Theory]
    [InlineData("exactly one rule without prefix", "a: shard s1")]
    [InlineData("exactly one rule without prefix", "- shard s1", "- shard s2")]
    [InlineData("repeats the prefix", "- shard s1", "a: shard s2", "a: shard s1")]
    [InlineData("no shorter prefix", "- number 1-2=s1 else next")]
    [InlineData("Gap 16383", "- slots 0-16382=s1")]
    [InlineData("Overlap 5-6", "- number 1-6=s1 5-9=s1")]
    [InlineData("Overlap b..c", "- text a..c=s1 b..=s1")]
    [InlineData("shard -1", "- shard s9")]
    [InlineData("shard -1", "- number 1-2=s9")]
    [InlineData("no servers", "- ketama:md5")]
    [InlineData("not two characters", "- ketama:md5:x h:1:1=s1")]
    [InlineData("'h:1'", "- ketama:md5 h:1=s1")]
    [InlineData("two servers named 'h:1'", "- ketama:md5 h:1:1=s1 h:1:2=s1")]
    public void What_is_not_a_map_is_not_built(string why, params string[] rules) => Assert.Contains(why, Assert.Throws<ArgumentException>(() => Map(rules)).Message);

    private static string? Owner(PartitionMap map, string key) => map.Find(Encoding.Latin1.GetBytes(key)).Shard is var shard and >= 0 ? map.ShardNames[shard] : null;
}
