namespace Keyway.Shard.Replication.Following;

/// <summary>How a link to a master has ended.</summary>
internal enum LinkEnd
{
    /// <summary>The connection has: whatever was applied stays good.</summary>
    Lost,

    /// <summary>The master does not want this replica, or not now.</summary>
    Refused,

    /// <summary>Its data could not be taken.</summary>
    Failed,

    /// <summary>It has sent what cannot be a stream of commands: nothing of it is to be gone on from.</summary>
    Broken,
}
