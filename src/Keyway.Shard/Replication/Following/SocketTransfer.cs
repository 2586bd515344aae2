using Keyway.Shard.Keyspace;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Replication.Following;

/// <summary>Loads a master's data as they come, without a file between: a slice a turn, while the master waits for the rest to be taken.</summary>
internal sealed class SocketTransfer : Transfer
{
    private readonly ShardServer _server;
    private readonly MasterLink _link;
    private readonly Follower _follower;
    private readonly RdbLoader _loader;
    private readonly LoadPace _pace;
    private HeldInput _held;                             // came in this turn, and is loaded in the next ones
    private int _markBytes;
    private bool _isOver;

    /// <param name="server">Whose data these will be.</param>
    /// <param name="link">Told of the end.</param>
    /// <param name="follower">Who makes room for the data, and throws them away if they prove to be damaged.</param>
    /// <param name="header">What the master has announced.</param>
    /// <param name="target">Empty.</param>
    public SocketTransfer(ShardServer server, MasterLink link, Follower follower, TransferHeader header, Databases target)
        : base(header)
    {
        _server = server;
        _link = link;
        _follower = follower;
        HasAll = header is { EndMark: null, Bytes: 0 };
        _pace = new LoadPace(server.Loop.Time, server.Settings);
        _loader = new RdbLoader(target, server.Settings, follower.LoadOptions);
    }

    public override bool IsFull => !_held.IsEmpty;

    public override int Take(ReadOnlySpan<byte> bytes)
    {
        // Behind the mark nothing comes before it has been acknowledged: all that comes belongs to the data.
        bytes = WithinLength(bytes);
        ReceivedBytes += bytes.Length;
        if (_isOver) return bytes.Length;

        int loaded = _held.IsEmpty && _pace.DelayMs == 0 ? LoadSlice(bytes) : 0;
        if (_isOver || loaded == bytes.Length) return bytes.Length;

        bool goesOnAlready = !_held.IsEmpty;
        _held.Append(bytes[loaded..], _server.Pool);
        if (!goesOnAlready) GoOnLater();
        return bytes.Length;
    }

    public override void Complete()
    {
        if (_isOver) return;
        if (!_loader.IsComplete)
        {
            Fail("Unexpected EOF reading RDB file");
            return;
        }

        _isOver = true;
        _follower.FinishSync(_link, _loader);
    }

    public override void Abandon()
    {
        if (_isOver) return;
        _isOver = true;
        _held.Release(_server.Pool);
        _loader.Discard();
        _follower.ThrowAwayLoaded();
    }

    private void GoOn()
    {
        if (_isOver || _server.IsStopped) return;
        _server.BeginBatch();
        _held.Consume(LoadSlice(_held.Bytes));
        if (_isOver) return;
        if (_held.Length > 0)
        {
            GoOnLater();
            return;
        }

        _held.Release(_server.Pool);
        _link.OnTransferDrained();
    }

    private void GoOnLater()
    {
        if (_pace.DelayMs > 0) _server.Loop.Schedule(_pace.DelayMs, GoOn);
        else _server.Loop.Post(GoOn);
    }

    /// <summary>Loads for as long as a turn may take, and returns how many of the bytes it has dealt with.</summary>
    private int LoadSlice(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        _pace.BeginSlice();
        while (at < bytes.Length && !_isOver)
        {
            at += Load(bytes.Slice(at, Math.Min(_pace.PieceBytes, bytes.Length - at)));
            if (!_pace.EndPiece(_loader.KeysLoaded)) break;
        }

        if (_isOver) return bytes.Length;
        bool isAllLoaded = at == bytes.Length && ReceivedBytes == Header.Bytes;
        HasAll = Header.EndMark == null ? isAllLoaded : _markBytes == TransferHeader.EndMarkBytes;
        _server.Loading.Note(_loader.Offset);
        return at;
    }

    private int Load(ReadOnlySpan<byte> bytes)
    {
        int taken = 0;
        if (!_loader.IsComplete && !TryLoad(bytes, out taken)) return bytes.Length;
        if (!_loader.IsComplete || taken == bytes.Length) return taken;
        if (Header.EndMark != null) return taken + TakeMark(bytes[taken..]);

        Fail("there is more than the data's end");
        return bytes.Length;
    }

    private bool TryLoad(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        try
        {
            taken = _loader.Feed(bytes);
            return true;
        }
        catch (RdbException damaged)
        {
            Fail(damaged.Message);
            return false;
        }
    }

    private int TakeMark(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, TransferHeader.EndMarkBytes - _markBytes);
        if (count < bytes.Length || !Header.EndMark.AsSpan(_markBytes, count).SequenceEqual(bytes[..count]))
        {
            ReplicaLog.BrokenEndMark(_server.Logger);
            GiveUp();
            return bytes.Length;
        }

        _markBytes += count;
        return count;
    }

    private void Fail(string reason)
    {
        ReplicaLog.NotLoadedFromSocket(_server.Logger, reason);
        GiveUp();
    }

    private void GiveUp()
    {
        Abandon();
        _link.OnTransferFailed();
    }
}
