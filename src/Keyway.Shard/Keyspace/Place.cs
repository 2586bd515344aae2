namespace Keyway.Shard.Keyspace;

/// <summary>
/// Where a key is, or would go: found once, used for what the command then does, so that each command hashes and searches once. Void after the next
/// search or change in the same database, but for the change that it was made for.
/// </summary>
internal readonly unsafe ref struct Place(ReadOnlySpan<byte> key, ulong hash, ulong* slot)
{
    public readonly ReadOnlySpan<byte> Key = key;
    public readonly ulong Hash = hash;
    public readonly ulong* Slot = slot;

    public bool Exists => Slot != null;

    public Entry Entry => new(BlockTable<EntryBlock>.BlockAt(Slot));
}
