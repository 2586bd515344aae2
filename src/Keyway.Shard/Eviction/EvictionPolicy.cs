namespace Keyway.Shard.Eviction;

/// <summary>Which keys may be evicted for lack of memory, and which of them first: maxmemory-policy.</summary>
internal readonly record struct EvictionPolicy(EvictionOrder Order, bool OnlyVolatile)
{
    public static EvictionPolicy Parse(string name)
    {
        EvictionOrder order = name switch
        {
            "noeviction" => EvictionOrder.Never,
            "volatile-ttl" => EvictionOrder.SoonestExpiry,
            _ when name.EndsWith("-lru", StringComparison.Ordinal) => EvictionOrder.LongestUnused,
            _ when name.EndsWith("-lfu", StringComparison.Ordinal) => EvictionOrder.LeastUsed,
            _ => EvictionOrder.Random,
        };
        return new EvictionPolicy(order, name.StartsWith("volatile-", StringComparison.Ordinal));
    }
}
