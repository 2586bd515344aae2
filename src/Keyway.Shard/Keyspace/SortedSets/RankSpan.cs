namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>Elements that follow one another in a sorted set.</summary>
internal readonly struct RankSpan(long first, long count)
{
    /// <summary>The lowest rank.</summary>
    public long First { get; } = first;

    public long Count { get; } = count;

    public long Last => First + Count - 1;

    /// <summary>From an index to another, both included, as ZRANGE has it: negative ones count from the end.</summary>
    public static RankSpan Between(long start, long end, long length, bool fromEnd)
    {
        if (start < 0) start = Math.Max(0, start + length);
        if (end < 0) end += length;
        end = Math.Min(end, length - 1);
        if (start > end) return default;
        return new RankSpan(fromEnd ? length - 1 - end : start, end - start + 1);
    }

    /// <summary>Without the first ones that are met, and not more than so many of the others; a negative limit is none.</summary>
    public RankSpan Limit(long offset, long limit, bool fromEnd)
    {
        if (offset < 0 || offset >= Count) return default;
        long left = Count - offset;
        long taken = limit < 0 ? left : Math.Min(left, limit);
        return new RankSpan(fromEnd ? First + left - taken : First + offset, taken);
    }
}
