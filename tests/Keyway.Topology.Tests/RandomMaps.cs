using System.Numerics;
using System.Text;

namespace Keyway.Topology.Tests;

/// <summary>Small maps of every shape over few letters, so that prefixes nest, ranges touch and keys meet bounds.</summary>
internal static class RandomMaps
{
    private static readonly string[] Prefixes = ["a", "ab", "a1", "a{", "a{1}", "{b}", "1", "12", "b", "ba", "bab", "0", "\xff", "\xff\xff"];
    private static readonly string[] Texts = ["", "a", "a\0", "ab", "b", "b1", "1", "12", "2", "{", "}", "aaaaaaaaa", "aaaaaaaab", "aaaaaaaa", "aaaaaaaa\0", "\xff", "\xff\xff\xff\xff\xff\xff\xff\xff\xff"];
    private static readonly string[] Numbers = ["0", "1", "2", "9", "10", "11", "12", "19", "20", "100", "121", "999999999999999999", "1000000000000000000", "99999999999999999999", "100000000000000000000"];

    public const string Letters = "ab12{}0";

    public static List<PartitionRule> Rules(Random random, int shards)
    {
        var rules = new List<PartitionRule> { Rule(random, "", shards) };
        foreach (string prefix in Prefixes)
        {
            if (random.Next(4) == 0) rules.Add(Rule(random, prefix, shards));
        }

        return [.. rules.OrderBy(_ => random.Next())];
    }

    /// <summary>A map a few edits away.</summary>
    public static List<PartitionRule> Edit(Random random, List<PartitionRule> rules, int shards)
    {
        List<PartitionRule> edited = [.. rules];
        int place = random.Next(edited.Count);
        if (edited[place].Prefix.Length > 0 && random.Next(2) == 0) edited.RemoveAt(place);
        else edited[place] = Rule(random, Encoding.Latin1.GetString(edited[place].Prefix), shards);
        return edited;
    }

    public static byte[] Key(Random random)
    {
        string start = random.Next(2) == 0 ? "" : Prefixes[random.Next(Prefixes.Length)];
        string middle = random.Next(4) switch
        {
            0 => Texts[random.Next(Texts.Length)],
            1 => new string('0', random.Next(3)) + Numbers[random.Next(Numbers.Length)],
            2 => $"{{{Numbers[random.Next(Numbers.Length)]}}}",
            _ => "",
        };
        string end = string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Letters[random.Next(Letters.Length)]));
        return Encoding.Latin1.GetBytes(start + middle + end);
    }

    private static PartitionRule Rule(Random random, string prefix, int shards) => new()
    {
        Name = prefix,
        Prefix = Encoding.Latin1.GetBytes(prefix),
        Otherwise = random.Next(3) switch
        {
            0 => Otherwise.Refuse,
            1 when prefix.Length > 0 => Otherwise.Next,
            _ => Otherwise.To(random.Next(shards)),
        },
        Placement = random.Next(4) switch
        {
            0 => new Placement.Single(random.Next(shards)),
            1 => new Placement.Slots(SlotRanges(random, shards)),
            2 => new Placement.Number(NumberRanges(random, shards)),
            _ => new Placement.Text(TextRanges(random, shards)),
        },
    };

    private static SlotRange[] SlotRanges(Random random, int shards)
    {
        int[] cuts = [0, .. Enumerable.Range(1, 3).Where(_ => random.Next(2) == 0).Select(i => i * 4096), HashSlot.Count];
        return [.. Enumerable.Range(0, cuts.Length - 1).Select(i => new SlotRange(cuts[i], cuts[i + 1] - 1, random.Next(shards))).OrderBy(_ => random.Next())];
    }

    private static NumberRange[] NumberRanges(Random random, int shards)
    {
        BigInteger[] cuts = [.. Numbers.Where(_ => random.Next(3) == 0).Select(text => BigInteger.Parse(text))];
        var ranges = new List<NumberRange>();
        for (int i = 0; i < cuts.Length; i++)
        {
            if (random.Next(4) == 0) continue;
            bool isLast = i + 1 == cuts.Length;
            string? last = isLast ? random.Next(2) == 0 ? null : cuts[i].ToString() : (cuts[i + 1] - 1).ToString();
            ranges.Add(new NumberRange(cuts[i].IsZero && random.Next(2) == 0 ? null : cuts[i].ToString(), last, random.Next(shards)));
        }

        return [.. ranges.OrderBy(_ => random.Next())];
    }

    private static TextRange[] TextRanges(Random random, int shards)
    {
        byte[][] cuts = [.. Texts.Where(_ => random.Next(3) == 0).Select(Encoding.Latin1.GetBytes)];
        Array.Sort(cuts, (left, right) => left.AsSpan().SequenceCompareTo(right));
        var ranges = new List<TextRange>();
        for (int i = 0; i < cuts.Length; i++)
        {
            if (random.Next(4) == 0) continue;
            byte[]? to = i + 1 < cuts.Length ? cuts[i + 1] : random.Next(2) == 0 ? null : [.. cuts[i], 1];
            ranges.Add(new TextRange(cuts[i].Length == 0 && random.Next(2) == 0 ? null : cuts[i], to, random.Next(shards)));
        }

        return [.. ranges.OrderBy(_ => random.Next())];
    }
}
