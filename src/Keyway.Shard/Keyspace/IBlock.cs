namespace Keyway.Shard.Keyspace;

/// <summary>A kind of block that a <see cref="BlockTable{TBlock}"/> holds.</summary>
internal unsafe interface IBlock
{
    /// <summary>By what it is found.</summary>
    static abstract ReadOnlySpan<byte> KeyOf(byte* block);

    /// <summary>Gives the block back, and all that belongs to it.</summary>
    static abstract void Free(byte* block, ValueStore store);
}
