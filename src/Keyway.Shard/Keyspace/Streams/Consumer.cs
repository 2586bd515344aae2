namespace Keyway.Shard.Keyspace.Streams;

/// <summary>One reader of a group, with what it has been given and has not acknowledged.</summary>
internal sealed class Consumer(byte[] name, int number, IdMap pending)
{
    public readonly byte[] Name = name;

    /// <summary>What <see cref="Delivery"/> knows it by.</summary>
    public readonly int Number = number;

    /// <summary>The group's deliveries to it.</summary>
    public readonly IdMap Pending = pending;

    /// <summary>When it was last given something, or asked for what it had, in Unix ms.</summary>
    public long SeenMs;
}
