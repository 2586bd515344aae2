using System.Globalization;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Disks;
using Keyway.Protocol;
using Keyway.Shard.Configuration;
using Keyway.Shard.Persistence;

namespace Keyway.Shard.Replication.Serving;

/// <summary>Brings replicas to where the stream is: with what is kept of it, or with a snapshot and the stream from its instant on.</summary>
internal sealed class Synchronization(ShardServer server)
{
    private DiskWorker? _worker;
    private bool _hasFile;                               // written for replicas, by a server that keeps none for itself

    /// <summary>The replica goes on where it stopped, if all that it lacks is here.</summary>
    public bool TryContinue(Replica replica, string askedId, long nextByte, ReplyBuffer reply)
    {
        ReplicationHistory history = server.History;
        PartialSync decision = PartialSyncRule.Decide(history.Identity, history.Log, askedId, nextByte);
        if (decision != PartialSync.Accepted)
        {
            LogRefusal(replica, decision, askedId, nextByte);
            return false;
        }

        // The peer kept the database that it had selected, and so does the stream.
        bool knowsNames = (replica.Capabilities & ReplicaCapabilities.NewName) != 0;
        reply.Append(Encoding.ASCII.GetBytes(knowsNames ? $"+CONTINUE {history.Id}\r\n" : "+CONTINUE\r\n"));
        replica.State = ReplicaState.Online;
        replica.AckedMs = server.Loop.NowMs;
        replica.Stream = history.Log!.AddReader(nextByte);
        server.Replicas.Add(replica);
        ServingLog.PartialAccepted(server.Logger, replica.Name, replica.Stream.Lag, nextByte);
        server.Replicas.CountGood();
        return true;
    }

    /// <summary>The replica gets a snapshot: of one that others wait for too, or of one of its own.</summary>
    public void BeginFull(Replica replica)
    {
        server.Statistics.FullSyncs++;
        replica.State = ReplicaState.WaitsForStart;
        server.Replicas.Add(replica);
        if (server.Replicas.Count == 1 && server.History.Log == null) BeginHistory();

        if (server.IsSnapshotBusy)
        {
            if (server.Saves.IsRunning) JoinSave(replica);
            else if (server.Snapshots.Purpose == SnapshotPurpose.Replicas) ServingLog.CannotJoinTransfer(server.Logger);
            else ServingLog.DelayedByAnother(server.Logger);
            return;
        }

        long delaySeconds = server.Settings.SyncDelaySeconds;
        bool waitsForOthers = server.Settings.SyncsWithoutDisk && (replica.Capabilities & ReplicaCapabilities.EndMark) != 0 && delaySeconds > 0;
        if (waitsForOthers)
        {
            ServingLog.Delayed(server.Logger);
            server.Loop.Schedule(delaySeconds * 1000, StartPending);
        }

        StartPending(waitsForOthers ? delaySeconds * 1000 : 0);
    }

    /// <summary>Begins the snapshot that replicas wait for, if it is time.</summary>
    public void StartPending() => StartPending(server.Settings.SyncDelaySeconds * 1000);

    /// <summary>A replica has left.</summary>
    public void OnLeft(Replica replica)
    {
        // Nobody has asked for the file but replicas, and none of them is left.
        bool wanted = replica.State == ReplicaState.WaitsForEnd && replica.Payload == null && server.Settings.SavePoints.Length == 0;
        if (wanted && server.Saves.IsRunning && !server.Replicas.All.Any(WaitsForFile)) server.Saves.Abandon();
    }

    /// <summary>A file has been written, or could not be.</summary>
    public void OnSaved(string? failure)
    {
        foreach (Replica replica in server.Replicas.All.Where(WaitsForFile).ToArray())
        {
            if (failure == null)
            {
                OpenFile(replica);
                continue;
            }

            ServingLog.SnapshotFailed(server.Logger);
            replica.Client.CloseSoon();
        }
    }

    /// <summary>A replica has been sent all of a snapshot as it was made.</summary>
    public void OnStreamed(Replica replica)
    {
        ServingLog.Streamed(server.Logger, replica.Name);
        replica.HoldsStream = true;
        EndPayload(replica);
    }

    /// <summary>A replica has been sent all of a snapshot's file.</summary>
    public void OnFileSent(Replica replica) => EndPayload(replica);

    /// <summary>Once a second: a server that keeps nothing on a disk need not leave there what it wrote for its replicas (rdb-del-sync-files).</summary>
    public void RemoveFile()
    {
        bool isWanted = server.Settings.SavePoints.Length > 0 || server.Settings.KeepsJournal || !server.Settings.RemovesSyncFiles;
        bool isInUse = server.Saves.IsRunning || server.Replicas.All.Any(replica => replica.State is ReplicaState.WaitsForStart or ReplicaState.WaitsForEnd or ReplicaState.SendsFile);
        if (!_hasFile || isWanted || isInUse) return;
        _hasFile = false;
        string path = RdbFiles.PathOf(server.Settings);
        ServingLog.FileRemoved(server.Logger, path);
        _worker ??= server.NewDiskWorker("sync");
        _worker.Run(() => server.Disk.Delete(path), static _ => { });
    }

    private static bool WaitsForFile(Replica replica) => replica is { State: ReplicaState.WaitsForEnd, Payload: null };

    private void StartPending(long delayMs)
    {
        if (server.IsStopped || server.IsEnding || server.IsSnapshotBusy || server.Loading.IsOn) return;
        Settings settings = server.Settings;
        SyncPlan plan = SyncPlan.Decide(server.Replicas.All, settings.SyncsWithoutDisk, delayMs, settings.SyncReplicas, server.Loop.NowMs);
        if (plan.Group.Count > 0) Start(plan);
    }

    // The offset that replicas are told and the instant of the snapshot are one: no command comes between.
    private void Start(SyncPlan plan)
    {
        ServingLog.Starting(server.Logger, plan.ToSockets ? "replicas sockets" : "disk");
        long offset = server.History.Offset;
        if (!plan.ToSockets)
        {
            server.Saves.Start();
            _hasFile = server.Settings.RemovesSyncFiles;
            foreach (Replica replica in plan.Group) SetUp(replica, offset);
            return;
        }

        var options = new SnapshotOptions { Purpose = SnapshotPurpose.Replicas, Replication = server.ReplicationNow };
        var transfer = new SocketTransfer(server);
        SnapshotFilter filter = plan.Group[0].Filter;
        foreach (Replica replica in plan.Group)
        {
            SetUp(replica, offset);
            transfer.Add(replica);
        }

        ServingLog.TransferStarted(server.Logger, Environment.ProcessId);
        if (filter == SnapshotFilter.None) server.Snapshots.Start(transfer, options);
        else Snapshots.WriteWithoutData(server, transfer, options, withFunctions: (filter & SnapshotFilter.WithoutFunctions) == 0);
    }

    /// <summary>The snapshot is for others, but this replica can have it too: it gets the stream from the same instant on.</summary>
    private void JoinSave(Replica replica)
    {
        Replica? other = server.Replicas.All.FirstOrDefault(other => WaitsForFile(other) && (!other.WantsSnapshotOnly || replica.WantsSnapshotOnly));
        if (other == null || (replica.Capabilities & other.Capabilities) != other.Capabilities || replica.Filter != other.Filter)
        {
            ServingLog.CannotJoin(server.Logger);
            return;
        }

        SetUp(replica, other.SnapshotOffset);
        ServingLog.Joined(server.Logger);
    }

    /// <summary>What it gets is being made; the stream is kept for it from there on.</summary>
    private void SetUp(Replica replica, long offset)
    {
        replica.SnapshotOffset = offset;
        replica.State = ReplicaState.WaitsForEnd;
        if (!replica.WantsSnapshotOnly) replica.Stream = server.History.Log!.AddReader(offset + 1);

        // Nothing of what was selected before is known to it. A replica's stream is its master's, to which nothing can be added.
        if (!server.IsReplica) server.History.SelectedDatabase = ReplicationHistory.NoDatabase;
        if (replica.IsOldProtocol) return;
        replica.Client.Reply.Append(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"+FULLRESYNC {server.History.Id} {offset}\r\n")));
        server.Loop.FlushLater(replica.Client, FlushPhase.Replies);
    }

    // By another name meanwhile it would be another snapshot.
    private void OpenFile(Replica replica)
    {
        _worker ??= server.NewDiskWorker("sync");
        string path = RdbFiles.PathOf(server.Settings);
        long saves = server.Saves.Count;
        DiskFile? file = null;
        replica.State = ReplicaState.SendsFile;
        _worker.Run(
            () => file = server.Disk.OpenForReading(path),
            error =>
            {
                if (error == null && server.Saves.Count == saves && replica.State == ReplicaState.SendsFile && !replica.Client.IsClosing)
                {
                    replica.Payload = new FilePayload(server, _worker, replica, file!);
                    server.Loop.FlushLater(replica.Client, FlushPhase.Replies);
                    return;
                }

                if (file != null) _worker.Run(file.Dispose, static _ => { });
                if (error != null) ServingLog.FileNotOpened(server.Logger, error.Reason);
                if (!replica.Client.IsClosing) replica.Client.CloseAtOnce();
            });
    }

    private void EndPayload(Replica replica)
    {
        replica.Payload!.Close();
        replica.Payload = null;
        if (replica.WantsSnapshotOnly)
        {
            ServingLog.SnapshotOnlyDone(server.Logger, replica.Name);
            replica.Client.CloseSoon();
            return;
        }

        server.Replicas.PutOnline(replica);
    }

    // Nothing was counted before: nobody may have a part of it under the old name.
    private void BeginHistory()
    {
        server.History.Rename(server.History.Identity.Renamed(ReplicationHistory.NewId()));
        server.History.KeepLog();
        server.HeedEffects();
        ServingLog.BacklogCreated(server.Logger, server.History.Id, server.History.FormerId);
    }

    private void LogRefusal(Replica replica, PartialSync decision, string askedId, long nextByte)
    {
        ReplicationHistory history = server.History;
        switch (decision)
        {
            case PartialSync.NotAsked:
                ServingLog.FullAsked(server.Logger, replica.Name);
                break;
            case PartialSync.OtherHistory:
                ServingLog.OtherHistory(server.Logger, LogText.Of(askedId), history.Id, history.FormerId);
                if (server.Databases.IsEmpty && nextByte > 1) ServingLog.EmptyMaster(server.Logger, replica.Name, (nextByte - 1).ToString(CultureInfo.InvariantCulture));
                break;
            case PartialSync.BeyondFormerEnd:
                ServingLog.BehindFormer(server.Logger, nextByte, history.FormerEnd);
                break;
            case PartialSync.NotKept:
                ServingLog.NotInBacklog(server.Logger, replica.Name, nextByte);
                if (nextByte > history.Offset) ServingLog.AheadOfUs(server.Logger, replica.Name);
                break;
        }
    }
}
