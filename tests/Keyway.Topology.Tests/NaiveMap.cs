using System.Numerics;
using System.Text;

namespace Keyway.Topology.Tests;

/// <summary>What the map means, said as plainly as can be: every rule and range is tried in turn.</summary>
internal sealed class NaiveMap(IReadOnlyList<PartitionRule> rules)
{
    /// <returns>The shard (-1: refused), the rule that decided, and a name for the unit.</returns>
    public (int Shard, int Rule, string Unit) Find(byte[] key)
    {
        int[] matching = [.. Enumerable.Range(0, rules.Count).Where(i => key.AsSpan().StartsWith(rules[i].Prefix)).OrderByDescending(i => rules[i].Prefix.Length)];
        foreach (int i in matching)
        {
            if (Place(rules[i], key) is { } found) return (found.Shard, i, $"{i}/{found.Part}");
            if (rules[i].Otherwise.Kind != OtherwiseKind.Next) return (rules[i].Otherwise.Kind == OtherwiseKind.Shard ? rules[i].Otherwise.Shard : -1, i, $"{i}/otherwise");
        }

        throw new InvalidOperationException("the rule without prefix matches every key");
    }

    private static (int Shard, string Part)? Place(PartitionRule rule, byte[] key)
    {
        byte[] rest = key[rule.Prefix.Length..];
        switch (rule.Placement)
        {
            case Placement.Single single:
                return (single.Shard, "all");
            case Placement.Slots slots:
                int slot = Slot(key);
                return (slots.Ranges.Single(range => range.First <= slot && slot <= range.Last).Shard, $"{slot}");
            case Placement.Number numbers:
                string text = Encoding.Latin1.GetString(rest);
                string digits = string.Concat((text.StartsWith('{') ? text[1..] : text).TakeWhile(char.IsAsciiDigit));
                if (digits.Length == 0) return null;
                var number = BigInteger.Parse(digits);
                foreach (NumberRange range in numbers.Ranges)
                {
                    if (number >= BigInteger.Parse(range.First ?? "0") && (range.Last is null || number <= BigInteger.Parse(range.Last))) return (range.Shard, $"{range}");
                }

                return null;
            case Placement.Text texts:
                foreach (TextRange range in texts.Ranges)
                {
                    if (Compare(range.From ?? [], rest) <= 0 && (range.To is null || Compare(rest, range.To) < 0)) return (range.Shard, $"{Convert.ToHexString(range.From ?? [])}");
                }

                return null;
            default:
                throw new InvalidOperationException("twemproxy's placements have nutcracker as their model");
        }
    }

    public static int Slot(byte[] key)
    {
        string text = Encoding.Latin1.GetString(key);
        int open = text.IndexOf('{');
        int close = open < 0 ? -1 : text.IndexOf('}', open);
        byte[] hashed = close > open + 1 ? key[(open + 1)..close] : key;

        int crc = 0;
        foreach (byte b in hashed)
        {
            crc ^= b << 8;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 0x8000) != 0 ? ((crc << 1) ^ 0x1021) & 0xFFFF : (crc << 1) & 0xFFFF;
        }

        return crc % 16384;
    }

    private static int Compare(byte[] left, byte[] right)
    {
        for (int i = 0; i < left.Length && i < right.Length; i++)
        {
            if (left[i] != right[i]) return left[i] - right[i];
        }

        return left.Length - right.Length;
    }
}
