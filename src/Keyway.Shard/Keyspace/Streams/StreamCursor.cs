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
    private NodeCursor _entry;
    private bool _isInNode;

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

    public readonly StreamId Id => _entry.Id;

    public readonly int FieldCount => _entry.FieldCount;

    /// <summary>Where the entry is: the node, and the offset in its listpack.</summary>
    public readonly IdMap.Position Node => _position;

    public readonly int EntryAt => _entry.EntryAt;

    public bool MoveNext()
    {
        while (true)
        {
            if (!_isInNode)
            {
                if (!_nodes.IsValid(_position)) return false;
                _entry = new NodeCursor(new StreamNode((byte*)_nodes[_position]).Bytes, _nodes.IdAt(_position), _isBackwards);
                _isInNode = true;
            }

            if (!_entry.MoveNext())
            {
                _isInNode = false;
                _position = _isBackwards ? _nodes.Previous(_position) : _nodes.Next(_position);
                continue;
            }

            // What is deleted ends no range: it may stand before greater IDs that were given after it had gone (XSETID).
            if (_entry.IsDeleted && !_seesDeleted) continue;
            if (_isBackwards ? Id < _from : Id > _to) return false;
            if (_isBackwards ? Id <= _to : Id >= _from) return true;
        }
    }

    /// <inheritdoc cref="NodeCursor.ReadPair"/>
    public void ReadPair(out ListpackElement field, out ListpackElement value) => _entry.ReadPair(out field, out value);
}
