using System.Diagnostics.CodeAnalysis;
using Keyway.Shard.Keyspace.Sets;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>All elements of a <see cref="ScoredSource"/>, those of a sorted set in their order.</summary>
internal ref struct ScoredSourceReader
{
    private readonly bool _isSet;
    private SetReader _set;
    private SortedSetReader _sortedSet;
    private MemberDigits _digits;

    public ScoredSourceReader(SetReader set)
    {
        _set = set;
        _isSet = true;
    }

    public ScoredSourceReader(SortedSetReader sortedSet) => _sortedSet = sortedSet;

    public readonly double Score => _isSet ? 1 : _sortedSet.Score;

    /// <summary>Good until the next move.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Member => _isSet ? _set.Member.Text(_digits) : _sortedSet.Member;

    public bool MoveNext() => _isSet ? _set.MoveNext() : _sortedSet.MoveNext();
}
