namespace Keyway.Shard.Keyspace.Sets;

/// <summary>A set in a hash table of its own.</summary>
internal sealed unsafe class LargeSet(ValueStore store) : TableValue<MemberBlock>(store)
{
    public bool Contains(ReadOnlySpan<byte> member) => Elements.Find(member, Store.Hash.Of(member)) != null;

    /// <param name="member">One that is not there.</param>
    /// <param name="hash">As <see cref="TableValue{TBlock}.Find"/> gave it.</param>
    public void Insert(ReadOnlySpan<byte> member, ulong hash)
    {
        Holder?.BeforeElement(member, hash, null);
        Elements.Insert(MemberBlock.Create(Store.Memory, member), hash);
    }

    public void Add(ReadOnlySpan<byte> member)
    {
        if (Find(member, out ulong hash) == null) Insert(member, hash);
    }

    public override LargeValue Copy()
    {
        var copy = new LargeSet(Store);
        BlockWalk<MemberBlock> walk = Elements.Walk();
        while (walk.MoveNext()) copy.Add(MemberBlock.KeyOf(walk.Current));
        return copy;
    }
}
