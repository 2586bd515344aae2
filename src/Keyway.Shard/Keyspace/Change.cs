namespace Keyway.Shard.Keyspace;

/// <summary>What has become of a key.</summary>
internal enum Change
{
    /// <summary>There was none, or what stood there was deleted first (RENAME, COPY): only this serves clients that wait for a list or a sorted set.</summary>
    Created,

    /// <summary>The value that was there has changed.</summary>
    Written,

    /// <summary>A whole new value has taken the place of whatever was there: Redis serves nobody from it who waits, since the key was there before.</summary>
    Overwritten,
    Deleted,
    Expired,
    ExpiryChanged,
}
