namespace Keyway.Topology;

/// <summary>What can be wrong with the ranges of a text rule; gaps are allowed (<c>otherwise</c> has those keys).</summary>
public static class TextRanges
{
    /// <returns>Every problem, ascending; empty when the ranges are sound.</returns>
    public static IReadOnlyList<RangeProblem> Check(IReadOnlyList<TextRange> ranges)
    {
        var problems = new List<RangeProblem>();
        var sound = new List<int>();
        for (int i = 0; i < ranges.Count; i++)
        {
            TextRange range = ranges[i];
            if (range.To is { } to && (range.From ?? []).AsSpan().SequenceCompareTo(to) >= 0)
                problems.Add(new RangeProblem(RangeProblemKind.Reversed, i, -1, Format(range.From, to)));
            else sound.Add(i);
        }

        sound.Sort((left, right) => CompareFroms(ranges[left], ranges[right]) is var order and not 0 ? order : left.CompareTo(right));
        int furthest = -1;
        foreach (int i in sound)
        {
            TextRange range = ranges[i];
            if (furthest >= 0 && (ranges[furthest].To is not { } held || (range.From ?? []).AsSpan().SequenceCompareTo(held) < 0))
                problems.Add(new RangeProblem(RangeProblemKind.Overlap, i, furthest, Format(range.From, Lower(range.To, ranges[furthest].To))));
            if (furthest < 0 || Reaches(range.To, ranges[furthest].To)) furthest = i;
        }

        return problems;
    }

    /// <summary>Ascending by first bound, as <see cref="TextIndex"/> needs them.</summary>
    public static IReadOnlyList<TextRange> Sort(IReadOnlyList<TextRange> ranges)
    {
        TextRange[] sorted = [.. ranges];
        Array.Sort(sorted, CompareFroms);
        return sorted;
    }

    /// <summary>As the map writes it: <c>2025..2026</c>, <c>..2025</c>, <c>2026..</c>; bytes that are not printable as <c>\xff</c>.</summary>
    public static string Format(byte[]? from, byte[]? to) => $"{Printable.Text(from)}..{Printable.Text(to)}";

    private static int CompareFroms(TextRange left, TextRange right) => (left.From ?? []).AsSpan().SequenceCompareTo(right.From ?? []);

    // Null is open: it reaches past every text.
    private static bool Reaches(byte[]? to, byte[]? other) => other is not null && (to is null || to.AsSpan().SequenceCompareTo(other) > 0);

    private static byte[]? Lower(byte[]? to, byte[]? other) => Reaches(to, other) ? other : to;
}
