using System.Globalization;
using Keyway.Platform.Disks;
using Keyway.Shard.Configuration;
using Keyway.Shard.Persistence;
using Keyway.Shard.Rdb;

namespace Keyway.Shard;

/// <summary>What the server keeps on a disk: when it writes it, and how it finds it again.</summary>
public sealed partial class ShardServer
{
    private const string RdbDiskError =
        "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are "
        + "disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). "
        + "Please check the Redis logs for details about the RDB error.";

    private readonly List<DiskWorker> _workers = [];

    /// <summary>Called when the data cannot be loaded: a server that has lost its data must not serve. Unset: it stops.</summary>
    public Action? OnLoadFailed { get; set; }

    /// <summary>Where files are.</summary>
    internal Disk Disk { get; init; } = RealDisk.Instance;

    /// <summary>Makes what does the work that waits for a disk; unset: a thread for each.</summary>
    internal Func<string, DiskWorker>? DiskWorkers { get; init; }

    internal Snapshots Snapshots => field ??= new Snapshots(this) { Ended = OnSnapshotEnded };

    internal Saves Saves => field ??= new Saves(this);

    internal Loading Loading => field ??= new Loading(this);

    internal Shutdown Shutdown => field ??= new Shutdown(this);

    /// <summary>Libraries of functions that files have brought.</summary>
    internal FunctionLibraries Functions { get; } = new();

    /// <summary>Says where in the stream of writes this moment lies; unset or null: nothing is known of it.</summary>
    internal Func<ReplicationPoint?>? ReplicationPoints { get; set; }

    /// <summary>Hears what a file says about itself that was loaded at the start, when its keys are here.</summary>
    internal Action<RdbAux>? OnRdbLoaded { get; set; }

    /// <summary>Hears, while a file is loaded at the start, of keys in it whose time had run out.</summary>
    internal RdbLoadOptions.ExpiredKey? OnExpiredAtLoad { get; set; }

    internal ReplicationPoint? ReplicationNow => ReplicationPoints?.Invoke();

    /// <summary>Something is under way beside which no other snapshot may begin.</summary>
    internal bool IsSnapshotBusy => Snapshots.IsRunning || Saves.IsRunning || Aof.Rewrite.IsTakingSnapshot || Loading.IsOn || Loading.IsAsync;

    /// <summary>Why writes are refused since the disk refuses them: an error with its code; empty when they are not.</summary>
    internal ReadOnlySpan<byte> DiskError
    {
        get
        {
            if (Saves.DeniesWrites) return System.Text.Encoding.ASCII.GetBytes(RdbDiskError);
            ReadOnlySpan<byte> error = default;
            AddJournalError(ref error);
            return error;
        }
    }

    /// <summary>Begins to load what the server's files hold. Before <see cref="Listen(System.Net.EndPoint)"/>; clients are told to wait until it is done.</summary>
    public void Load()
    {
        BeginBatch();
        bool isHandled = false;
        LoadJournal(ref isHandled);
        if (isHandled) return;

        string path = RdbFiles.PathOf(Settings);
        if (!Disk.Exists(path)) return;
        try
        {
            DiskFile file = Disk.OpenForReading(path);
            Loading.Begin(file.Length);
            var load = new RdbLoadOptions { DropsExpired = !IsReplica, Functions = Functions, OnExpired = OnExpiredAtLoad, TotalBytes = file.Length };
            var loader = new RdbLoader(Databases, Settings, load) { SkipsChecksum = SkipsChecksums };
            DiskWorker worker = NewDiskWorker("load");
            new RdbFileLoad(this, loader, file, worker, error => OnLoaded(loader, worker, error)).Begin();
        }
        catch (DiskException unreadable)
        {
            PersistenceLog.Unreadable(Logger, unreadable.Message);
            FailToLoad();
        }
    }

    /// <summary>A signal has asked the process to end: what is to be saved is saved first. On the loop's thread.</summary>
    public void OnSignal(string signal) => Shutdown.Signal(signal);

    /// <summary>A worker of one's own, which ends with the server.</summary>
    /// <param name="stepsBack">Nobody waits for what it does.</param>
    internal DiskWorker NewDiskWorker(string name, bool stepsBack = false)
    {
        DiskWorker worker = DiskWorkers?.Invoke(name) ?? new DiskThread(Loop, name, stepsBack);
        _workers.Add(worker);
        return worker;
    }

    internal void EndWorker(DiskWorker worker)
    {
        _workers.Remove(worker);
        worker.Dispose();
    }

    /// <summary>Another snapshot may begin now.</summary>
    internal void OnSnapshotEnded()
    {
        NoteSnapshotEnd();
        Syncs.StartPending();
    }

    internal void EndProcess() => _onShutdown?.Invoke();

    /// <summary>The data that this server is to serve cannot be loaded.</summary>
    internal void FailToLoad()
    {
        PersistenceLog.LoadFailed(Logger);
        if (OnLoadFailed != null) OnLoadFailed();
        else Stop();
    }

    /// <summary>All data is here.</summary>
    internal void EndLoading()
    {
        Loading.End();
        if (_listeners.Count > 0) ShardLog.Ready(Logger);
        WhenLoaded?.Invoke();
    }

    // Where the journal is on it is the journal that is loaded; what it says here it says instead.
    partial void LoadJournal(ref bool isHandled);

    partial void AddJournalError(ref ReadOnlySpan<byte> error);

    partial void NoteSnapshotEnd();

    private void OnLoaded(RdbLoader loader, DiskWorker worker, RdbException? error)
    {
        Loop.Post(() => EndWorker(worker));
        if (error != null)
        {
            PersistenceLog.Damaged(Logger, error.Offset, error.Reason);
            FailToLoad();
            return;
        }

        if (loader.IsUnchecked && Settings.RdbChecksum) PersistenceLog.Unchecked(Logger);
        if (loader.EmptyKeys > 0) PersistenceLog.EmptyKeys(Logger, loader.EmptyKeys);
        PersistenceLog.Loaded(Logger, loader.KeysLoaded, loader.KeysExpired);
        TakeUpPosition(loader.Aux);
        OnRdbLoaded?.Invoke(loader.Aux);
        PersistenceLog.LoadedFromDisk(Logger, Loading.Seconds.ToString("F3", CultureInfo.InvariantCulture));
        EndLoading();
    }

    private void StopPersistence()
    {
        Snapshots.Stop();
        foreach (DiskWorker worker in _workers) worker.Dispose();
        _workers.Clear();
    }
}
