namespace Keyway.Shard.Keyspace.Sets;

/// <summary>A set in a hash table of its own.</summary>
internal sealed unsafe class LargeSet(ValueStore store) : LargeValue
{
    private const int BucketsMovedPerChange = 2;
    private const int MeasuredBlocks = 64;

    public override long Count => Members.Count;

    /// <summary>By some of the blocks: to add up all of them would take as long as to copy them.</summary>
    public override long MemoryBytes
    {
        get
        {
            long bytes = 0;
            int measured = 0;
            BlockWalk<MemberBlock> walk = Members.Walk();
            for (; measured < MeasuredBlocks && walk.MoveNext(); measured++) bytes += MemberBlock.MemoryBytes(walk.Current);
            return (Members.Buckets * BucketArray.BucketBytes) + (measured == 0 ? 0 : bytes * Count / measured);
        }
    }

    /// <summary>For walks and random picks.</summary>
    public BlockTable<MemberBlock> Members { get; } = new(store);

    public bool Contains(ReadOnlySpan<byte> member) => Members.Find(member, store.Hash.Of(member)) != null;

    /// <summary>The slot of the member, or null, for the change that follows at once.</summary>
    public ulong* Find(ReadOnlySpan<byte> member, out ulong hash)
    {
        if (Members.IsResizing) Members.MoveBuckets(BucketsMovedPerChange);
        hash = store.Hash.Of(member);
        return Members.Find(member, hash);
    }

    /// <param name="member">One that is not there.</param>
    /// <param name="hash">As <see cref="Find"/> gave it.</param>
    public void Insert(ReadOnlySpan<byte> member, ulong hash) => Members.Insert(MemberBlock.Create(store.Memory, member), hash);

    public void Add(ReadOnlySpan<byte> member)
    {
        if (Find(member, out ulong hash) == null) Insert(member, hash);
    }

    /// <param name="slot">As <see cref="Find"/> gave it.</param>
    /// <param name="hash">Likewise.</param>
    public void Remove(ulong* slot, ulong hash)
    {
        byte* block = BlockTable<MemberBlock>.BlockAt(slot);
        Members.Remove(slot, hash);
        MemberBlock.Free(block, store);
    }

    public override LargeValue Copy()
    {
        var copy = new LargeSet(store);
        BlockWalk<MemberBlock> walk = Members.Walk();
        while (walk.MoveNext()) copy.Add(MemberBlock.KeyOf(walk.Current));
        return copy;
    }

    public override bool FreeSome(ref int budget)
    {
        long before = Members.Count;
        bool isLeft = Members.FreeSome(budget);
        budget -= (int)(before - Members.Count);
        if (!isLeft) Members.Dispose();
        return isLeft;
    }
}
