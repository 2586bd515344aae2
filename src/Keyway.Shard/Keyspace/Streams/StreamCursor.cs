using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Streams;

/// <summary>
/// Walks over the entries of a stream whose IDs lie between two bounds (both belong to the range), forwards or backwards. While it is used the stream must
/// not change.
/// <code>
/// while (cursor.MoveNext())
///     for (int i = 0; i &lt; cursor.FieldCount; i++) cursor.ReadPair(out ListpackElement field, out ListpackElement value);
/// </code>
/// </summary>
internal unsafe ref struct StreamCursor
{
    private readonly IdMap _nodes;
    private readonly StreamId _from, _to;
    private readonly bool _isBackwards;
    private readonly bool _seesDeleted;
    private IdMap.Position _position;
    private bool _isInNode;
    private ReadOnlySpan<byte> _listpack;
    private StreamId _master;
    private NodeHead _head;
    private int _at;               // the entry; forwards Listpack.None before the first one, backwards the end mark before the last one
    private int _data;             // the next element of its fields and values
    private int _name;             // the next of the names that the node's entries share
    private int _elementsLeft;
    private bool _hasOwnFields;

    public StreamCursor(StreamValue stream, StreamId from, StreamId to, bool isBackwards = false, bool seesDeleted = false)
    {
        _nodes = stream.Nodes;
        _from = from;
        _to = to;
        _isBackwards = isBackwards;
        _seesDeleted = seesDeleted;
        _position = _nodes.SeekAtMost(isBackwards ? to : from);
        if (!isBackwards && !_nodes.IsValid(_position)) _position = _nodes.First;
    }

    /// <summary>All entries.</summary>
    public StreamCursor(StreamValue stream, bool isBackwards = false, bool seesDeleted = false)
        : this(stream, StreamId.Zero, StreamId.Max, isBackwards, seesDeleted)
    {
    }

    public StreamId Id { get; private set; }

    public int FieldCount { get; private set; }

    /// <summary>Where the entry is: the node, and the offset in its listpack.</summary>
    public readonly IdMap.Position Node => _position;

    public readonly int EntryAt => _at;

    public bool MoveNext()
    {
        while (true)
        {
            if (!_isInNode)
            {
                if (!_nodes.IsValid(_position)) return false;
                OpenNode();
            }

            if (!(_isBackwards ? StepBack() : StepOn()))
            {
                _isInNode = false;
                _position = _isBackwards ? _nodes.Previous(_position) : _nodes.Next(_position);
                continue;
            }

            bool isDeleted = ReadEntry();
            if (_isBackwards ? Id < _from : Id > _to) return false;
            if (isDeleted && !_seesDeleted) continue;
            if (_isBackwards ? Id <= _to : Id >= _from) return true;
        }
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

    private void OpenNode()
    {
        _isInNode = true;
        _master = _nodes.IdAt(_position);
        _listpack = new StreamNode((byte*)_nodes[_position]).Bytes;
        _head = new NodeHead(_listpack);
        _at = _isBackwards ? _listpack.Length - 1 : Listpack.None;
    }

    private bool StepOn()
    {
        if (_at == Listpack.None)
        {
            _at = _head.FindFirstEntry(_listpack);
            return _at != Listpack.None;
        }

        for (; _elementsLeft > 0; _elementsLeft--) _data = Listpack.Next(_listpack, _data);
        _at = Listpack.Next(_listpack, _data);      // over the count of the elements
        return _at != Listpack.None;
    }

    private bool StepBack()
    {
        int at = Listpack.Previous(_listpack, _at);
        long elements = Listpack.Read(_listpack, at).Integer;
        if (elements == 0) return false;            // the zero behind the names

        for (; elements > 0; elements--) at = Listpack.Previous(_listpack, at);
        _at = at;
        return true;
    }

    private bool ReadEntry()
    {
        long flags = Listpack.Read(_listpack, _at).Integer;
        int at = Listpack.Next(_listpack, _at);
        ulong milliseconds = (ulong)Listpack.Read(_listpack, at).Integer;
        at = Listpack.Next(_listpack, at);
        ulong sequence = (ulong)Listpack.Read(_listpack, at).Integer;
        at = Listpack.Next(_listpack, at);
        Id = new StreamId(unchecked(_master.Milliseconds + milliseconds), unchecked(_master.Sequence + sequence));

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
        return (flags & StreamNode.DeletedFlag) != 0;
    }
}
