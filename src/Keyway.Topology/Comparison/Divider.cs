using System.Numerics;
using System.Text;
using Keyway.Topology.Twemproxy;

namespace Keyway.Topology.Comparison;

/// <summary>Lays out how a rule divides the keys of a region.</summary>
internal static class Divider
{
    private const uint LargestCrc32 = 0x7FFF;   // nutcracker's crc32 has 15 bits

    public static Division Divide(PartitionMap map, int ruleNumber, Region region)
    {
        RuleIndex rule = map.Indexes[ruleNumber];
        return rule.Rule.Placement switch
        {
            Placement.Slots => Slots(map, rule, region),
            Placement.Number => Numbers(map, rule, region),
            Placement.Text => Texts(map, rule, region),
            Placement.Twemproxy pool => Hashes(map, rule, pool, region),
            _ => Constant(Side.Owned(map, rule.Shards[0])),
        };
    }

    private static Division Constant(Side side) => new(new Measure(MeasureKind.Constant), [new Piece([], side)]);

    private static Division Slots(PartitionMap map, RuleIndex rule, Region region)
    {
        var pieces = new List<Piece>();
        for (int slot = 0; slot < HashSlot.Count; slot++)
        {
            if (slot == 0 || rule.Shards[slot] != rule.Shards[slot - 1]) pieces.Add(new Piece(Measure.At(slot), Side.Owned(map, rule.Shards[slot])));
        }

        var division = new Division(new Measure(MeasureKind.Slots), pieces);
        ReadOnlySpan<byte> tag = HashSlot.Tag(region.Prefix);
        if (tag.Length == region.Prefix.Length) return division;

        // The prefix holds a whole hash tag: every key of the region is in its slot.
        int only = HashSlot.Of(region.Prefix);
        return division.Restrict([new Interval(Measure.At(only), only + 1 < HashSlot.Count ? Measure.At(only + 1) : null)], map);
    }

    private static Division Numbers(PartitionMap map, RuleIndex rule, Region region)
    {
        Side otherwise = Side.OtherwiseOf(map, rule);
        var pieces = new List<Piece> { new(Measure.NoNumber, otherwise) };
        BigInteger next = BigInteger.Zero;
        bool isOpen = true;
        foreach (NumberRange range in rule.Numbers)
        {
            BigInteger first = range.First is { } digits ? BigInteger.Parse(digits) : BigInteger.Zero;
            if (first > next) pieces.Add(new Piece(Measure.At(next), otherwise));
            pieces.Add(new Piece(Measure.At(first), Side.Owned(map, range.Shard)));
            isOpen = range.Last is not null;
            if (isOpen) next = BigInteger.Parse(range.Last!) + 1;
        }

        if (isOpen) pieces.Add(new Piece(Measure.At(next), otherwise));

        var division = new Division(new Measure(MeasureKind.Number, rule.Rule.Prefix.Length), pieces);
        return ReachableNumbers(region.Prefix.AsSpan(rule.Rule.Prefix.Length), LongestBound(rule)) is { } allowed ? division.Restrict(allowed, map) : division;
    }

    /// <summary>The numbers that keys can have which go on with the given bytes after the number rule's prefix; null for all and none.</summary>
    private static List<Interval>? ReachableNumbers(ReadOnlySpan<byte> given, int longestBound)
    {
        if (given.Length > 0 && given[0] == (byte)'{') given = given[1..];
        if (given.IsEmpty) return null;

        if (!KeyNumber.TryRead(given, out ReadOnlySpan<byte> digits) || given[0] == (byte)'{') return [new Interval(Measure.NoNumber, Measure.At(BigInteger.Zero))];

        BigInteger number = digits.IsEmpty ? BigInteger.Zero : BigInteger.Parse(Encoding.ASCII.GetString(digits));
        bool isComplete = given.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0;
        if (isComplete) return [new Interval(Measure.At(number), Measure.At(number + 1))];
        if (number.IsZero) return [new Interval(Measure.At(BigInteger.Zero), null)];

        // 4, 40 to 49, 400 to 499 and so on; past the longest bound all is one piece.
        var allowed = new List<Interval>();
        BigInteger scale = BigInteger.One;
        for (int length = digits.Length; length <= longestBound; length++, scale *= 10)
            allowed.Add(new Interval(Measure.At(number * scale), Measure.At((number + 1) * scale)));
        allowed.Add(new Interval(Measure.At(number * scale), null));
        return allowed;
    }

    private static int LongestBound(RuleIndex rule)
    {
        int longest = 1;
        foreach (NumberRange range in rule.Numbers) longest = Math.Max(longest, Math.Max(range.First?.Length ?? 0, range.Last?.Length ?? 0));
        return longest + 1;   // the number after the last bound may be a digit longer
    }

    /// <summary>On the order of whole keys, so that text rules of different prefixes have one measure.</summary>
    private static Division Texts(PartitionMap map, RuleIndex rule, Region region)
    {
        Side otherwise = Side.OtherwiseOf(map, rule);
        byte[] prefix = rule.Rule.Prefix;
        var pieces = new List<Piece> { new([], otherwise) };
        foreach (TextRange range in rule.Texts)
        {
            byte[] start = [.. prefix, .. range.From ?? []];
            if (pieces[^1].Start.AsSpan().SequenceEqual(start)) pieces.RemoveAt(pieces.Count - 1);
            pieces.Add(new Piece(start, Side.Owned(map, range.Shard)));
            if (range.To is { } to) pieces.Add(new Piece([.. prefix, .. to], otherwise));
        }

        return new Division(new Measure(MeasureKind.Text), pieces).Restrict(region.Texts, map);
    }

    private static Division Hashes(PartitionMap map, RuleIndex rule, Placement.Twemproxy pool, Region region)
    {
        TwemproxyIndex index = rule.Pool!;

        // A lone server is not hashed for, and a prefix that holds a whole tag leaves nothing to hash.
        bool isFixed = TwemproxyIndex.Tagged(region.Prefix, pool.Tag).Length < region.Prefix.Length;
        if (pool.Servers.Count == 1 || isFixed) return Constant(Side.Owned(map, rule.Find(region.Prefix)));

        Side OwnerOf(int point) => Side.Owned(map, pool.Servers[index.Servers[point]].Shard);

        var pieces = new List<Piece> { new(Measure.At(0u), OwnerOf(0)) };
        for (int i = 1; i < index.Points.Length; i++)
        {
            if (index.Points[i] > index.Points[i - 1]) pieces.Add(new Piece(Measure.At(index.Points[i - 1] + 1), OwnerOf(i)));
        }

        uint last = index.Points[^1];
        if (last < uint.MaxValue) pieces.Add(new Piece(Measure.At(last + 1), OwnerOf(0)));

        var division = new Division(new Measure(MeasureKind.Hash, 0, pool.Hash, Convert.ToHexString(pool.Tag), index.TotalWeight), pieces);
        uint largest = LargestHash(pool.Hash, index.TotalWeight);
        return largest == uint.MaxValue ? division : division.Restrict([new Interval(Measure.At(0u), Measure.At(largest + 1))], map);
    }

    private static uint LargestHash(TwemproxyHash hash, uint modulus)
    {
        uint largest = hash == TwemproxyHash.Crc32 ? LargestCrc32 : uint.MaxValue;
        return modulus > 0 ? Math.Min(largest, modulus - 1) : largest;
    }
}
