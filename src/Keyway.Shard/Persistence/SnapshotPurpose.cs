namespace Keyway.Shard.Persistence;

/// <summary>For whom a snapshot is taken: what clients are told about it depends on that.</summary>
internal enum SnapshotPurpose
{
    /// <summary>BGSAVE: the file that a start loads.</summary>
    Save,

    /// <summary>The base of the journal.</summary>
    Journal,

    /// <summary>Replicas that begin anew.</summary>
    Replicas,
}
