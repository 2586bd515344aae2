using Keyway.Topology.Twemproxy;

namespace Keyway.Topology;

/// <summary>
/// The last guard before a map is built. The loader finds the same faults first and tells people where they stand, so this one stops
/// at the first and speaks to programmers.
/// </summary>
internal static class MapCheck
{
    public static void Throw(IReadOnlyList<PartitionRule> rules, IReadOnlyList<string> shardNames)
    {
        if (shardNames.Count is 0 or > ushort.MaxValue) throw new ArgumentException("a map needs between 1 and 65535 shards");
        if (shardNames.Distinct(StringComparer.Ordinal).Count() != shardNames.Count) throw new ArgumentException("shard names repeat");
        if (rules.Count(rule => rule.Prefix.Length == 0) != 1) throw new ArgumentException("a map needs exactly one rule without prefix");

        var prefixes = new HashSet<string>(StringComparer.Ordinal);
        foreach (PartitionRule rule in rules)
        {
            if (!prefixes.Add(Convert.ToHexString(rule.Prefix))) Refuse(rule, "repeats the prefix of another rule");
            if (rule.Otherwise.Kind == OtherwiseKind.Next && rule.Prefix.Length == 0) Refuse(rule, "has no shorter prefix to hand keys to");
            if (rule.Otherwise.Kind == OtherwiseKind.Shard) CheckShard(rule, rule.Otherwise.Shard, shardNames);
            CheckPlacement(rule, shardNames);
        }
    }

    private static void CheckPlacement(PartitionRule rule, IReadOnlyList<string> shardNames)
    {
        switch (rule.Placement)
        {
            case Placement.Slots slots:
                CheckRanges(rule, SlotCoverage.Check(slots.Ranges));
                foreach (SlotRange range in slots.Ranges) CheckShard(rule, range.Shard, shardNames);
                break;
            case Placement.Number number:
                CheckRanges(rule, NumberRanges.Check(number.Ranges));
                foreach (NumberRange range in number.Ranges) CheckShard(rule, range.Shard, shardNames);
                break;
            case Placement.Text text:
                CheckRanges(rule, TextRanges.Check(text.Ranges));
                foreach (TextRange range in text.Ranges) CheckShard(rule, range.Shard, shardNames);
                break;
            case Placement.Single single:
                CheckShard(rule, single.Shard, shardNames);
                break;
            case Placement.Twemproxy pool:
                if (pool.Servers.Count == 0) Refuse(rule, "has no servers");
                if (pool.Tag.Length is not (0 or 2)) Refuse(rule, "has a tag that is not two characters");
                CheckServers(rule, pool.Servers, shardNames);
                break;
        }
    }

    private static void CheckServers(PartitionRule rule, IReadOnlyList<TwemproxyServer> servers, IReadOnlyList<string> shardNames)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        long weight = 0;
        foreach (TwemproxyServer server in servers)
        {
            CheckShard(rule, server.Shard, shardNames);
            if (!ServerDeclaration.TryParse(server.Declaration, out ServerDeclaration declared))
                Refuse(rule, $"declares '{server.Declaration}', which is not host:port:weight [name] or /path:weight [name]");
            if (!names.Add(declared.Name)) Refuse(rule, $"has two servers named '{declared.Name}'");
            weight += declared.Weight;
        }

        if (weight > int.MaxValue) Refuse(rule, "has weights that sum up to more than 2147483647");
    }

    private static void CheckRanges(PartitionRule rule, IReadOnlyList<RangeProblem> problems)
    {
        if (problems.Count > 0) Refuse(rule, $"has a range problem: {problems[0].Kind} {problems[0].Part}");
    }

    private static void CheckShard(PartitionRule rule, int shard, IReadOnlyList<string> shardNames)
    {
        if ((uint)shard >= (uint)shardNames.Count) Refuse(rule, $"names shard {shard}, which does not exist");
    }

    private static void Refuse(PartitionRule rule, string why) => throw new ArgumentException($"rule '{rule.Name}' {why}");
}
