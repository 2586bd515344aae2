namespace Keyway.Shard.Keyspace.Hashes;

/// <summary>A hash in a hash table of its own.</summary>
internal sealed unsafe class LargeHash(ValueStore store) : LargeValue
{
    private const int BucketsMovedPerChange = 2;
    private const int MeasuredBlocks = 64;

    public override long Count => Fields.Count;

    /// <summary>By some of the blocks: to add up all of them would take as long as to copy them.</summary>
    public override long MemoryBytes
    {
        get
        {
            long bytes = 0;
            int measured = 0;
            BlockWalk<FieldBlock> walk = Fields.Walk();
            for (; measured < MeasuredBlocks && walk.MoveNext(); measured++) bytes += FieldBlock.MemoryBytes(walk.Current);
            return (Fields.Buckets * BucketArray.BucketBytes) + (measured == 0 ? 0 : bytes * Count / measured);
        }
    }

    /// <summary>For walks and random picks.</summary>
    public BlockTable<FieldBlock> Fields { get; } = new(store);

    public bool TryGet(ReadOnlySpan<byte> field, out ReadOnlySpan<byte> value)
    {
        ulong* slot = Fields.Find(field, store.Hash.Of(field));
        value = slot == null ? default : FieldBlock.ValueOf(BlockTable<FieldBlock>.BlockAt(slot));
        return slot != null;
    }

    /// <summary>The slot of the field, or null, for the change that follows at once.</summary>
    public ulong* Find(ReadOnlySpan<byte> field, out ulong hash)
    {
        if (Fields.IsResizing) Fields.MoveBuckets(BucketsMovedPerChange);
        hash = store.Hash.Of(field);
        return Fields.Find(field, hash);
    }

    /// <returns>True when the field is new.</returns>
    public bool Set(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        ulong* slot = Find(field, out ulong hash);
        if (slot == null) Fields.Insert(FieldBlock.Create(store.Memory, field, value), hash);
        else Overwrite(slot, field, value);
        return slot == null;
    }

    /// <param name="slot">As <see cref="Find"/> gave it.</param>
    /// <param name="hash">Likewise.</param>
    public void Remove(ulong* slot, ulong hash)
    {
        byte* block = BlockTable<FieldBlock>.BlockAt(slot);
        Fields.Remove(slot, hash);
        FieldBlock.Free(block, store);
    }

    public override LargeValue Copy()
    {
        var copy = new LargeHash(store);
        BlockWalk<FieldBlock> walk = Fields.Walk();
        while (walk.MoveNext()) copy.Set(FieldBlock.KeyOf(walk.Current), FieldBlock.ValueOf(walk.Current));
        return copy;
    }

    public override bool FreeSome(ref int budget)
    {
        long before = Fields.Count;
        bool isLeft = Fields.FreeSome(budget);
        budget -= (int)(before - Fields.Count);
        if (!isLeft) Fields.Dispose();
        return isLeft;
    }

    private void Overwrite(ulong* slot, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        byte* block = BlockTable<FieldBlock>.BlockAt(slot);
        if (FieldBlock.TryOverwrite(block, value)) return;

        byte* moved = FieldBlock.Create(store.Memory, field, value);
        BlockTable<FieldBlock>.Replace(slot, moved);
        FieldBlock.Free(block, store);
    }
}
