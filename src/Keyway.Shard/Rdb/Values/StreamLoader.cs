using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Rdb.Values;

internal sealed unsafe class StreamLoader(LoadContext context) : ValueLoader(context)
{
    private StreamValue? _stream;
    private RdbType _type;
    private Stage _stage;
    private ulong _nodesLeft, _groupsLeft, _pendingLeft, _consumersLeft, _ownedLeft;
    private StreamId _topId, _topOfAll;
    private bool _isOrdered;
    private ConsumerGroup _group = null!;
    private Consumer _consumer = null!;
    private long _unowned;

    private enum Stage
    {
        NodeCount,
        Nodes,
        Totals,
        GroupCount,
        Group,
        Pending,
        ConsumerCount,
        Consumer,
        Owned,
        Done,
    }

    public override void Begin(RdbType type)
    {
        _type = type;
        _stage = Stage.NodeCount;
        _stream = new StreamValue(Context.Values);
        _topId = _topOfAll = StreamId.Zero;
        _isOrdered = true;
    }

    public override RdbReadStatus Read(ref RdbCursor cursor)
    {
        while (_stage != Stage.Done)
        {
            int start = cursor.Position;
            RdbReadStatus status = ReadStage(ref cursor);
            if (status == RdbReadStatus.Complete) continue;
            cursor.Rewind(start);
            return status;
        }

        return RdbReadStatus.Complete;
    }

    public override void Store(ReadOnlySpan<byte> input, Database database, Place place, long expiresAtMs)
    {
        database.SetLarge(place, ValueKind.Stream, _stream!, expiresAtMs);
        _stream = null;
    }

    public override void Discard()
    {
        if (_stream != null) Context.Values.Drop(_stream);
        _stream = null;
    }

    private RdbReadStatus ReadStage(ref RdbCursor cursor)
    {
        switch (_stage)
        {
            case Stage.NodeCount:
                return ReadCount(ref cursor, out _nodesLeft, Stage.Nodes);
            case Stage.Nodes:
                return _nodesLeft-- == 0 ? GoTo(Stage.Totals) : Undo(ReadNode(ref cursor), ref _nodesLeft);
            case Stage.Totals:
                return ReadTotals(ref cursor);
            case Stage.GroupCount:
                return ReadCount(ref cursor, out _groupsLeft, Stage.Group);
            case Stage.Group:
                return _groupsLeft-- == 0 ? GoTo(Stage.Done) : Undo(ReadGroup(ref cursor), ref _groupsLeft);
            case Stage.Pending:
                return _pendingLeft-- == 0 ? GoTo(Stage.ConsumerCount) : Undo(ReadPending(ref cursor), ref _pendingLeft);
            case Stage.ConsumerCount:
                return ReadCount(ref cursor, out _consumersLeft, Stage.Consumer);
            case Stage.Consumer:
                return _consumersLeft-- == 0 ? EndGroup() : Undo(ReadConsumer(ref cursor), ref _consumersLeft);
            default:
                return _ownedLeft-- == 0 ? GoTo(Stage.Consumer) : Undo(ReadOwned(ref cursor), ref _ownedLeft);
        }
    }

    private RdbReadStatus GoTo(Stage stage)
    {
        _stage = stage;
        return RdbReadStatus.Complete;
    }

    // What was not there whole is still to come.
    private static RdbReadStatus Undo(RdbReadStatus status, ref ulong left)
    {
        if (status != RdbReadStatus.Complete) left++;
        return status;
    }

    private RdbReadStatus ReadCount(ref RdbCursor cursor, out ulong count, Stage next) => cursor.TryReadLength(out count) ? GoTo(next) : cursor.Status;

    private RdbReadStatus ReadNode(ref RdbCursor cursor)
    {
        if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> key)) return cursor.Status;
        if (key.Length != StreamId.Bytes) return RdbReadStatus.Corrupt;
        StreamId master = StreamId.Read(key);
        if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> listpack)) return cursor.Status;

        StreamValue stream = _stream!;
        bool isBehind = stream.Nodes.Count == 0 || stream.Nodes.IdAt(stream.Nodes.Last) < master;
        if (!isBehind || !StreamNodeCheck.IsValid(listpack, master, out NodeSummary summary)) return RdbReadStatus.Corrupt;

        _isOrdered &= summary.IsOrdered && (stream.Nodes.Count == 0 || _topOfAll < master);
        if (summary.TopId > _topId) _topId = summary.TopId;
        if (summary.TopOfAll > _topOfAll) _topOfAll = summary.TopOfAll;
        stream.AddNode(master, listpack);
        return RdbReadStatus.Complete;
    }

    private RdbReadStatus ReadTotals(ref RdbCursor cursor)
    {
        StreamValue stream = _stream!;
        if (!cursor.TryReadLength(out ulong length) || !TryReadId(ref cursor, out StreamId lastId)) return cursor.Status;

        StreamId maxDeletedId = StreamId.Zero;
        ulong entriesAdded = length;
        if (_type != RdbType.StreamBefore7)
        {
            // The first ID is found in the entries themselves.
            if (!TryReadId(ref cursor, out _) || !TryReadId(ref cursor, out maxDeletedId) || !cursor.TryReadLength(out entriesAdded)) return cursor.Status;
        }

        if (length != (ulong)stream.Length || (stream.Length > 0 && lastId < _topId)) return RdbReadStatus.Corrupt;
        stream.SetLastId(_topOfAll);
        stream.SetLastId(lastId);
        if (!_isOrdered) stream.MarkDisordered();
        stream.RefreshFirstId();
        stream.MaxDeletedId = maxDeletedId;
        stream.EntriesAdded = (long)entriesAdded;
        return GoTo(Stage.GroupCount);
    }

    private RdbReadStatus ReadGroup(ref RdbCursor cursor)
    {
        if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> name) || !TryReadId(ref cursor, out StreamId lastId)) return cursor.Status;

        var entriesRead = (ulong)_stream!.EstimateRead(lastId);
        if (_type != RdbType.StreamBefore7 && !cursor.TryReadLength(out entriesRead)) return cursor.Status;
        if (!cursor.TryReadLength(out ulong pending)) return cursor.Status;
        if (_stream.AddGroup(name, lastId, (long)entriesRead) is not { } group) return RdbReadStatus.Corrupt;

        _group = group;
        _pendingLeft = pending;
        _unowned = 0;
        return GoTo(Stage.Pending);
    }

    private RdbReadStatus ReadPending(ref RdbCursor cursor)
    {
        if (!cursor.TryReadRaw(StreamId.Bytes, out ReadOnlySpan<byte> key)) return cursor.Status;
        if (!cursor.TryReadInt64(out long timeMs) || !cursor.TryReadLength(out ulong times)) return cursor.Status;

        StreamId id = StreamId.Read(key);
        if (_group.FindPending(id) != null) return RdbReadStatus.Corrupt;
        _group.AddUnassigned(id, timeMs)->Times = (long)times;
        _unowned++;
        return RdbReadStatus.Complete;
    }

    private RdbReadStatus ReadConsumer(ref RdbCursor cursor)
    {
        if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> name)) return cursor.Status;
        if (!cursor.TryReadInt64(out long seenMs)) return cursor.Status;
        if (_type == RdbType.StreamFrom72 && !cursor.TryReadInt64(out _)) return cursor.Status;      // when it was last active
        if (!cursor.TryReadLength(out ulong owned)) return cursor.Status;

        if (_group.Consumers.Find(name) != null) return RdbReadStatus.Corrupt;
        _consumer = _group.AddConsumer(name, seenMs);
        _ownedLeft = owned;
        return GoTo(Stage.Owned);
    }

    private RdbReadStatus ReadOwned(ref RdbCursor cursor)
    {
        if (!cursor.TryReadRaw(StreamId.Bytes, out ReadOnlySpan<byte> key)) return cursor.Status;

        // A delivery has one consumer, not several.
        StreamId id = StreamId.Read(key);
        Delivery* delivery = _group.FindPending(id);
        if (delivery == null || delivery->Consumer != Delivery.NoConsumer) return RdbReadStatus.Corrupt;
        _group.Assign(id, delivery, _consumer);
        _unowned--;
        return RdbReadStatus.Complete;
    }

    private RdbReadStatus EndGroup() => _unowned == 0 ? GoTo(Stage.Group) : RdbReadStatus.Corrupt;

    private static bool TryReadId(ref RdbCursor cursor, out StreamId id)
    {
        id = default;
        if (!cursor.TryReadLength(out ulong milliseconds) || !cursor.TryReadLength(out ulong sequence)) return false;
        id = new StreamId(milliseconds, sequence);
        return true;
    }
}
