using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Rdb.Held;

/// <summary>What stands before an entry's value, as it was when somebody took hold of the value.</summary>
internal sealed class EntryHead(int database, Entry entry)
{
    public int Database { get; } = database;

    public RdbType Type { get; } = RdbValueWriter.TypeOf(entry);

    public byte[] Key { get; } = entry.Key.ToArray();

    public long ExpiresAtMs { get; } = entry.ExpiresAtMs;

    public bool IsVolatile { get; } = entry.IsVolatile;

    /// <summary>Of a string.</summary>
    public int Length { get; } = entry.IsLarge ? 0 : entry.ValueLength;

    public long IdleSeconds { get; init; } = -1;

    public int Frequency { get; init; } = -1;
}
