using System.Numerics;

namespace Keyway.Topology.Comparison;

/// <summary>Compares what two maps say about the keys of one region.</summary>
internal sealed class RegionComparison(PartitionMap before, PartitionMap after, Region region, List<MapMove> moves)
{
    public void Run() => Compare(Side.Asked(before, region.OldRule), Side.Asked(after, region.NewRule), "", isRough: false);

    /// <param name="where">Which part of the region this is about; empty for all of it.</param>
    /// <param name="isRough">That part and what divides it further are not independent: a single text has no more than one slot.</param>
    private void Compare(Side old, Side now, string where, bool isRough)
    {
        old = Simplify(old);
        now = Simplify(now);
        if (old.IsUnreachable || now.IsUnreachable) return;

        if (!old.AsksRule && !now.AsksRule)
        {
            if (old.Owner != now.Owner) moves.Add(new MapMove(where.Length > 0 ? where : Whole, old.Names, now.Names, isRough));
            return;
        }

        Division? oldDivision = old.AsksRule ? Divider.Divide(old.Map, old.Rule, region) : null;
        Division? newDivision = now.AsksRule ? Divider.Divide(now.Map, now.Rule, region) : null;
        if (oldDivision is not null && newDivision is not null && oldDivision.Measure != newDivision.Measure)
        {
            // Any piece of one can meet any piece of the other.
            moves.Add(new MapMove(where.Length > 0 ? where : Whole, NamesOf(Owners(old)), NamesOf(Owners(now)), May: true));
            return;
        }

        Measure measure = (oldDivision ?? newDivision)!.Measure;
        List<Segment> segments = Division.Overlay(
            oldDivision ?? new Division(measure, [new Piece(newDivision!.Pieces[0].Start, old)]),
            newDivision ?? new Division(measure, [new Piece(oldDivision!.Pieces[0].Start, now)]));

        int asked = old.AsksRule ? old.Map.Rules[old.Rule].Prefix.Length : now.Map.Rules[now.Rule].Prefix.Length;
        if (measure.Kind == MeasureKind.Hash)
        {
            CompareHashes(segments, measure, where, isRough);
            return;
        }

        foreach (Segment segment in segments)
        {
            if (segment.Before.IsUnreachable || segment.After.IsUnreachable || IsToldElsewhere(segment)) continue;
            string part = where.Length > 0 ? $"{where}, {Describe(segment, measure, asked, "")}" : Describe(segment, measure, asked, Opening);
            Compare(segment.Before, segment.After, part, isRough || IsRough(segment, measure));
        }
    }

    /// <summary>What rules further on divide a number's keys by is independent of the number only if it is a hash; of a text nothing is.</summary>
    private bool IsRough(Segment segment, Measure measure)
    {
        if (measure.Kind == MeasureKind.Text) return segment.Before.AsksRule || segment.After.AsksRule || !HasWitness(segment);
        return ReadsKey(segment.Before) || ReadsKey(segment.After);
    }

    // Rules with longer prefixes may hold all texts of a stretch: without a key that does move nothing is said for certain.
    private bool HasWitness(Segment segment)
    {
        foreach (byte[] key in new[] { segment.Start, [.. segment.Start, 0] })
        {
            if (segment.End is not null && key.AsSpan().SequenceCompareTo(segment.End) >= 0) continue;
            if (OwnerIn(before, key) == segment.Before.Owner && OwnerIn(after, key) == segment.After.Owner) return true;
        }

        return false;
    }

    private static string? OwnerIn(PartitionMap map, byte[] key) => map.Find(key).Shard is >= 0 and var shard ? map.ShardNames[shard] : null;

    private static bool ReadsKey(Side side)
    {
        for (int rule = side.Rule; rule >= 0; rule = side.Map.Indexes[rule].Next)
        {
            if (side.Map.Rules[rule].Placement is Placement.Number or Placement.Text) return true;
        }

        return false;
    }

    /// <summary>A ring has hundreds of arcs: what they have in common is told, and how much of the ring it is.</summary>
    private void CompareHashes(List<Segment> segments, Measure measure, string where, bool isRough)
    {
        var shares = new Dictionary<(Side Before, Side After), double>();
        double whole = 0;
        foreach (Segment segment in segments)
        {
            if (segment.Before.IsUnreachable || segment.After.IsUnreachable) continue;
            double length = (segment.End is { } end ? Measure.HashAt(end) : 1.0 + uint.MaxValue) - Measure.HashAt(segment.Start);
            whole += length;
            if (segment.Before.Owner == segment.After.Owner) continue;
            var key = (segment.Before, segment.After);
            shares[key] = shares.GetValueOrDefault(key) + length;
        }

        string kind = measure.Modulus > 0 ? "modula" : "ketama";
        foreach (((Side old, Side now), double length) in shares)
        {
            string part = FormattableString.Invariant($"{100 * length / whole:0.##} % of the {kind} hashes");
            moves.Add(new MapMove($"{(where.Length > 0 ? where : Whole)}, {part}", old.Names, now.Names, isRough));
        }
    }

    /// <summary>A rule that can give the region's keys only one owner is that owner.</summary>
    private Side Simplify(Side side)
    {
        if (!side.AsksRule) return side;

        HashSet<Side> owners = Owners(side);
        return owners.Count switch
        {
            0 => Side.Nowhere(side.Map),
            1 => owners.First(),
            _ => side,
        };
    }

    private HashSet<Side> Owners(Side side)
    {
        var owners = new HashSet<Side>();
        var open = new Stack<Side>([side]);
        while (open.TryPop(out Side next))
        {
            if (next.IsUnreachable) continue;
            if (!next.AsksRule) owners.Add(next);
            else foreach (Side piece in Divider.Divide(next.Map, next.Rule, region).Pieces.Select(piece => piece.Side).Distinct()) open.Push(piece);
        }

        return owners;
    }

    /// <summary>Where both maps hand on to the rules that a shorter prefix's region begins with, the moves are told there.</summary>
    private bool IsToldElsewhere(Segment segment)
    {
        if (!segment.Before.AsksRule || !segment.After.AsksRule) return false;

        int oldRule = segment.Before.Rule;
        int newRule = segment.After.Rule;
        byte[] oldPrefix = before.Rules[oldRule].Prefix;
        byte[] newPrefix = after.Rules[newRule].Prefix;
        byte[] longer = oldPrefix.Length >= newPrefix.Length ? oldPrefix : newPrefix;
        return longer.Length < region.Prefix.Length && before.LongestPrefix(longer) == oldRule && after.LongestPrefix(longer) == newRule;
    }

    private string Whole => $"{Printable.Text(region.Prefix)}*";

    private string Opening => region.Prefix.Length > 0 ? $"{Printable.Text(region.Prefix)} " : "";

    /// <param name="askedPrefixLength">Where the rule that divides begins to read the key.</param>
    private string Describe(Segment segment, Measure measure, int askedPrefixLength, string opening)
    {
        return measure.Kind switch
        {
            MeasureKind.Slots => $"{opening}{DescribeSlots(segment)}",
            MeasureKind.Text => $"{(opening.Length > 0 ? opening : "keys ")}{TextRanges.Format(AfterPrefix(segment.Start), AfterPrefix(segment.End))}",
            MeasureKind.Number when askedPrefixLength == region.Prefix.Length => $"{(opening.Length > 0 ? opening : "numbers ")}{DescribeNumbers(segment)}",
            MeasureKind.Number => $"{Whole} with numbers {DescribeNumbers(segment)}",
            _ => Whole,
        };
    }

    private static string DescribeSlots(Segment segment)
    {
        int first = Measure.Slot(segment.Start);
        int last = segment.End is { } end ? Measure.Slot(end) - 1 : HashSlot.Count - 1;
        return first == last ? $"slot {first}" : $"slots {SlotCoverage.Format(first, last)}";
    }

    private static string DescribeNumbers(Segment segment)
    {
        if (segment.Start.Length == 0 && segment.End is null) return "0- and without number";

        string? last = segment.End is { } end ? (Measure.Number(end) - BigInteger.One).ToString() : null;
        if (segment.Start.Length > 0) return NumberRanges.Format(Measure.Number(segment.Start).ToString(), last);
        return last == "-1" ? "(no number)" : $"{NumberRanges.Format("0", last)} and without number";
    }

    /// <summary>Bounds are whole keys; the region's own prefix goes without saying. Past the region is open.</summary>
    private byte[]? AfterPrefix(byte[]? bound) => bound is not null && bound.AsSpan().StartsWith(region.Prefix) ? bound[region.Prefix.Length..] : null;

    private static IReadOnlyList<string> NamesOf(HashSet<Side> owners) =>
        [.. owners.Where(side => side.Owner is not null).Select(side => side.Owner!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
