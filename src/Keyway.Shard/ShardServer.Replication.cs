using Keyway.Shard.Rdb;
using Keyway.Shard.Replication;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard;

/// <summary>Whom this server follows, and who follows it.</summary>
public sealed partial class ShardServer
{
    private readonly ReplicationSink _replicationSink;

    /// <summary>The history that the data are the outcome of, in either role.</summary>
    internal ReplicationHistory History { get; } = new();

    /// <summary>Who follows this server.</summary>
    internal ReplicaSet Replicas { get; }

    /// <summary>How they get what they lack.</summary>
    internal Synchronization Syncs { get; }

    internal ReplicaFeed Feed { get; }

    internal Failover Failover { get; }

    /// <summary>
    /// Effects of writes go into the history while it is kept, and while it is this server's own; not those that are repeated from a file. To be called
    /// when any of that changes.
    /// </summary>
    internal void HeedEffects() => Effects.Replicas = History.Log != null && !IsReplica && !Loading.IsOn ? _replicationSink : null;

    /// <summary>What other parts of the server tell of themselves, and ask.</summary>
    private void JoinReplication()
    {
        History.Appended = Feed.Ask;
        History.Replaced = Feed.OnReplaced;
        Gate.Released = Feed.OnSafe;
        Saves.Ended = Syncs.OnSaved;
        Shutdown.AreReplicasBehind = () => !Replicas.AreInSync;
        Shutdown.Ending += Replicas.TellLag;
        ReplicationPoints = PointNow;
        var restart = new MasterRestart(this);
        OnExpiredAtLoad = restart.OnExpired;
        OnRdbLoaded = restart.TakeUp;
    }

    /// <summary>Null where nothing is counted.</summary>
    private ReplicationPoint? PointNow() =>
        History.Log == null ? null : new ReplicationPoint(IsReplica ? Following.StreamDatabase : Math.Max(0, History.SelectedDatabase), History.Id, History.Offset);

    /// <summary>For tests (DEBUG CHANGE-REPL-ID): nobody may go on from what it has.</summary>
    internal void ChangeReplicationId()
    {
        ServingLog.IdChanged(Logger);
        History.Rename(History.Identity.Renamed(ReplicationHistory.NewId()));
    }
}
