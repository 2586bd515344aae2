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
        try
        {
            RdbFiles.WriteAtOnce(server, new SnapshotOptions { Purpose = SnapshotPurpose.Save, Replication = server.ReplicationNow });
        }
        catch (DiskException failed)
        {
            PersistenceLog.SaveFailed(server.Logger, failed.Message);
            return false;
        }

        PersistenceLog.Saved(server.Logger);
        server.Propagation.Dirty = 0;
        NoteSuccess();
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

    /// <summary>As soon as nothing else of that kind is under way.</summary>
    public void StartSoon() => _isScheduled = true;

    /// <summary>Gives up the one that is being written in the background, and returns when the disk is done with it: another file takes its place.</summary>
    public void Abandon()
    {
        if (_running == null) return;
        AbandonSoon();
        Worker.Drain();
    }

    /// <summary>The same, without waiting for the disk.</summary>
    public void AbandonSoon()
    {
        if (_running != null && server.Snapshots is { IsRunning: true, Purpose: SnapshotPurpose.Save }) server.Snapshots.Abandon(PersistenceLog.Abandoned);
    }

    /// <summary>FLUSHALL: a file of what there was before must not be found after a restart.</summary>
    public void OnFlushAll()
    {
        AbandonSoon();
        if (server.Settings.SavePoints.Length > 0) StartSoon();
    }

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
            PersistenceLog.Saved(server.Logger);
            PersistenceLog.BackgroundSaveDone(server.Logger);
            server.Propagation.Dirty -= _dirtyAtStart;
            NoteSuccess();
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

    private void NoteSuccess()
    {
        HasFailed = false;
        LastSavedSeconds = server.Loop.Time.GetUtcNow().ToUnixTimeSeconds();
    }
}
