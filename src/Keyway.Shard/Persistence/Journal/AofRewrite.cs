using Keyway.Platform.Disks;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>
/// Writes a journal anew: a base of what is there at one instant takes the place of all that was written before. In this order, so that a crash at any
/// moment finds one whole journal: a new file for effects is there; the snapshot fixes its instant; what was written before is on the disk, and the manifest
/// names the new file; effects go into it; the base is whole and on the disk; the manifest names it; what it replaces is deleted.
/// </summary>
internal sealed class AofRewrite(ShardServer server, Aof aof)
{
    private readonly RewriteSchedule _schedule = new();
    private Stage _stage;
    private JournalFile? _increment;                     // the file of effects that goes with the new base
    private DiskFile? _prepared;                         // the same, opened, until effects go into it
    private Publication? _publication;
    private JournalFile? _newBase;
    private RdbFileTarget? _target;
    private long _boundary;
    private long _startedMs;
    private long _mostWaiting;
    private DiskWorker? _worker;
    private int _doubtfulNames;                          // of bases that a manifest may name which we took for not written

    private enum Stage
    {
        None,

        /// <summary>The next file of effects is being made.</summary>
        Preparing,

        /// <summary>It is there; another snapshot has to end first.</summary>
        Prepared,

        Snapshot,

        /// <summary>The manifest is about to name the new base.</summary>
        Finishing,

        /// <summary>What is of no more use is being deleted.</summary>
        Cleaning,
    }

    public bool IsRunning => _stage is not (Stage.None or Stage.Cleaning);

    /// <summary>From the instant of its snapshot until the base is in its place.</summary>
    public bool IsTakingSnapshot => _stage is Stage.Snapshot or Stage.Finishing;

    /// <summary>One is to begin as soon as possible.</summary>
    public bool IsScheduled { get; private set; }

    /// <summary>How many have begun.</summary>
    public long Started { get; private set; }

    public bool HasFailed { get; private set; }

    /// <summary>Why the last one failed.</summary>
    public string Failure { get; private set; } = "";

    public int FailuresInARow => _schedule.Failures;

    /// <summary>How long the last one took; -1 when there was none.</summary>
    public long LastSeconds { get; private set; } = -1;

    /// <summary>How long the present one has been going on; -1 when there is none.</summary>
    public long CurrentSeconds => IsRunning ? (server.Loop.NowMs - _startedMs) / 1000 : -1;

    /// <summary>Memory that the running one takes: what waits to be written.</summary>
    public long ExtraBytes => _target == null ? 0 : _target.WaitingBytes + server.Snapshots.WaitingBytes;

    /// <summary>What memory the last one took at most.</summary>
    public long LastExtraBytes { get; private set; }

    private DiskWorker Worker => _worker ??= server.NewDiskWorker("aof", stepsBack: true);

    private string TemporaryName => $"temp-rewriteaof-bg-{Environment.ProcessId}.aof";

    /// <summary>As soon as nothing else stands in the way.</summary>
    public void Schedule() => IsScheduled = true;

    /// <summary>Somebody asks for it: earlier failures do not count.</summary>
    public void Ask()
    {
        _schedule.Forgive();
        IsScheduled = true;
    }

    /// <summary>Begins what is due. Not in the middle of a command.</summary>
    public void Tick()
    {
        _mostWaiting = Math.Max(_mostWaiting, ExtraBytes);
        if (_stage == Stage.Prepared) StartSnapshot();
        if (_stage != Stage.None || server.IsEnding || server.IsSnapshotBusy || server.Loading.IsOn || aof.Writer.IsSwitching) return;

        long growth = aof.State != AofState.On ? -1 : RewriteSchedule.EnoughGrowth(
            aof.Size, aof.BaseSize, server.Settings.AutoRewriteMinimumSize, server.Settings.AutoRewritePercentage);
        if (!IsScheduled && growth < 0) return;
        if (!_schedule.Allows(server.Loop.NowMs))
        {
            if (_schedule.BeganWait > 0) JournalLog.RewritesLimited(server.Logger, _schedule.BeganWait);
            return;
        }

        if (!IsScheduled) JournalLog.RewritingOnGrowth(server.Logger, growth);
        Begin();
    }

    /// <summary>Ends what is under way, without success unless it was about to succeed.</summary>
    public void Abandon(string reason)
    {
        Worker.Drain();
        aof.Worker.Drain();
        IsScheduled = false;
        if (_stage == Stage.Snapshot)
        {
            End();
            server.Snapshots.Abandon(reason);
            Worker.Drain();
        }

        _prepared?.Dispose();
        _prepared = null;
        _stage = Stage.None;
    }

    /// <summary>Deletes the files that a new base has made useless.</summary>
    public void RemoveHistory()
    {
        if (aof.Manifest.History.IsEmpty || server.Settings.KeepsJournalHistory) return;

        _stage = Stage.Cleaning;
        JournalFolder folder = aof.Folder;
        Manifest cleaned = aof.Manifest.WithoutHistory();
        string[] names = [.. aof.Manifest.History.Select(file => file.Name)];
        foreach (string name in names) JournalLog.RemovingHistory(server.Logger, name);
        Worker.Run(
            () =>
            {
                foreach (string name in names) folder.Disk.Delete(folder.PathOf(name));
                folder.Write(cleaned);
            },
            error =>
            {
                if (error == null) aof.Manifest = cleaned;
                else JournalLog.HistoryStays(server.Logger, error.Message);
                _stage = Stage.None;
                if (IsScheduled) Tick();
            });
    }

    private void Begin()
    {
        IsScheduled = false;
        Started++;
        _startedMs = server.Loop.NowMs;
        _stage = Stage.Preparing;
        JournalFolder folder = aof.Folder;
        _increment = aof.State == AofState.On ? aof.Manifest.NextIncrement(folder.FileName) : null;
        string? name = aof.State == AofState.Starting ? folder.ProvisionalIncrement : _increment?.Name;
        Worker.Run(
            () =>
            {
                folder.Create();
                if (name != null) _prepared = folder.CreateFile(name);
            },
            error => OnPrepared(error, name));
    }

    private void OnPrepared(DiskException? error, string? name)
    {
        if (error != null)
        {
            _prepared?.Dispose();
            _prepared = null;
            Fail(error.Reason);
            return;
        }

        if (name != null) JournalLog.CreatingForRewrite(server.Logger, name);
        _stage = Stage.Prepared;
        StartSnapshot();
    }

    // What is written up to this instant is in the base, and what is written after it in the new file.
    private void StartSnapshot()
    {
        if (server.IsSnapshotBusy || server.IsEnding || server.IsStopped) return;

        if (aof.State == AofState.On)
        {
            _boundary = aof.Writer.Buffer.End;
            aof.OtherBytes += aof.Writer.FileLength;
            aof.Manifest = aof.Manifest.WithIncrement(_increment!);
            _publication = new Publication(aof.Folder, aof.Manifest);
            aof.SwitchTo(_prepared!, _publication.Write);
        }
        else if (aof.State == AofState.Starting)
        {
            aof.Begin(_prepared!, AofState.Starting);
        }

        _prepared = null;
        _stage = Stage.Snapshot;
        _mostWaiting = 0;
        _newBase = aof.Manifest.NextBase(aof.Folder.FileName, server.Settings.WritesBaseAsRdb, _doubtfulNames);
        _target = new RdbFileTarget(
            server.Disk, Worker, aof.Folder.PathOutside(TemporaryName), aof.Folder.PathOf(_newBase.Name), server.Settings.SyncsRewritesOften, OnBaseDone)
        {
            OnRoom = server.Snapshots.Resume,
            OnRefused = server.Snapshots.Abandon,
        };
        server.Snapshots.Start(_target, new SnapshotOptions { Purpose = SnapshotPurpose.Journal, AsCommands = !server.Settings.WritesBaseAsRdb });
        JournalLog.RewriteStarted(server.Logger, Environment.ProcessId);
    }

    private void OnBaseDone(string? failure)
    {
        // It may have been given up meanwhile.
        if (_stage != Stage.Snapshot) return;
        if (failure != null)
        {
            Fail(failure);
            return;
        }

        _stage = Stage.Finishing;
        JournalLog.BaseWritten(server.Logger, TemporaryName);
        JournalLog.RewriteEnded(server.Logger);
        JournalFolder folder = aof.Folder;
        JournalFile newBase = _newBase!;
        JournalFile? provisional = aof.State == AofState.Starting ? aof.Manifest.NextIncrement(folder.FileName, _doubtfulNames) : null;
        Manifest next = aof.Manifest.Rebased(newBase, _increment);
        if (provisional != null) next = next.WithIncrement(provisional);

        bool isDoubtful = false;
        long length = 0;
        Publication? publication = _publication;

        // In line with the switch to the new file, which may not have come about yet.
        aof.Worker.Run(
            () =>
            {
                if (provisional != null) folder.Disk.Rename(folder.PathOf(folder.ProvisionalIncrement), folder.PathOf(provisional.Name));
                folder.Disk.SyncFolder(folder.Path);
                length = folder.LengthOf(newBase.Name);
                isDoubtful = true;
                folder.Write(next);
                publication?.Supersede();
            },
            error => OnFinished(error, next, newBase, length, provisional, isDoubtful));
    }

    private void OnFinished(DiskException? error, Manifest next, JournalFile newBase, long length, JournalFile? provisional, bool isDoubtful)
    {
        if (error != null)
        {
            // Either manifest may be the one on the disk: what the new one names must stay, and never be anything else.
            if (isDoubtful) _doubtfulNames++;
            else Delete(aof.Folder.PathOf(newBase.Name));
            Fail(error.Reason);
            return;
        }

        JournalLog.Renamed(server.Logger, "base", TemporaryName, newBase.Name);
        if (provisional != null) JournalLog.Renamed(server.Logger, "incr", aof.Folder.ProvisionalIncrement, provisional.Name);
        aof.Manifest = next;
        aof.OtherBytes = length;
        if (aof.State == AofState.Starting) aof.Count();
        else if (aof.State == AofState.On) aof.Writer.Skip(_boundary);
        aof.BaseSize = aof.Size;
        _doubtfulNames = 0;
        _schedule.Succeeded();
        HasFailed = false;
        End();
        RemoveHistory();
        JournalLog.RewriteFinished(server.Logger);
    }

    private void Fail(string reason)
    {
        JournalLog.RewriteFailed(server.Logger, reason);
        Failure = reason;
        HasFailed = true;
        _schedule.Failed();
        End();
        if (aof.State != AofState.Starting) return;

        aof.Suspend();
        Delete(aof.Folder.PathOf(aof.Folder.ProvisionalIncrement));
        IsScheduled = true;
    }

    private void End()
    {
        LastSeconds = (server.Loop.NowMs - _startedMs) / 1000;
        LastExtraBytes = _mostWaiting;
        _stage = Stage.None;
        _target = null;
        _publication = null;
        _increment = null;
    }

    // Whether that succeeds changes nothing: the next attempt makes the file anew.
    private void Delete(string path) => Worker.Run(() => RdbFiles.TryDelete(server.Disk, path), static _ => { });

    /// <summary>A manifest that is to be written unless a later one has been. The journal's worker's.</summary>
    private sealed class Publication(JournalFolder folder, Manifest manifest)
    {
        private bool _isSuperseded;

        public void Write()
        {
            if (!_isSuperseded) folder.Write(manifest);
        }

        public void Supersede() => _isSuperseded = true;
    }
}
