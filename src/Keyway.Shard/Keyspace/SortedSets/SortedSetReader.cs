using System.Diagnostics.CodeAnalysis;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>
/// The elements of a sorted set in order, whatever form it has: begins before the first one, or where <see cref="Seek"/> puts it. Good until the set
/// changes.
/// </summary>
internal ref struct SortedSetReader
{
    private readonly ReadOnlySpan<byte> _listpack;
    private readonly LargeSortedSet? _large;
    private TreePosition _position;
    private MemberDigits _digits;
    private int _at;
    private bool _isSought;       // the next move is one to the element that was sought

    public SortedSetReader(Database database, Entry entry)
        : this(entry.IsLarge ? default : entry.Bytes, entry.IsLarge ? (LargeSortedSet)database.LargeValueOf(entry) : null)
    {
    }

    internal SortedSetReader(ReadOnlySpan<byte> listpack, LargeSortedSet? large)
    {
        _listpack = listpack;
        _large = large;
        Count = large != null ? large.Count : listpack.IsEmpty ? 0 : CompactSortedSet.Count(listpack);
        Seek(0);
    }

    public long Count { get; }

    public readonly double Score => _large != null ? _position.Score : CompactSortedSet.ScoreAt(_listpack, _at);

    /// <summary>The score as a small set keeps it: a whole number shows all of its digits.</summary>
    public readonly ListpackElement StoredScore => Listpack.Read(_listpack, Listpack.Next(_listpack, _at));

    /// <summary>Good until the next move.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Member => _large != null ? _position.Member.Bytes : Listpack.Read(_listpack, _at).Text(_digits);

    /// <summary>Finds the member again, however far the reader has gone meanwhile: see <see cref="MemberAt"/>.</summary>
    public readonly unsafe nint Mark => _large != null ? (nint)_position.Member.Block : _at;

    /// <summary>Good until the next call for a member.</summary>
    [UnscopedRef]
    public unsafe ReadOnlySpan<byte> MemberAt(nint mark) => _large != null ? new ScoredMember((byte*)mark).Bytes : Listpack.Read(_listpack, (int)mark).Text(_digits);

    /// <summary>Goes to just before the element of this rank, for <see cref="MoveNext"/>, or just behind it, for <see cref="MovePrevious"/>.</summary>
    public void Seek(long rank)
    {
        _isSought = true;
        if (_large != null) _position = _large.Seek(rank);
        else _at = rank < Count ? Listpack.Seek(_listpack, rank * 2) : Listpack.None;
    }

    public bool MoveNext()
    {
        if (_isSought) _isSought = false;
        else if (_large != null) _position.MoveNext();
        else _at = CompactSortedSet.Next(_listpack, _at);
        return IsElement;
    }

    public bool MovePrevious()
    {
        if (_isSought) _isSought = false;
        else if (_large != null) _position.MovePrevious();
        else _at = CompactSortedSet.Previous(_listpack, _at);
        return IsElement;
    }

    private readonly bool IsElement => _large != null ? _position.IsElement : _at != Listpack.None;
}
