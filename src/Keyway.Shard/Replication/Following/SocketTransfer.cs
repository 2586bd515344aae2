using Keyway.Shard.Keyspace;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Replication.Following;

/// <summary>Loads a master's data as they come, without a file between.</summary>
internal sealed class SocketTransfer : Transfer
{
    private readonly ShardServer _server;
    private readonly MasterLink _link;
    private readonly Follower _follower;
    private readonly RdbLoader _loader;
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
        _loader = new RdbLoader(target, server.Settings, follower.LoadOptions);
    }

    public override int Take(ReadOnlySpan<byte> bytes)
    {
        if (_isOver) return bytes.Length;

        int taken = 0;
        bytes = WithinLength(bytes);
        if (!_loader.IsComplete && !TryLoad(bytes, out taken)) return bytes.Length;

        ReceivedBytes += taken;
        if (_loader.IsComplete && Header.EndMark != null) taken += TakeMark(bytes[taken..]);
        else if (_loader.IsComplete && taken < bytes.Length) Fail("there is more than the data's end");
        if (Header.EndMark == null) HasAll = ReceivedBytes == Header.Bytes;
        _server.Loading.Note(ReceivedBytes);
        return taken;
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
        _loader.Discard();
        _follower.ThrowAwayLoaded();
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
        if (!Header.EndMark.AsSpan(_markBytes, count).SequenceEqual(bytes[..count]))
        {
            ReplicaLog.BrokenEndMark(_server.Logger);
            GiveUp();
            return count;
        }

        _markBytes += count;
        HasAll = _markBytes == TransferHeader.EndMarkBytes;
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
