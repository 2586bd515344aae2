using System.Runtime.InteropServices;
using Keyway.Platform.Disks;

namespace Keyway.Shard.Persistence;

/// <summary>
/// Writes a snapshot into a file on a worker's thread. The file takes its name when it is whole and on the disk; until then another one keeps it.
/// </summary>
internal sealed unsafe class RdbFileTarget : ISnapshotTarget
{
    private const int PieceBytes = 256 * 1024;
    private const int MostPieces = 16;
    private const long SyncEvery = 4 * 1024 * 1024;      // or the disk gets all of it at the end, and nobody else gets the disk

    private readonly Disk _disk;
    private readonly DiskWorker _worker;
    private readonly string _temporary;
    private readonly string _path;
    private readonly bool _syncsOften;
    private readonly Action<string?> _done;
    private DiskFile? _file;             // the worker's; null before it is there, and when it is not whole
    private long _unsynced;              // likewise
    private readonly Stack<nint> _spare = new();         // native: large arrays that come and go would have the garbage collector come and stop everybody
    private byte* _piece = (byte*)NativeMemory.Alloc(PieceBytes);
    private int _used;
    private int _pending;
    private bool _isFailed;
    private bool _isGivenUp;

    /// <param name="disk">Holds the file.</param>
    /// <param name="worker">Does what waits for the disk.</param>
    /// <param name="temporary">The name until it is whole.</param>
    /// <param name="path">The name from then on.</param>
    /// <param name="syncsOften">rdb-save-incremental-fsync.</param>
    /// <param name="done">Called once, with null or with what went wrong.</param>
    public RdbFileTarget(Disk disk, DiskWorker worker, string temporary, string path, bool syncsOften, Action<string?> done)
    {
        _disk = disk;
        _worker = worker;
        _temporary = temporary;
        _path = path;
        _syncsOften = syncsOften;
        _done = done;
        _worker.Run(() => _file = _disk.Create(_temporary), OnOpened);
    }

    /// <summary>Called when there is room again, or the file has failed.</summary>
    public Action? OnRoom { get; set; }

    /// <summary>Called when the disk refuses: nothing more need be sent.</summary>
    public Action<string>? OnRefused { get; set; }

    public bool IsFull => _pending >= MostPieces;

    /// <summary>What waits for the disk.</summary>
    public long WaitingBytes => (_pending * (long)PieceBytes) + _used;

    public void Write(ReadOnlySpan<byte> rdbBytes)
    {
        while (!rdbBytes.IsEmpty && !_isFailed)
        {
            int some = Math.Min(rdbBytes.Length, PieceBytes - _used);
            rdbBytes[..some].CopyTo(new Span<byte>(_piece + _used, some));
            _used += some;
            rdbBytes = rdbBytes[some..];
            if (_used == PieceBytes) Send();
        }
    }

    public void Completed()
    {
        Send();
        _worker.Run(Publish, OnPublished);
    }

    public void Failed(string reason)
    {
        _isFailed = true;
        if (_isGivenUp) return;
        _isGivenUp = true;
        _worker.Run(GiveUp, _ => End(reason));
    }

    private void Send()
    {
        var piece = (nint)_piece;
        int length = _used;
        _piece = (byte*)(_spare.TryPop(out nint spare) ? spare : (nint)NativeMemory.Alloc(PieceBytes));
        _used = 0;
        _pending++;
        _worker.Run(() => Append(piece, length), error => OnWritten(piece, error));
    }

    // What follows runs on the worker.
    private void Append(nint piece, int length)
    {
        if (_file == null) return;
        try
        {
            _file.Append(new ReadOnlySpan<byte>((byte*)piece, length));
            _unsynced += length;
            if (!_syncsOften || _unsynced < SyncEvery) return;
            _file.Sync();
            _unsynced = 0;
        }
        catch (DiskException)
        {
            // What was given behind this piece, the file's name perhaps, must not come to it.
            _file.Dispose();
            _file = null;
            throw;
        }
    }

    private void Publish()
    {
        if (_file == null) return;
        _file.Sync();
        _file.Dispose();
        _file = null;
        RdbFiles.Publish(_disk, _temporary, _path);
    }

    private void GiveUp()
    {
        _file?.Dispose();
        _file = null;
        RdbFiles.TryDelete(_disk, _temporary);
    }

    // And what follows on the loop.
    private void OnOpened(DiskException? error)
    {
        if (error != null) Refuse(error);
    }

    private void OnWritten(nint piece, DiskException? error)
    {
        bool wasFull = IsFull;
        _pending--;
        _spare.Push(piece);
        if (error != null) Refuse(error);
        else if (wasFull && !IsFull) OnRoom?.Invoke();
    }

    private void OnPublished(DiskException? error)
    {
        if (error == null && !_isFailed)
        {
            End(null);
            return;
        }

        if (error != null) Refuse(error);
    }

    private void Refuse(DiskException error)
    {
        if (_isFailed) return;
        _isFailed = true;
        OnRefused?.Invoke(error.Message);      // which comes back as Failed while the snapshot runs
        Failed(error.Message);
    }

    private void End(string? failure)
    {
        NativeMemory.Free(_piece);
        _piece = null;
        while (_spare.TryPop(out nint spare)) NativeMemory.Free((void*)spare);
        _done(failure);
    }
}
