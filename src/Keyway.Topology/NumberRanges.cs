namespace Keyway.Topology;

/// <summary>What can be wrong with the ranges of a number rule; gaps are allowed (<c>otherwise</c> has those keys).</summary>
public static class NumberRanges
{
    /// <returns>Every problem, ascending; empty when the ranges are sound.</returns>
    public static IReadOnlyList<RangeProblem> Check(IReadOnlyList<NumberRange> ranges)
    {
        var problems = new List<RangeProblem>();
        var sound = new List<int>();
        for (int i = 0; i < ranges.Count; i++)
        {
            (string? first, string? last, _, _) = ranges[i];
            if (!IsBound(first) || !IsBound(last)) problems.Add(new RangeProblem(RangeProblemKind.BadBound, i, -1, Format(first, last)));
            else if (first is not null && last is not null && Compare(first, last) > 0)
                problems.Add(new RangeProblem(RangeProblemKind.Reversed, i, -1, Format(first, last)));
            else sound.Add(i);
        }

        sound.Sort((left, right) => CompareFirsts(ranges[left], ranges[right]) is var order and not 0 ? order : left.CompareTo(right));
        int furthest = -1;
        foreach (int i in sound)
        {
            if (furthest >= 0 && (ranges[furthest].Last is not { } held || Compare(ranges[i].First ?? "0", held) <= 0))
                problems.Add(new RangeProblem(RangeProblemKind.Overlap, i, furthest, Format(ranges[i].First, Lower(ranges[i].Last, ranges[furthest].Last))));
            if (furthest < 0 || Reaches(ranges[i].Last, ranges[furthest].Last)) furthest = i;
        }

        return problems;
    }

    /// <summary>Ascending by first bound, as <see cref="NumberIndex"/> needs them.</summary>
    public static IReadOnlyList<NumberRange> Sort(IReadOnlyList<NumberRange> ranges)
    {
        NumberRange[] sorted = [.. ranges];
        Array.Sort(sorted, CompareFirsts);
        return sorted;
    }

    /// <summary>As the map writes it: <c>5</c>, <c>1-20000</c>, <c>30001-</c>, <c>-5</c>; all numbers are <c>0-</c>.</summary>
    public static string Format(string? first, string? last)
    {
        if (first is null && last is null) return "0-";
        return first == last ? first! : $"{first}-{last}";
    }

    /// <summary>Orders bounds of any length; digits without leading zeros.</summary>
    internal static int Compare(string left, string right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);

    private static int CompareFirsts(NumberRange left, NumberRange right) => Compare(left.First ?? "0", right.First ?? "0");

    private static bool IsBound(string? bound) =>
        bound is null || bound.Length > 0 && (bound.Length == 1 || bound[0] != '0') && bound.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    // Null is open: it reaches past every number.
    private static bool Reaches(string? last, string? other) => other is not null && (last is null || Compare(last, other) > 0);

    private static string? Lower(string? last, string? other) => Reaches(last, other) ? other : last;
}
