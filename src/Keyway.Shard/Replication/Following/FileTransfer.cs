using Keyway.Platform.Disks;
using Keyway.Shard.Persistence;

namespace Keyway.Shard.Replication.Following;

/// <summary>
/// Writes a master's data to a file first, and loads that: the server goes on with its old data until the new ones are here whole, and finds the new ones
/// when it starts again. The disk is written to by a worker; a master that is faster than the disk is held up.
/// </summary>
internal sealed class FileTransfer : Transfer
{
    private const long FullAt = 8 * 1024 * 1024;         // waiting for the disk
    private const long SyncEvery = 8 * 1024 * 1024;      // so that the last sync is short

    private readonly ShardServer _server;
    private readonly MasterLink _link;
    private readonly DiskWorker _worker;
    private readonly Disk _disk;
    private readonly string _folder;
    private readonly string _path;
    private readonly string _target;
    private readonly EndMarkSearch? _mark;
    private DiskFile? _file;                             // the worker's, once it is opened
    private long _waiting;
    private long _unsynced;
    private bool _isOver;

    /// <param name="server">Whose data these will be.</param>
    /// <param name="link">Told of the end.</param>
    /// <param name="header">What the master has announced.</param>
    public FileTransfer(ShardServer server, MasterLink link, TransferHeader header)
        : base(header)
    {
        _server = server;
        _link = link;
        _disk = server.Disk;
        _worker = server.Following.Worker;
        _folder = server.Settings.Folder;
        _path = Path.Combine(_folder, $"temp-{server.Loop.Time.GetUtcNow().ToUnixTimeSeconds()}.{Environment.ProcessId}.rdb");
        _target = RdbFiles.PathOf(server.Settings);
        if (header.EndMark != null) _mark = new EndMarkSearch(header.EndMark);
        HasAll = header is { EndMark: null, Bytes: 0 };
        _worker.Run(() => _file = _disk.Create(_path), OnOpened);
    }

    public override bool IsFull => _waiting > FullAt;

    public override int Take(ReadOnlySpan<byte> bytes)
    {
        bytes = WithinLength(bytes);
        if (bytes.IsEmpty || _isOver) return 0;

        ReceivedBytes += bytes.Length;
        HasAll = _mark == null ? ReceivedBytes == Header.Bytes : _mark.Take(bytes);
        Write(bytes);
        return bytes.Length;
    }

    public override void Complete()
    {
        // A file of the old data must not take the new one's place.
        _server.Following.AbandonSnapshots();
        long length = ReceivedBytes - (_mark == null ? 0 : TransferHeader.EndMarkBytes);
        _worker.Run(
            () =>
            {
                // The mark is no part of the data.
                if (_mark != null) _file!.Truncate(length);
                _file!.Sync();
            },
            error =>
            {
                if (_isOver) return;
                if (error == null) _worker.Run(PutInPlace, OnInPlace);
                else Fail(() => ReplicaLog.TransferNotSynced(_server.Logger, error.Reason));
            });
    }

    public override void Abandon()
    {
        if (_isOver) return;
        _isOver = true;
        _worker.Run(CloseAndDelete, static _ => { });
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = _server.Pool.Rent(bytes.Length);
        bytes.CopyTo(copy);
        int length = bytes.Length;
        _waiting += length;
        _unsynced += length;
        bool syncs = _unsynced >= SyncEvery && _server.Settings.SyncsWhileSaving;
        if (syncs) _unsynced = 0;
        _worker.Run(
            () =>
            {
                _file!.Append(copy.AsSpan(0, length));
                if (syncs) _file.Sync();
            },
            error =>
            {
                _server.Pool.Return(copy);
                _waiting -= length;
                if (_isOver) return;
                if (error == null) _link.OnTransferDrained();
                else Fail(() => ReplicaLog.TransferNotWritten(_server.Logger, error.Reason));
            });
    }

    private void PutInPlace() => RdbFiles.Publish(_disk, _path, _target);

    private void OnOpened(DiskException? error)
    {
        if (error != null && !_isOver) Fail(() => ReplicaLog.NoTransferFile(_server.Logger, error.Reason));
    }

    private void OnInPlace(DiskException? error)
    {
        if (_isOver) return;
        if (error != null)
        {
            Fail(() => ReplicaLog.TransferNotRenamed(_server.Logger, _target, error.Reason));
            return;
        }

        // It is this file that is loaded, whatever takes its name meanwhile.
        _isOver = true;
        _link.OnFileReceived(_file!);
    }

    private void Fail(Action tell)
    {
        tell();
        Abandon();
        _link.OnTransferFailed();
    }

    private void CloseAndDelete()
    {
        _file?.Dispose();
        _file = null;
        _disk.Delete(_path);
    }
}
