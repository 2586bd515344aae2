namespace Keyway.Shard.Keyspace;

/// <summary>How full the buckets of a hash table are.</summary>
/// <param name="Buckets">Of one half while it grows or shrinks.</param>
/// <param name="Elements">In them.</param>
/// <param name="ByLength">How many buckets hold so many; the last is for those that hold more.</param>
internal sealed record TableShape(long Buckets, long Elements, long[] ByLength);
