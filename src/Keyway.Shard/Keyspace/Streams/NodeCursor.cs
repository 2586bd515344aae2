using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Streams;

/// <summary>Walks over the entries of one node, deleted ones too, from the first one on or from the last one back. The listpack is trusted.</summary>
internal ref struct NodeCursor
{
    private readonly ReadOnlySpan<byte> _listpack;
    private readonly NodeHead _head;
    private readonly StreamId _master;
    private readonly bool _isBackwards;
    private int _data;             // the next element of the entry's fields and values
    private int _name;             // the next of the names that the node's entries share
    private int _elementsLeft;
    private bool _hasOwnFields;

    /// <param name="listpack">The node's.</param>
    /// <param name="master">Its ID.</param>
    /// <param name="isBackwards">From the last one back.</param>
    public NodeCursor(ReadOnlySpan<byte> listpack, StreamId master, bool isBackwards = false)
    {
        _listpack = listpack;
        _head = new NodeHead(listpack);
        _master = master;
        _isBackwards = isBackwards;
        EntryAt = isBackwards ? listpack.Length - 1 : Listpack.None;
    }

    public readonly NodeHead Head => _head;

    /// <summary>The entry's offset in the listpack.</summary>
    public int EntryAt { get; private set; }

    public StreamId Id { get; private set; }

    public bool IsDeleted { get; private set; }

    public int FieldCount { get; private set; }

    public bool MoveNext()
    {
        if (!(_isBackwards ? StepBack() : StepOn())) return false;
        ReadEntry();
        return true;
    }

    /// <summary>The entry's next field and its value; to be called at most <see cref="FieldCount"/> times.</summary>
    public void ReadPair(out ListpackElement field, out ListpackElement value)
    {
        if (_hasOwnFields)
        {
            field = Listpack.Read(_listpack, _data);
            _data = Listpack.Next(_listpack, _data);
            _elementsLeft--;
        }
        else
        {
            field = Listpack.Read(_listpack, _name);
            _name = Listpack.Next(_listpack, _name);
        }

        value = Listpack.Read(_listpack, _data);
        _data = Listpack.Next(_listpack, _data);
        _elementsLeft--;
    }

    private bool StepOn()
    {
        if (EntryAt == Listpack.None)
        {
            EntryAt = _head.FindFirstEntry(_listpack);
            return EntryAt != Listpack.None;
        }

        for (; _elementsLeft > 0; _elementsLeft--) _data = Listpack.Next(_listpack, _data);
        EntryAt = Listpack.Next(_listpack, _data);      // over the count of the elements
        return EntryAt != Listpack.None;
    }

    private bool StepBack()
    {
        int at = Listpack.Previous(_listpack, EntryAt);
        long elements = Listpack.Read(_listpack, at).Integer;
        if (elements == 0) return false;                // the zero behind the names

        for (; elements > 0; elements--) at = Listpack.Previous(_listpack, at);
        EntryAt = at;
        return true;
    }

    private void ReadEntry()
    {
        long flags = Listpack.Read(_listpack, EntryAt).Integer;
        int at = Listpack.Next(_listpack, EntryAt);
        var milliseconds = (ulong)Listpack.Read(_listpack, at).Integer;
        at = Listpack.Next(_listpack, at);
        var sequence = (ulong)Listpack.Read(_listpack, at).Integer;
        at = Listpack.Next(_listpack, at);
        Id = new StreamId(unchecked(_master.Milliseconds + milliseconds), unchecked(_master.Sequence + sequence));
        IsDeleted = (flags & StreamNode.DeletedFlag) != 0;

        _hasOwnFields = (flags & StreamNode.SameFieldsFlag) == 0;
        if (_hasOwnFields)
        {
            FieldCount = (int)Listpack.Read(_listpack, at).Integer;
            at = Listpack.Next(_listpack, at);
            _elementsLeft = FieldCount * 2;
        }
        else
        {
            FieldCount = _elementsLeft = _head.FieldCount;
            _name = _head.FirstFieldAt;
        }

        _data = at;
    }
}
