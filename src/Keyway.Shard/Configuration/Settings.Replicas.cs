namespace Keyway.Shard.Configuration;

/// <summary>What holds for those that follow this server.</summary>
internal sealed partial class Settings
{
    /// <summary>Online replicas that a write needs; 0: none.</summary>
    public long MinReplicas { get; private set; }

    /// <summary>Seconds after which a silent one is none of them.</summary>
    public long MinReplicasMaxLag { get; private set; }

    public long ReplicaPingSeconds { get; private set; }

    public long ReplicationTimeoutSeconds { get; private set; }

    /// <summary>How long the backlog is kept for nobody; 0: for ever.</summary>
    public long BacklogTtlSeconds { get; private set; }

    /// <summary>Snapshots go to replicas as they are made, not by way of a file.</summary>
    public bool SyncsWithoutDisk { get; private set; }

    /// <summary>Such a one waits so long for others that want it too.</summary>
    public long SyncDelaySeconds { get; private set; }

    /// <summary>It begins at once when so many want it; 0: never.</summary>
    public long SyncReplicas { get; private set; }

    /// <summary>A file that was written for replicas goes when they have it, where the server keeps none for itself.</summary>
    public bool RemovesSyncFiles { get; private set; }

    /// <summary>Fewer packets go to replicas, for which what they are told comes a little later.</summary>
    public bool SparesReplicaPackets { get; private set; }

    private void RefreshReplicas()
    {
        SparesReplicaPackets = IsYes("repl-disable-tcp-nodelay");
        RemovesSyncFiles = IsYes("rdb-del-sync-files");
        MinReplicas = Number("min-replicas-to-write");
        MinReplicasMaxLag = Number("min-replicas-max-lag");
        ReplicaPingSeconds = Math.Max(1, Number("repl-ping-replica-period"));
        ReplicationTimeoutSeconds = Number("repl-timeout");
        BacklogTtlSeconds = Number("repl-backlog-ttl");
        SyncsWithoutDisk = IsYes("repl-diskless-sync");
        SyncDelaySeconds = Number("repl-diskless-sync-delay");
        SyncReplicas = Number("repl-diskless-sync-max-replicas");
    }
}
