using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Keyway.Protocol;
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
    private Digits _digits;
    private int _at;
    private bool _isSought;       // the next move is one to the element that was sought

    public SortedSetReader(Database database, Entry entry)
    {
        if (entry.IsLarge)
        {
            _large = (LargeSortedSet)database.LargeValueOf(entry);
            Count = _large.Count;
        }
        else
        {
            _listpack = entry.Bytes;
            Count = CompactSortedSet.Count(_listpack);
        }

        Seek(0);
    }

    public long Count { get; }

    public readonly double Score => _large != null ? _position.Score : CompactSortedSet.ScoreAt(_listpack, _at);

    /// <summary>Good until the next move.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Member => _large != null ? _position.Member.Bytes : Listpack.Read(_listpack, _at).Text(_digits);

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
        else _at = Listpack.Next(_listpack, Listpack.Next(_listpack, _at));
        return IsElement;
    }

    public bool MovePrevious()
    {
        if (_isSought) _isSought = false;
        else if (_large != null) _position.MovePrevious();
        else _at = Listpack.Previous(_listpack, _at) is var score and not Listpack.None ? Listpack.Previous(_listpack, score) : Listpack.None;
        return IsElement;
    }

    private readonly bool IsElement => _large != null ? _position.IsElement : _at != Listpack.None;

    [InlineArray(RespNumber.MaxLongLength)]
    private struct Digits
    {
        private byte _first;
    }
}
