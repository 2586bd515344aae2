using System.Text;

namespace Keyway.Topology.Tests;

public class MapExplanationTests
{
    private static readonly PartitionMap Map = PartitionMap.Build(
        [
            new PartitionRule { Name = "users", Prefix = "user:"u8.ToArray(), Line = 10, Otherwise = Otherwise.Next, Placement = new Placement.Number([new("1", "20000", 0, 11), new("20001", null, 1, 12)]) },
            new PartitionRule { Name = "evt:", Prefix = "evt:"u8.ToArray(), Line = 20, Placement = new Placement.Text([new(null, "2025"u8.ToArray(), 0, 21), new("2026"u8.ToArray(), null, 1)]) },
            new PartitionRule { Name = "bull:", Prefix = "bull:"u8.ToArray(), Line = 30, Placement = new Placement.Single(1) },
            new PartitionRule { Name = "old:", Prefix = "old:"u8.ToArray(), Line = 40, Placement = new Placement.Twemproxy(TwemproxyDistribution.Modula, TwemproxyHash.Md5, [], [new(1, "h:1:1", 41)]) },
            new PartitionRule { Name = "rest", Line = 50, Placement = new Placement.Slots([new(0, 8191, 0, 51), new(8192, 16383, 1, 52)]) },
        ],
        ["s1", "s2"]);

    [Theory]
    [InlineData("user:0042:x", "users", 11, null, "42", "s1", "rule 'users' (prefix 'user:'): number 42 is in 1-20000 -> s1")]
    [InlineData("user:30000", "users", 12, null, "30000", "s2", "rule 'users' (prefix 'user:'): number 30000 is in 20001- -> s2")]
    [InlineData("user:{foo}", "rest", 52, 12182, null, "s2",
        "rule 'users' (prefix 'user:'): no number follows, so the next shorter prefix decides; rule 'rest' (no prefix): hash tag 'foo', slot 12182 -> s2")]
    [InlineData("evt:2024", "evt:", 21, null, null, "s1", "rule 'evt:' (prefix 'evt:'): text '2024' is in ..2025 -> s1")]
    [InlineData("evt:2026\n", "evt:", 20, null, null, "s2", "rule 'evt:' (prefix 'evt:'): text '2026\\x0a' is in 2026.. -> s2")]
    [InlineData("evt:2025", "evt:", 20, null, null, null, "rule 'evt:' (prefix 'evt:'): text '2025' is in no range, and there is no 'otherwise': refused")]
    [InlineData("bull:x", "bull:", 30, null, null, "s2", "rule 'bull:' (prefix 'bull:'): all on one shard -> s2")]
    [InlineData("old:x", "old:", 41, null, null, "s2", "rule 'old:' (prefix 'old:'): modula server 'h:1:1' -> s2")]
    [InlineData("foo", "rest", 52, 12182, null, "s2", "rule 'rest' (no prefix): slot 12182 -> s2")]
    public void A_key_is_explained_by_its_rule_and_the_line_of_its_range(string key, string rule, int line, int? slot, string? number, string? shard, string how)
    {
        KeyExplanation explanation = Map.Explain(Encoding.Latin1.GetBytes(key));
        Assert.Equal((rule, line, slot, number, shard, how), (explanation.Rule, explanation.Line, explanation.Slot, explanation.Number, explanation.ShardName, explanation.How));
    }

    [Fact]
    public void The_kind_of_rule_is_named() =>
        Assert.Equal(["number", "text", "shard", "modula", "slots"], new[] { "user:1", "evt:1", "bull:1", "old:1", "x" }.Select(key => Map.Explain(Encoding.Latin1.GetBytes(key)).By));
}
