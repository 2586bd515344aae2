namespace Keyway.Shard.Persistence.Journal;

/// <summary>When what was written is made to survive a power failure (appendfsync).</summary>
internal enum SyncPolicy
{
    /// <summary>Before any reply that tells of it leaves.</summary>
    Always,

    /// <summary>Once a second.</summary>
    EverySecond,

    /// <summary>When the system sees fit.</summary>
    Never,
}
