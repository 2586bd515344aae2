namespace Keyway.Shard.Keyspace;

/// <summary>A block that is an element of a large collection.</summary>
internal unsafe interface IElementBlock : IBlock
{
    /// <summary>What it takes of the slabs.</summary>
    static abstract int MemoryBytes(byte* block);
}
