using Keyway.Platform.Disks;

namespace Keyway.Shard.Persistence;

/// <summary>When the data is written to its file: SAVE, BGSAVE, the configured save points; and how that went.</summary>
internal sealed class Saves(ShardServer server)
{
    private const long RetryAfterMs = 5_000;

    private DiskWorker? _worker;
    private RdbFileTarget? _running;
    private long _dirtyAtStart;
    private long _startedMs;
    private long _triedMs = long.MinValue / 2;
    private bool _isScheduled;

    /// <summary>Unix time of the last file; of the start before there is one.</summary>
    public long LastSavedSeconds { get; private set; } = server.Loop.Time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>How the last one in the background ended.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>What it took; -1 before there was one.</summary>
    public long LastSeconds { get; private set; } = -1;

    /// <summary>How many were begun.</summary>
    public long Count { get; private set; }

    /// <summary>What memory the last one took at most.</summary>
    public long LastExtraBytes { get; private set; }

    /// <summary>One is being written in the background.</summary>
    public bool IsRunning => _running != null;

    public long RunningSeconds => IsRunning ? (server.Loop.NowMs - _startedMs) / 1000 : -1;

    /// <summary>Memory that the running one takes: what waits to be written.</summary>
    public long ExtraBytes => _running == null ? 0 : _running.WaitingBytes + server.Snapshots.WaitingBytes;

    public long ExtraBytesPeak { get; private set; }

    /// <summary>Writes are refused: the last file could not be written, and the settings say that nobody shall go on as if it had been.</summary>
    public bool DeniesWrites => HasFailed && server.Settings.StopsWritesOnSaveError && server.Settings.SavePoints.Length > 0;

    private DiskWorker Worker => _worker ??= server.NewDiskWorker("rdb", stepsBack: true);

    /// <summary>Hears of each in the background that has ended, with what has failed.</summary>
    public Action<string?>? Ended { get; set; }

    /// <summary>Writes the file now; nobody is served meanwhile.</summary>
    public bool TrySave()
    {
        AwaitDisk();     // a file that is on its way there bears the same name until it is whole
        try
        {
            RdbFiles.WriteAtOnce(server, new SnapshotOptions { Purpose = SnapshotPurpose.Save, Replication = server.ReplicationNow });
        }
        catch (DiskException failed)
        {
            PersistenceLog.SaveFailed(server.Logger, failed.Message);
            return false;
        }

        NoteSaved(server.Propagation.Dirty);
        return true;
    }

    public void CountOne() => Count++;

    /// <summary>Begins to write the file in the background. Nothing else of that kind may be under way.</summary>
    public void Start()
    {
        Count++;
        _isScheduled = false;
        _triedMs = _startedMs = server.Loop.NowMs;
        _dirtyAtStart = server.Propagation.Dirty;
        ExtraBytesPeak = 0;
        PersistenceLog.BackgroundSaveStarted(server.Logger, Environment.ProcessId);

        _running = new RdbFileTarget(
            server.Disk, Worker, RdbFiles.TemporaryPath(server.Settings), RdbFiles.PathOf(server.Settings), server.Settings.SyncsWhileSaving, OnDone)
        {
            OnRoom = server.Snapshots.Resume,
            OnRefused = server.Snapshots.Abandon,
        };
        server.Snapshots.Start(_running, new SnapshotOptions { Purpose = SnapshotPurpose.Save, Replication = server.ReplicationNow });
    }

    /// <summary>The one that is being written in the background is what the server leaves behind.</summary>
    public bool IsLast { get; private set; }

    public void StartLast()
    {
        IsLast = true;
        Start();
    }

    /// <summary>As soon as nothing else of that kind is under way.</summary>
    public void StartSoon() => _isScheduled = true;

    /// <summary>Gives up the one that is being written in the background, and returns when the disk is done with it: another file takes its place.</summary>
    public void Abandon()
    {
        AbandonSoon();
        AwaitDisk();
    }

    /// <summary>The same, without waiting for the disk.</summary>
    public void AbandonSoon()
    {
        if (_running != null && server.Snapshots is { IsRunning: true, Purpose: SnapshotPurpose.Save }) server.Snapshots.Abandon(PersistenceLog.Abandoned);
    }

    /// <summary>
    /// FLUSHALL: a file of what there was before must not be found after a restart. The new one, which holds no keys and so is small, is on its way to the
    /// disk when this returns.
    /// </summary>
    /// <param name="written">Called when it is there, or could not be written.</param>
    /// <returns>False where nothing is saved: nothing is called then.</returns>
    public bool TrySaveEmpty(Action written)
    {
        AbandonSoon();
        if (server.Settings.SavePoints.Length == 0) return false;

        // The flush is not in the history yet: with a place in it the file would pass for what was there before, and who has that would go on from it.
        byte[] file = RdbFiles.OfNow(server, new SnapshotOptions { Purpose = SnapshotPurpose.Save, Replication = null });
        string path = RdbFiles.PathOf(server.Settings);
        string temporary = RdbFiles.TemporaryPath(server.Settings);
        long dirty = server.Propagation.Dirty;
        Worker.Run(
            () => RdbFiles.Write(server.Disk, temporary, path, file),
            error =>
            {
                if (error == null) NoteSaved(dirty);
                else PersistenceLog.SaveFailed(server.Logger, error.Message);
                written();
            });
        return true;
    }

    /// <summary>Returns when nothing waits for the disk any more.</summary>
    public void AwaitDisk() => _worker?.Drain();

    /// <summary>Ten times a second.</summary>
    public void Tick()
    {
        ExtraBytesPeak = Math.Max(ExtraBytesPeak, ExtraBytes);
        if (server.IsSnapshotBusy || server.Loading.IsOn) return;

        long now = server.Loop.NowMs;
        bool mayTry = !HasFailed || now - _triedMs > RetryAfterMs;
        if (!mayTry) return;

        long sinceLast = server.Loop.Time.GetUtcNow().ToUnixTimeSeconds() - LastSavedSeconds;
        foreach ((long seconds, long changes) in server.Settings.SavePoints)
        {
            if (server.Propagation.Dirty < changes || sinceLast <= seconds) continue;
            PersistenceLog.SavePointReached(server.Logger, changes, seconds);
            Start();
            return;
        }

        if (_isScheduled) Start();
    }

    private void OnDone(string? failure)
    {
        LastSeconds = (server.Loop.NowMs - _startedMs) / 1000;
        LastExtraBytes = ExtraBytesPeak;
        _running = null;
        if (failure == null)
        {
            NoteSaved(_dirtyAtStart);
            PersistenceLog.BackgroundSaveDone(server.Logger);
        }
        else if (failure != PersistenceLog.Abandoned)
        {
            PersistenceLog.SaveFailed(server.Logger, failure);
            PersistenceLog.BackgroundSaveFailed(server.Logger);
            HasFailed = true;
        }
        else
        {
            PersistenceLog.BackgroundSaveTerminated(server.Logger);
        }

        Ended?.Invoke(failure);
        server.OnSnapshotEnded();
    }

    private void NoteSaved(long changes)
    {
        PersistenceLog.Saved(server.Logger);
        server.Propagation.Dirty -= changes;
        HasFailed = false;
        LastSavedSeconds = server.Loop.Time.GetUtcNow().ToUnixTimeSeconds();
    }
}
