using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Lists;

/// <summary>
/// The elements of a list one after the other, whatever its encoding; good until the list changes.
/// <code>for (var reader = new ListReader(database, entry); reader.MoveNext();) … reader.Value …</code>
/// </summary>
internal unsafe ref struct ListReader
{
    private readonly bool _goesBack;
    private ListNode* _node;                 // null in a flat buffer
    private ReadOnlySpan<byte> _listpack;
    private int _at;
    private int _next;                       // forwards: where the next element or the end mark is; backwards: that or None

    /// <summary>From the first element on.</summary>
    public ListReader(Database database, Entry entry)
    {
        if (entry.IsLarge) _node = ((Quicklist)database.LargeValueOf(entry)).Head;
        _listpack = _node != null ? _node->Elements : entry.Bytes;
        _next = Listpack.HeaderBytes;
    }

    /// <param name="database">Holds the list.</param>
    /// <param name="entry">The list.</param>
    /// <param name="index">Of the element to begin with, from 0; there is one.</param>
    /// <param name="goesBack">Whether it goes on towards the head.</param>
    public ListReader(Database database, Entry entry, long index, bool goesBack = false)
    {
        _goesBack = goesBack;
        if (entry.IsLarge)
        {
            ListPosition position = ((Quicklist)database.LargeValueOf(entry)).Seek(index);
            _node = position.Node;
            _listpack = _node->Elements;
            _next = position.Offset;
        }
        else
        {
            _listpack = entry.Bytes;
            _next = Listpack.Seek(_listpack, index);
        }
    }

    /// <summary>The element that <see cref="MoveNext"/> has come to.</summary>
    public readonly ListpackElement Value => Listpack.Read(_listpack, _at);

    public bool MoveNext()
    {
        if (_goesBack) return MoveBack();
        if (_listpack[_next] == Listpack.End)
        {
            if (_node == null || _node->Next == null) return false;
            _node = _node->Next;
            _listpack = _node->Elements;
            _next = Listpack.HeaderBytes;
        }

        _at = _next;
        _next += Listpack.SizeAt(_listpack, _at);
        return true;
    }

    private bool MoveBack()
    {
        if (_next == Listpack.None)
        {
            if (_node == null || _node->Previous == null) return false;
            _node = _node->Previous;
            _listpack = _node->Elements;
            _next = Listpack.Last(_listpack);
        }

        _at = _next;
        _next = Listpack.Previous(_listpack, _at);
        return true;
    }
}
