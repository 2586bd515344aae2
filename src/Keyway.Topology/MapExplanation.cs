using System.Text;

namespace Keyway.Topology;

/// <summary>Says in words which way a key takes through a map.</summary>
internal static class MapExplanation
{
    public static KeyExplanation Explain(PartitionMap map, ReadOnlySpan<byte> key)
    {
        var how = new StringBuilder();
        int rule = map.LongestPrefix(key);
        while (true)
        {
            RuleIndex index = map.Indexes[rule];
            how.Append(rule == map.LongestPrefix(key) ? Opening(index.Rule) : $"; {Opening(index.Rule)}");

            int part = index.Find(key);
            if (part < 0 && index.Next >= 0)
            {
                how.Append($": {Describe(index, key, part)}, so the next shorter prefix decides");
                rule = index.Next;
                continue;
            }

            int shard = part >= 0 ? index.Shards[part] : index.OtherwiseShard;
            string? shardName = shard >= 0 ? map.ShardNames[shard] : null;
            how.Append($": {Describe(index, key, part)}");
            if (part < 0) how.Append(shard >= 0 ? ", otherwise" : ", and there is no 'otherwise'");
            how.Append(shardName is null ? ": refused" : $" -> {shardName}");

            return new KeyExplanation
            {
                Rule = index.Rule.Name,
                RuleIndex = rule,
                Line = Line(index, key, part),
                By = By(index.Rule.Placement),
                Slot = index.Rule.Placement is Placement.Slots ? part : null,
                Number = index.Rule.Placement is Placement.Number ? NumberOf(index.Rule, key) : null,
                Shard = shard,
                ShardName = shardName,
                How = how.ToString(),
            };
        }
    }

    private static string Opening(PartitionRule rule) =>
        rule.Prefix.Length == 0 ? $"rule '{rule.Name}' (no prefix)" : $"rule '{rule.Name}' (prefix '{Printable.Text(rule.Prefix)}')";

    private static string By(Placement placement) => placement switch
    {
        Placement.Slots => "slots",
        Placement.Number => "number",
        Placement.Text => "text",
        Placement.Single => "shard",
        Placement.Twemproxy { Distribution: TwemproxyDistribution.Ketama } => "ketama",
        _ => "modula",
    };

    private static string Describe(RuleIndex index, ReadOnlySpan<byte> key, int part)
    {
        switch (index.Rule.Placement)
        {
            case Placement.Slots:
                ReadOnlySpan<byte> tag = HashSlot.Tag(key);
                return tag.Length == key.Length ? $"slot {part}" : $"hash tag '{Printable.Text(tag)}', slot {part}";
            case Placement.Number:
                if (NumberOf(index.Rule, key) is not { } number) return "no number follows";
                return part < 0 ? $"number {number} is in no range" : $"number {number} is in {NumberRanges.Format(index.Numbers[part].First, index.Numbers[part].Last)}";
            case Placement.Text:
                string text = Printable.Text(key[index.Rule.Prefix.Length..]);
                return part < 0 ? $"text '{text}' is in no range" : $"text '{text}' is in {TextRanges.Format(index.Texts[part].From, index.Texts[part].To)}";
            case Placement.Twemproxy pool:
                return $"{By(pool)} server '{pool.Servers[index.Pool!.Find(key)].Declaration}'";
            default:
                return "all on one shard";
        }
    }

    private static int Line(RuleIndex index, ReadOnlySpan<byte> key, int part)
    {
        int line = part < 0 ? 0 : index.Rule.Placement switch
        {
            Placement.Slots slots => slots.Ranges.First(range => range.First <= part && part <= range.Last).Line,
            Placement.Number => index.Numbers[part].Line,
            Placement.Text => index.Texts[part].Line,
            Placement.Twemproxy pool => pool.Servers[index.Pool!.Find(key)].Line,
            _ => 0,
        };
        return line > 0 ? line : index.Rule.Line;
    }

    private static string? NumberOf(PartitionRule rule, ReadOnlySpan<byte> key)
    {
        if (!KeyNumber.TryRead(key[rule.Prefix.Length..], out ReadOnlySpan<byte> digits)) return null;
        return digits.IsEmpty ? "0" : Encoding.ASCII.GetString(digits);
    }
}
