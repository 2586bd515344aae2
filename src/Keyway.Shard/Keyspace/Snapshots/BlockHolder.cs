namespace Keyway.Shard.Keyspace.Snapshots;

/// <summary>Somebody who needs some of the large blocks of memory as they are now: long strings that he has not read to their ends.</summary>
internal abstract unsafe class BlockHolder
{
    /// <summary>The block is about to be freed. True when it is the holder's from now on, who frees it when he is done.</summary>
    public abstract bool TryKeep(byte* block);

    /// <summary>So many bytes of the block, or fewer where it ends, are about to be written over.</summary>
    public abstract void BeforeWrite(byte* block, int offset, int length);
}
