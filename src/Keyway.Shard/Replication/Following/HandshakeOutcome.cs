namespace Keyway.Shard.Replication.Following;

internal enum HandshakeOutcome
{
    /// <summary>Another line must come.</summary>
    GoesOn,

    /// <summary>The stream goes on where the replica stopped; perhaps under another name.</summary>
    Continues,

    /// <summary>All data come first.</summary>
    BeginsAnew,

    /// <summary>The same, from a master that knows only the old command: it names no history and counts no bytes.</summary>
    BeginsUncounted,

    /// <summary>The link is of no use: try again later.</summary>
    Fails,
}
