namespace Keyway.Shard.Eviction;

/// <summary>What makes one key a better one to evict than another.</summary>
internal enum EvictionOrder
{
    Never,
    LongestUnused,
    LeastUsed,
    SoonestExpiry,
    Random,
}
