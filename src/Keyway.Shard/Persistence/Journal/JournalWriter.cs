using System.Diagnostics;
using Keyway.Platform;
using Keyway.Platform.Disks;
using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>
/// Brings a journal's bytes to the disk, in order: one visit after the other, each taking all that has come meanwhile, so that a single sync serves many
/// clients. What needs no sync is written at once; what waits for the disk is done beside the loop, and what comes in that time waits for its end. What a
/// visit that fails has left half done is cut off, and the bytes, which stay here until they are safe, are written again: after a failed sync nobody knows
/// what of the file is on the disk.
/// </summary>
internal sealed class JournalWriter
{
    private const int SyncPeriodMs = 1000;
    private const int RetryMs = 500;
    private const int LogPeriodMs = 30_000;
    private const int SlowSyncMs = 2000;
    private const int MostAtOnce = 1024 * 1024;          // what the loop itself writes, which the system takes in a moment
    private const long MostUnsynced = 32 * 1024 * 1024;  // then the second's end is not waited for: these bytes are kept in memory

    private readonly EventLoop _loop;
    private readonly Func<DiskWorker> _findWorker;
    private readonly ILogger _logger;
    private readonly Action _onProgress;
    private readonly JournalWork _work = new();
    private readonly Action _do;
    private readonly Action<DiskException?> _done;
    private DiskFile? _file;
    private DiskFile? _nextFile;
    private long _fileFrom;                              // the journal's offset at which the file's own bytes began, and how long it was then
    private long _fileLength;
    private long _boundary = long.MaxValue;              // where the next file takes over
    private Action? _publish;                            // names the next file to whoever loads the journal
    private long _cutTo = -1;
    private long _skipTo = -1;
    private LoopTimer? _syncTimer;
    private LoopTimer? _retryTimer;
    private bool _isSyncDue;
    private bool _isFinishing;                           // all is to be on the disk, whatever the policy says of other times
    private bool _isLate;
    private long _lastSyncMs;
    private long _nextErrorLogMs;

    /// <param name="findWorker">Asked when the disk is first needed.</param>
    /// <param name="onProgress">More is safe now, or it has turned out that it will not be soon.</param>
    public JournalWriter(EventLoop loop, Func<DiskWorker> findWorker, ILogger logger, Action onProgress)
    {
        _loop = loop;
        _findWorker = findWorker;
        _logger = logger;
        _onProgress = onProgress;
        _do = _work.Do;
        _done = OnDone;
        _lastSyncMs = loop.NowMs;
    }

    public JournalBuffer Buffer { get; } = new();

    public SyncPolicy Policy { get; set; } = SyncPolicy.EverySecond;

    /// <summary>Others are busy with the disk, and the user would rather not have them disturbed (no-appendfsync-on-rewrite).</summary>
    public bool IsSyncSuppressed { get; set; }

    /// <summary>Bytes that may wait for a disk that does not keep up. Then all wait for it, as they would without a worker: memory has an end too.</summary>
    public long MostWaiting { get; set; } = 256 * 1024 * 1024;

    /// <summary>Bytes before this are in the file.</summary>
    public long Written { get; private set; }

    /// <summary>Bytes before this are on the disk.</summary>
    public long Synced { get; private set; }

    /// <summary>Why the disk takes nothing, in the system's words; null while it does.</summary>
    public string? Failure { get; private set; }

    /// <summary>A sync failed whose bytes are no longer here: only a new base can say for certain what is on the disk.</summary>
    public bool IsInDoubt { get; private set; }

    public bool IsBusy { get; private set; }

    /// <summary>The file before the present one is not finished yet.</summary>
    public bool IsSwitching => _nextFile != null;

    public bool IsSyncing => IsBusy && _work.Syncs;

    /// <summary>How often writes have waited for a sync that took longer than two seconds.</summary>
    public long DelayedSyncs { get; private set; }

    /// <summary>How long the file will be when all has been written.</summary>
    public long FileLength => _nextFile == null ? _fileLength + (Buffer.End - _fileFrom) : Buffer.End - _boundary;

    /// <summary>With this policy replies wait for <see cref="Synced"/>.</summary>
    public bool SyncsAlways => Policy == SyncPolicy.Always && !IsSyncSuppressed;

    private DiskWorker Worker => field ??= _findWorker();

    private bool KeepsUnsynced => Policy != SyncPolicy.Never && !IsSyncSuppressed;

    /// <summary>From now on all goes to the end of this file.</summary>
    public void Open(DiskFile file)
    {
        Debug.Assert(_file == null);
        _file = file;
        _fileFrom = Written = Synced = Buffer.End;
        _fileLength = file.Length;
        Buffer.Release(Buffer.End);
    }

    /// <summary>
    /// What is appended from now on goes to another file, which is empty. The present one is finished first, so that only the last file that anybody knows
    /// of can end in the middle of a command.
    /// </summary>
    /// <param name="next">The file.</param>
    /// <param name="publish">Names it to whoever loads the journal: called on the worker when all before it is on the disk, and again if that fails.</param>
    public void SwitchTo(DiskFile next, Action publish)
    {
        Debug.Assert(_nextFile == null);
        _nextFile = next;
        _publish = publish;
        _boundary = Buffer.End;
        Commit();
    }

    /// <summary>Everything before the switch to the present file, or before the one to come, is on the disk in another form: it need not be written any more.</summary>
    public void Skip(long upTo)
    {
        IsInDoubt = false;
        _skipTo = upTo;
        if (!IsBusy) SkipNow();
    }

    /// <summary>Begins a visit to the disk if there is anything to do and none is under way.</summary>
    public void Commit()
    {
        if (_file == null) return;
        if (IsBusy)
        {
            NoteLateness();
            if (Buffer.End - Written > MostWaiting) Worker.Drain();
            return;
        }

        long target = Math.Min(Buffer.End, _boundary);
        bool syncs = MustSync(target);
        if (target == Written && !syncs && _cutTo < 0) return;

        _work.Pieces.Clear();
        Buffer.Collect(Written, target, _work.Pieces);
        _work.File = _file;
        _work.CutTo = _cutTo;
        _work.Syncs = syncs;
        _work.Target = target;
        _work.Then = target == _boundary ? _publish : null;
        _work.BeganMs = _loop.NowMs;
        _isLate = false;
        IsBusy = true;

        // Into the system's memory before the replies leave: then a process that is killed has lost nothing that it has answered.
        if (!syncs && _cutTo < 0 && target - Written <= MostAtOnce) OnDone(WriteNow());
        else Worker.Run(_do, _done);
    }

    /// <summary>Does all that there is to do before it returns; false when the disk refuses.</summary>
    public bool Finish()
    {
        while (!IsFinished())
        {
            FinishSoon();
            Worker.Drain();
        }

        return Failure == null;
    }

    /// <summary>Begins to do all that there is to do, beside the loop. <see cref="IsFinished"/> says when that is done.</summary>
    public void FinishSoon()
    {
        _isFinishing = true;
        Commit();
    }

    /// <summary>Nothing is left to do, or the disk refuses to.</summary>
    public bool IsFinished()
    {
        bool isFinished = !IsBusy && (Failure != null || _file == null || (Synced == Buffer.End && _nextFile == null));
        _isFinishing &= !isFinished;
        return isFinished;
    }

    /// <summary>Lets go of the files. What has not been written is lost.</summary>
    public void Close()
    {
        Worker.Drain();
        _syncTimer?.Cancel();
        _retryTimer?.Cancel();
        _syncTimer = _retryTimer = null;
        _file?.Dispose();
        _nextFile?.Dispose();
        _file = _nextFile = null;
        _boundary = long.MaxValue;
        _cutTo = -1;
        Failure = null;
        IsInDoubt = false;
        Buffer.Clear();
        Written = Synced = Buffer.End;
    }

    private DiskException? WriteNow()
    {
        try
        {
            _work.Do();
            return null;
        }
        catch (DiskException error)
        {
            return error;
        }
    }

    private bool MustSync(long target)
    {
        if (target == Synced && target != _boundary) return false;
        if (target == _boundary || SyncsAlways || _isFinishing) return true;
        return KeepsUnsynced && (_isSyncDue || target - Synced >= MostUnsynced);
    }

    private void OnDone(DiskException? error)
    {
        IsBusy = false;
        if (error != null)
        {
            Fail(error);
            SkipNow();
            return;
        }

        _cutTo = -1;
        Written = _work.Target;
        if (_work.Syncs)
        {
            Synced = _work.Target;
            _isSyncDue = false;
            _lastSyncMs = _loop.NowMs;
        }

        if (Failure != null)
        {
            Failure = null;
            JournalLog.Solved(_logger);
        }

        Buffer.Release(KeepsUnsynced ? Synced : Written);
        if (_work.Then != null) FinishSwitch();      // not where the visit began before the switch
        if (Written > Synced && Policy == SyncPolicy.EverySecond) SyncLater();
        _onProgress();
        Commit();
    }

    // What is before the switch is all that a file other than the last one lacks.
    private void SkipNow()
    {
        if (_nextFile == null || _skipTo != _boundary) return;

        Written = Synced = _boundary;
        _cutTo = -1;
        Buffer.Release(_boundary);
        FinishSwitch();
        if (Failure != null)
        {
            Failure = null;
            JournalLog.Solved(_logger);
        }

        _onProgress();
        Commit();
    }

    private void FinishSwitch()
    {
        _file!.Dispose();
        _file = _nextFile;
        _nextFile = null;
        _publish = null;
        _fileFrom = _boundary;
        _fileLength = 0;
        _boundary = long.MaxValue;
    }

    private void Fail(DiskException error)
    {
        if (_work.HasWritten)
        {
            // Of what the failed sync was to cover, any part may be on the disk, and the next sync would not say which.
            long from = Math.Max(Synced, Buffer.Start);
            IsInDoubt |= from > Synced;
            Written = from;
        }

        _cutTo = _fileLength + (Written - _fileFrom);
        LogFailure(error);
        Failure = error.Reason;
        _retryTimer ??= _loop.Schedule(RetryMs, Retry);
        _onProgress();
    }

    private void Retry()
    {
        _retryTimer = null;
        Commit();
    }

    private void LogFailure(DiskException error)
    {
        if (Failure != null && _loop.NowMs < _nextErrorLogMs) return;
        _nextErrorLogMs = _loop.NowMs + LogPeriodMs;
        if (_work.HasWritten) JournalLog.SyncFailed(_logger, error.Reason);
        else JournalLog.WriteFailed(_logger, error.Reason);
    }

    private void SyncLater()
    {
        long inMs = Math.Max(0, _lastSyncMs + SyncPeriodMs - _loop.NowMs);
        _syncTimer ??= _loop.Schedule(inMs, SyncNow);
    }

    private void SyncNow()
    {
        _syncTimer = null;
        if (IsSyncSuppressed)
        {
            _lastSyncMs = _loop.NowMs;
            SyncLater();
            return;
        }

        _isSyncDue = true;
        Commit();
    }

    // Once for each sync that takes so long.
    private void NoteLateness()
    {
        if (_isLate || !_work.Syncs || _loop.NowMs - _work.BeganMs < SlowSyncMs) return;
        _isLate = true;
        DelayedSyncs++;
        JournalLog.SlowSync(_logger);
    }
}
