namespace Keyway.Shard.Keyspace;

/// <summary>A collection in a hash table of its own: what large hashes and large sets have in common.</summary>
internal abstract unsafe class TableValue<TBlock>(ValueStore store) : LargeValue
    where TBlock : struct, IElementBlock
{
    private const int BucketsMovedPerChange = 2;
    private const int MeasuredBlocks = 64;

    public override long Count => Elements.Count;

    /// <summary>By some of the blocks: to add up all of them would take as long as to copy them.</summary>
    public override long MemoryBytes
    {
        get
        {
            long bytes = 0;
            int measured = 0;
            BlockWalk<TBlock> walk = Elements.Walk();
            for (; measured < MeasuredBlocks && walk.MoveNext(); measured++) bytes += TBlock.MemoryBytes(walk.Current);
            return (Elements.Buckets * BucketArray.BucketBytes) + (measured == 0 ? 0 : bytes * Count / measured);
        }
    }

    /// <summary>For walks and random picks.</summary>
    public BlockTable<TBlock> Elements { get; } = new(store);

    protected ValueStore Store { get; } = store;

    /// <summary>The slot of the element, or null, for the change that follows at once.</summary>
    public ulong* Find(ReadOnlySpan<byte> key, out ulong hash)
    {
        if (Elements.IsResizing) Elements.MoveBuckets(BucketsMovedPerChange);
        hash = Store.Hash.Of(key);
        return Elements.Find(key, hash);
    }

    /// <param name="slot">As <see cref="Find"/> gave it.</param>
    /// <param name="hash">Likewise.</param>
    public void Remove(ulong* slot, ulong hash)
    {
        byte* block = BlockTable<TBlock>.BlockAt(slot);
        Holder?.BeforeElement(TBlock.KeyOf(block), hash, block);
        Elements.Remove(slot, hash);
        TBlock.Free(block, Store);
    }

    public override bool FreeSome(ref int budget)
    {
        long before = Elements.Count;
        bool isLeft = Elements.FreeSome(budget);
        budget -= (int)(before - Elements.Count);
        if (!isLeft) Elements.Dispose();
        return isLeft;
    }
}
