namespace Keyway.Shard.Keyspace.Streams;

/// <summary>An entry that a group has given to a consumer, who has not acknowledged it yet. One block; the group and the consumer both know it.</summary>
internal struct Delivery
{
    /// <summary>Nobody's yet: XCLAIM FORCE makes such.</summary>
    public const int NoConsumer = -1;

    public long TimeMs;
    public long Times;

    /// <summary>The consumer's <see cref="Consumer.Number"/> in its group.</summary>
    public int Consumer;
}
