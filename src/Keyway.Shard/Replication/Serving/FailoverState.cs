namespace Keyway.Shard.Replication.Serving;

internal enum FailoverState
{
    None,

    /// <summary>Writes are put off until a replica has all.</summary>
    WaitsForSync,

    /// <summary>This server follows the replica, and has yet to hear that it has taken over.</summary>
    InProgress,
}
