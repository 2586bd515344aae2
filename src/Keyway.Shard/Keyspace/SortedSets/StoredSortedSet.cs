using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>A sorted set of a database, to be looked into, whatever form it has. The default is one without elements. Good until the next change in the database.</summary>
internal readonly ref struct StoredSortedSet
{
    private readonly ReadOnlySpan<byte> _listpack;
    private readonly LargeSortedSet? _large;

    public StoredSortedSet(Database database, Entry entry)
    {
        if (entry.IsLarge) _large = (LargeSortedSet)database.LargeValueOf(entry);
        else _listpack = entry.Bytes;
    }

    public long Count => _large != null ? _large.Count : _listpack.IsEmpty ? 0 : CompactSortedSet.Count(_listpack);

    public bool TryGetScore(ReadOnlySpan<byte> member, out double score)
    {
        score = 0;
        if (_large != null)
        {
            ScoredMember element = _large.Find(member);
            if (element.IsNull) return false;
            score = element.Score;
            return true;
        }

        int at = _listpack.IsEmpty ? Listpack.None : CompactSortedSet.Find(_listpack, member);
        if (at == Listpack.None) return false;
        score = CompactSortedSet.ScoreAt(_listpack, at);
        return true;
    }

    /// <summary>How many elements stand before the member; -1 when it is not there.</summary>
    public long RankOf(ReadOnlySpan<byte> member)
    {
        if (_large != null)
        {
            ScoredMember element = _large.Find(member);
            return element.IsNull ? -1 : _large.RankOf(element);
        }

        return _listpack.IsEmpty ? -1 : CompactSortedSet.RankOf(_listpack, member);
    }

    /// <summary>The elements whose scores lie in the range.</summary>
    public RankSpan Find(ScoreRange range)
    {
        if (range.IsEmpty) return default;
        long first = CountBefore(range.Start);
        return new RankSpan(first, CountBefore(range.End) - first);
    }

    /// <summary>
    /// The elements whose members lie in the range, without the first ones from the one end or the other. Where scores differ that means nothing; of a small
    /// set those are returned that a walk would find, as Redis does.
    /// </summary>
    public RankSpan Find(LexRange range, bool fromEnd = false, long offset = 0)
    {
        if (range.IsEmpty || offset < 0) return default;
        if (_large == null) return _listpack.IsEmpty ? default : CompactSortedSet.Find(_listpack, range, fromEnd, offset);

        long first = _large.CountBefore(range.Start);
        return new RankSpan(first, Math.Max(0, _large.CountBefore(range.End) - first)).Limit(offset, limit: -1, fromEnd);
    }

    public SortedSetReader Read() => new(_listpack, _large);

    private long CountBefore(in ScoreBound bound) =>
        _large != null ? _large.CountBefore(in bound) : _listpack.IsEmpty ? 0 : CompactSortedSet.CountBefore(_listpack, in bound, out _);
}
