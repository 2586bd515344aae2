namespace Keyway.Shard.Keyspace.Hashes;

/// <summary>A hash in a hash table of its own.</summary>
internal sealed unsafe class LargeHash(ValueStore store) : TableValue<FieldBlock>(store)
{
    public bool TryGet(ReadOnlySpan<byte> field, out ReadOnlySpan<byte> value)
    {
        ulong* slot = Elements.Find(field, Store.Hash.Of(field));
        value = slot == null ? default : FieldBlock.ValueOf(BlockTable<FieldBlock>.BlockAt(slot));
        return slot != null;
    }

    /// <returns>True when the field is new.</returns>
    public bool Set(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        ulong* slot = Find(field, out ulong hash);
        Holder?.BeforeElement(field, hash, slot == null ? null : BlockTable<FieldBlock>.BlockAt(slot));
        if (slot == null) Elements.Insert(FieldBlock.Create(Store.Memory, field, value), hash);
        else Overwrite(slot, field, value);
        return slot == null;
    }

    public override LargeValue Copy()
    {
        var copy = new LargeHash(Store);
        BlockWalk<FieldBlock> walk = Elements.Walk();
        while (walk.MoveNext()) copy.Set(FieldBlock.KeyOf(walk.Current), FieldBlock.ValueOf(walk.Current));
        return copy;
    }

    private void Overwrite(ulong* slot, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        byte* block = BlockTable<FieldBlock>.BlockAt(slot);
        if (FieldBlock.TryOverwrite(block, value)) return;

        byte* moved = FieldBlock.Create(Store.Memory, field, value);
        BlockTable<FieldBlock>.Replace(slot, moved);
        FieldBlock.Free(block, Store);
    }
}
