namespace Keyway.Topology;

public enum RangeProblemKind : byte
{
    /// <summary>A bound is not what this kind of range takes: a slot outside 0 to 16383, a number that is not plain digits.</summary>
    BadBound,

    /// <summary>The range ends before it begins; a text range that holds nothing counts as one.</summary>
    Reversed,

    /// <summary><see cref="RangeProblem.Range"/> and <see cref="RangeProblem.Other"/> both hold <see cref="RangeProblem.Part"/>.</summary>
    Overlap,

    /// <summary>No range holds <see cref="RangeProblem.Part"/>; slots only.</summary>
    Gap,
}

/// <summary>Something wrong with a rule's ranges. Positions are those of the list that was checked.</summary>
/// <param name="Range">The range to change: of two that overlap, the one that begins later; for a gap, the range before it (-1 at the start).</param>
/// <param name="Other">The range that <paramref name="Range"/> overlaps, or the one after a gap; -1 for none.</param>
/// <param name="Part">What is missing, doubled or wrong, as the map would write it: <c>10923-16383</c>, <c>20001-</c>, <c>2025..2026</c>.</param>
public readonly record struct RangeProblem(RangeProblemKind Kind, int Range, int Other, string Part);
