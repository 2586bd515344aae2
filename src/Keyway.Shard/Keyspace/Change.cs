namespace Keyway.Shard.Keyspace;

/// <summary>What has become of a key.</summary>
internal enum Change
{
    Written,
    Deleted,
    Expired,
    ExpiryChanged,
}
