namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>Members between two bounds, for sets whose scores are all equal.</summary>
internal readonly ref struct LexRange(LexBound start, LexBound end)
{
    private readonly LexBound _start = start;
    private readonly LexBound _end = end;

    /// <summary>What precedes it lies below the range.</summary>
    public LexBound Start => _start;

    /// <summary>What precedes it does not lie above the range.</summary>
    public LexBound End => _end;

    /// <summary>No member lies in it, whatever the set holds.</summary>
    public bool IsEmpty => _end.CompareTo(_start) <= 0;
}
