namespace Keyway.Shard.Keyspace.Streams;

/// <summary>What a stream is to be shortened to: so many entries, or those from an ID on.</summary>
internal struct StreamTrim
{
    public TrimBy By;

    /// <summary>Only nodes that go as a whole: more may stay than asked for.</summary>
    public bool IsApproximate;

    public long MaxLength;
    public StreamId MinId;

    /// <summary>Entries to delete at most; 0 is all.</summary>
    public long Limit;
}
