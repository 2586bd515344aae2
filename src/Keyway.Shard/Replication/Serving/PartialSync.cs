namespace Keyway.Shard.Replication.Serving;

/// <summary>Whether a replica may go on where it stopped.</summary>
internal enum PartialSync
{
    Accepted,

    /// <summary>It asks for everything.</summary>
    NotAsked,

    /// <summary>What it has is of a history that this server knows nothing of.</summary>
    OtherHistory,

    /// <summary>It has bytes of the former history that this server never saw.</summary>
    BeyondFormerEnd,

    /// <summary>What it lacks is not kept any more, or has not been written yet.</summary>
    NotKept,
}
