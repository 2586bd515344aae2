namespace Keyway.Shard.Keyspace;

/// <summary>The blocks of a database's table: entries, found by their keys.</summary>
internal readonly unsafe struct EntryBlock : IBlock
{
    public static ReadOnlySpan<byte> KeyOf(byte* block) => new Entry(block).Key;

    public static void Free(byte* block, ValueStore store) => store.Drop(new Entry(block));
}
