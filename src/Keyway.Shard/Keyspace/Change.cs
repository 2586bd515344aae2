namespace Keyway.Shard.Keyspace;

/// <summary>What has become of a key.</summary>
internal enum Change
{
    Written,

    /// <summary>A whole new collection has taken the place of whatever was there: Redis serves nobody from it who waits, since the key was there before.</summary>
    Overwritten,
    Deleted,
    Expired,
    ExpiryChanged,
}
