namespace Keyway.Topology.Comparison;

/// <summary>A stretch of a measure: from <paramref name="Start"/> to the next piece's.</summary>
internal readonly record struct Piece(byte[] Start, Side Side);

/// <summary>A stretch on which neither map changes its mind. A null end is the end of the measure.</summary>
internal readonly record struct Segment(byte[] Start, byte[]? End, Side Before, Side After);

/// <summary>Positions [Start, End); a null end is open.</summary>
internal readonly record struct Interval(byte[] Start, byte[]? End);

/// <summary>How a rule divides the keys of a region: pieces in ascending order that cover its whole measure.</summary>
internal sealed record Division(Measure Measure, IReadOnlyList<Piece> Pieces)
{
    /// <summary>Cuts both divisions of one measure where either is cut, and joins neighbours that say the same.</summary>
    public static List<Segment> Overlay(Division before, Division after)
    {
        var segments = new List<Segment>();
        int b = 0;
        int a = 0;
        byte[] start = before.Pieces[0].Start;
        while (true)
        {
            byte[]? nextBefore = b + 1 < before.Pieces.Count ? before.Pieces[b + 1].Start : null;
            byte[]? nextAfter = a + 1 < after.Pieces.Count ? after.Pieces[a + 1].Start : null;
            byte[]? end = Earlier(nextBefore, nextAfter);
            Add(segments, new Segment(start, end, before.Pieces[b].Side, after.Pieces[a].Side));
            if (end is null) return segments;

            if (Same(nextBefore, end)) b++;
            if (Same(nextAfter, end)) a++;
            start = end;
        }
    }

    /// <summary>The same division with nothing outside the intervals, which are ascending and apart.</summary>
    public Division Restrict(IReadOnlyList<Interval> allowed, PartitionMap map)
    {
        var mask = new List<Piece> { new(Pieces[0].Start, Side.Nowhere(map)) };
        foreach (Interval interval in allowed)
        {
            if (Same(mask[^1].Start, interval.Start)) mask.RemoveAt(mask.Count - 1);
            mask.Add(new Piece(interval.Start, Side.Owned(map, -1)));
            if (interval.End is { } end) mask.Add(new Piece(end, Side.Nowhere(map)));
        }

        List<Segment> masked = Overlay(this, new Division(Measure, mask));
        return this with { Pieces = [.. masked.Select(segment => new Piece(segment.Start, segment.After.IsUnreachable ? segment.After : segment.Before))] };
    }

    private static void Add(List<Segment> segments, Segment segment)
    {
        if (segments.Count > 0 && segments[^1] is var last && last.Before == segment.Before && last.After == segment.After)
            segments[^1] = last with { End = segment.End };
        else segments.Add(segment);
    }

    private static byte[]? Earlier(byte[]? left, byte[]? right)
    {
        if (left is null || right is null) return left ?? right;
        return left.AsSpan().SequenceCompareTo(right) <= 0 ? left : right;
    }

    private static bool Same(byte[]? left, byte[] right) => left is not null && left.AsSpan().SequenceEqual(right);
}
