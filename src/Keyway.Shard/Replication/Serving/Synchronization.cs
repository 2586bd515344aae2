using System.Globalization;
using System.Text;
using Keyway.Protocol;

namespace Keyway.Shard.Replication.Serving;

/// <summary>Brings replicas to where the stream is: with what is kept of it, or with a snapshot and the stream from its instant on.</summary>
internal sealed class Synchronization(ShardServer server)
{
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
        StartPending();
    }

    /// <summary>Begins the snapshot that replicas wait for, if it is time.</summary>
    public void StartPending() { }

    /// <summary>A replica has left.</summary>
    public void OnLeft(Replica replica) { }

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
