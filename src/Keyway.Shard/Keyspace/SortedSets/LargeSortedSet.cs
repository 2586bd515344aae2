namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>
/// A sorted set that has outgrown one flat buffer: its elements are native blocks, which an index finds by member and a tree keeps in order.
/// </summary>
internal sealed unsafe class LargeSortedSet(ValueStore store) : LargeValue
{
    private const int BucketsMovedPerSearch = 2;

    private readonly BlockTable<ScoredMember> _index = new(store);
    private ScoreTree _tree;
    private long _memberBytes;

    public override long Count => _index.Count;

    public override long MemoryBytes => _memberBytes + _tree.MemoryBytes + _index.MemoryBytes + (_index.Buckets * BucketArray.BucketBytes);

    /// <summary>Null when it is not there.</summary>
    public ScoredMember Find(ReadOnlySpan<byte> member)
    {
        ulong* slot = _index.Find(member, HashOf(member));
        return slot == null ? default : new ScoredMember(BlockTable<ScoredMember>.BlockAt(slot));
    }

    /// <summary>Adds an element whose member is not there.</summary>
    public void Add(ReadOnlySpan<byte> member, double score) => _tree.Insert(store.Memory, AddUnordered(member, score));

    /// <summary>Adds an element without giving it its place: for who adds many, changes their scores, and then calls <see cref="Order"/> once.</summary>
    public ScoredMember AddUnordered(ReadOnlySpan<byte> member, double score)
    {
        Holder?.BeforeElement(member, default);
        ScoredMember element = ScoredMember.Create(store.Memory, member, score);
        _index.Insert(element.Block, HashOf(member));
        _memberBytes += element.MemoryBytes;
        return element;
    }

    public void Order()
    {
        for (BlockWalk<ScoredMember> walk = _index.Walk(); walk.MoveNext();) _tree.Insert(store.Memory, new ScoredMember(walk.Current));
    }

    public void Rescore(ScoredMember element, double score)
    {
        Holder?.BeforeElement(element.Bytes, element);
        _tree.Rescore(store.Memory, element, score);
    }

    /// <summary>False when the member is not there.</summary>
    public bool Remove(ReadOnlySpan<byte> member)
    {
        ulong hash = HashOf(member);
        ulong* slot = _index.Find(member, hash);
        if (slot == null) return false;

        var element = new ScoredMember(BlockTable<ScoredMember>.BlockAt(slot));
        Holder?.BeforeElement(member, element);
        _tree.Remove(store.Memory, element);
        _index.Remove(slot, hash);
        Free(element);
        return true;
    }

    /// <summary>Removes elements that follow one another, from this rank on; they must be there.</summary>
    public void RemoveRange(long rank, long count)
    {
        nint* removed = stackalloc nint[TreeNode.LeafCapacity];
        while (count > 0)
        {
            int length = _tree.RemoveRun(store.Memory, rank, count, removed);
            for (int i = 0; i < length; i++)
            {
                var element = new ScoredMember((byte*)removed[i]);
                Holder?.BeforeElement(element.Bytes, element);
                ulong hash = HashOf(element.Bytes);
                _index.Remove(_index.Find(element.Bytes, hash), hash);
                Free(element);
            }

            count -= length;
        }
    }

    /// <summary>How many elements precede the bound.</summary>
    public long CountBefore<TBound>(in TBound bound)
        where TBound : IOrderBound, allows ref struct => _tree.CountBefore(in bound);

    public long RankOf(ScoredMember element) => _tree.CountBefore(new ElementBound(element.Score, element.Bytes, isBehind: false));

    public TreePosition Seek(long rank) => _tree.Seek(rank);

    /// <summary>All elements by their members, in no order: what ZSCAN walks.</summary>
    public BlockTable<ScoredMember> Index => _index;

    public List<TableShape> Shapes() => _index.Shapes();

    public override LargeValue Copy()
    {
        var copy = new LargeSortedSet(store);
        for (TreePosition at = Seek(0); at.IsElement; at.MoveNext()) copy.Add(at.Member.Bytes, at.Score);
        return copy;
    }

    public override bool FreeSome(ref int budget)
    {
        long before = _index.Count;
        bool isLeft = _index.FreeSome(budget);
        budget -= (int)(before - _index.Count);
        if (isLeft) return true;

        _index.Dispose();
        return _tree.FreeSome(store.Memory, ref budget);
    }

    internal ref readonly ScoreTree Tree => ref _tree;

    private ulong HashOf(ReadOnlySpan<byte> member)
    {
        if (_index.IsResizing) _index.MoveBuckets(BucketsMovedPerSearch);
        return store.Hash.Of(member);
    }

    private void Free(ScoredMember element)
    {
        _memberBytes -= element.MemoryBytes;
        element.Free(store.Memory);
    }
}
