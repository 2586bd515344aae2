namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>Makes a sorted set of elements that come in any order (best in theirs), and then stores it as one value. What is not stored is to be disposed of.</summary>
internal sealed class SortedSetBuilder(ValueStore store, SortedSetLimits limits) : IDisposable
{
    private LargeSortedSet? _elements = new(store);
    private int _longest;

    public long Count => _elements!.Count;

    /// <summary>False when the member is there already: nothing is changed then.</summary>
    public bool TryAdd(ReadOnlySpan<byte> member, double score)
    {
        if (!_elements!.Find(member).IsNull) return false;
        _elements.Add(member, score);
        _longest = Math.Max(_longest, member.Length);
        return true;
    }

    /// <summary>The element of this member, to look at or to change the score of before <see cref="Order"/>; null when there is none.</summary>
    public ScoredMember Find(ReadOnlySpan<byte> member) => _elements!.Find(member);

    /// <summary>Adds an element whose member is not there yet; when all are there, <see cref="Order"/> gives them their places.</summary>
    public void AddUnordered(ReadOnlySpan<byte> member, double score)
    {
        _elements!.AddUnordered(member, score);
        _longest = Math.Max(_longest, member.Length);
    }

    public void Order() => _elements!.Order();

    /// <summary>The first element; the others follow.</summary>
    public TreePosition First => _elements!.Seek(0);

    /// <summary>Makes it the key's value, in the form that the limits tell; there must be an element.</summary>
    public Place StoreAt(Database database, Place place, long expiresAtMs = Database.NoExpiry)
    {
        LargeSortedSet elements = _elements!;
        int bytes = CompactBytes(elements);
        if (bytes < 0)
        {
            _elements = null;
            return database.SetLarge(place, ValueKind.SortedSet, elements, expiresAtMs);
        }

        Place stored = database.SetCompact(place, ValueKind.SortedSet, ValueEncoding.Listpack, bytes, expiresAtMs);
        CompactSortedSet.Fill(stored.Entry.WritableBytes, elements.Seek(0));
        Dispose();
        return stored;
    }

    public void Dispose()
    {
        if (_elements != null) store.Drop(_elements);
        _elements = null;
    }

    /// <summary>What it takes in one flat buffer; -1 where that is not allowed.</summary>
    private int CompactBytes(LargeSortedSet elements)
    {
        if (!limits.Allow(elements.Count, _longest)) return -1;

        long bytes = Compact.Listpack.EmptyBytes;
        for (TreePosition at = elements.Seek(0); at.IsElement; at.MoveNext()) bytes += CompactSortedSet.SizeOf(at.Member.Bytes, at.Score);
        return limits.Allow(elements.Count, _longest, bytes) ? (int)bytes : -1;
    }
}
