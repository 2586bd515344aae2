namespace Keyway.Topology;

/// <summary>Whether slot ranges hold every slot exactly once.</summary>
public static class SlotCoverage
{
    /// <returns>Every problem, ascending; empty when the ranges are sound.</returns>
    public static IReadOnlyList<RangeProblem> Check(IReadOnlyList<SlotRange> ranges)
    {
        var problems = new List<RangeProblem>();
        var sound = new List<int>();
        for (int i = 0; i < ranges.Count; i++)
        {
            SlotRange range = ranges[i];
            if (range.First is < 0 or >= HashSlot.Count || range.Last is < 0 or >= HashSlot.Count)
                problems.Add(new RangeProblem(RangeProblemKind.BadBound, i, -1, Format(range.First, range.Last)));
            else if (range.First > range.Last) problems.Add(new RangeProblem(RangeProblemKind.Reversed, i, -1, Format(range.First, range.Last)));
            else sound.Add(i);
        }

        // A bad range usually means to hold what is missing: naming the gap too would only double the error.
        bool reportGaps = problems.Count == 0;

        sound.Sort((left, right) => (ranges[left].First, left).CompareTo((ranges[right].First, right)));
        int next = 0;        // the first slot that nothing holds yet
        int furthest = -1;   // the range that reaches furthest so far
        foreach (int i in sound)
        {
            SlotRange range = ranges[i];
            if (range.First < next)
                problems.Add(new RangeProblem(RangeProblemKind.Overlap, i, furthest, Format(range.First, Math.Min(range.Last, next - 1))));
            else if (range.First > next && reportGaps)
                problems.Add(new RangeProblem(RangeProblemKind.Gap, furthest, i, Format(next, range.First - 1)));

            if (range.Last < next) continue;
            next = range.Last + 1;
            furthest = i;
        }

        if (next < HashSlot.Count && reportGaps)
            problems.Add(new RangeProblem(RangeProblemKind.Gap, furthest, -1, Format(next, HashSlot.Count - 1)));
        return problems;
    }

    /// <summary>As the map writes it: <c>5</c> or <c>0-5460</c>.</summary>
    public static string Format(int first, int last) => first == last ? $"{first}" : $"{first}-{last}";
}
