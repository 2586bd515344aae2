namespace Keyway.Shard.Keyspace;

/// <summary>
/// What all values of a server share: native memory, the hash's secret, and the large values, which entries know by a handle. What is dropped is freed
/// at once when it is small and in slices when it is not. One thread.
/// </summary>
internal sealed class ValueStore(SlabAllocator memory, KeyHash hash)
{
    /// <summary>Up to so much is freed where it is dropped: less than a slice costs.</summary>
    private const int FreedAtOnce = 64;

    private readonly Queue<LargeValue> _dropped = new();
    private LargeValue?[] _values = new LargeValue?[16];
    private int[] _freeHandles = new int[16];
    private int _freeCount;
    private int _handles;

    public SlabAllocator Memory { get; } = memory;

    public KeyHash Hash { get; } = hash;

    /// <summary>How large the pieces of lists may become.</summary>
    public ListLimits ListLimits { get; set; } = ListLimits.Default;

    /// <summary>Called when something has been left to free in slices: see <see cref="FreeSome"/>.</summary>
    public Action? OnDropped { get; set; }

    public int PendingValues => _dropped.Count;

    public long FreedValues { get; private set; }

    public LargeValue this[int handle] => _values[handle]!;

    public int Add(LargeValue value)
    {
        int handle = _freeCount > 0 ? _freeHandles[--_freeCount] : _handles++;
        if (handle == _values.Length) Array.Resize(ref _values, handle * 2);
        _values[handle] = value;
        return handle;
    }

    /// <summary>Another value under the same handle; the former one is the caller's.</summary>
    public void Replace(int handle, LargeValue value) => _values[handle] = value;

    /// <summary>Forgets the value without freeing it: it is the caller's.</summary>
    public LargeValue Take(int handle)
    {
        LargeValue value = _values[handle]!;
        _values[handle] = null;
        if (_freeCount == _freeHandles.Length) Array.Resize(ref _freeHandles, _freeCount * 2);
        _freeHandles[_freeCount++] = handle;
        return value;
    }

    /// <summary>Frees an entry's block with all that it holds.</summary>
    public void Drop(Entry entry)
    {
        if (entry.IsLarge) Drop(Take(entry.Handle));
        entry.Free(Memory);
    }

    /// <summary>Frees a large value, now or in slices; one that somebody holds is his from now on.</summary>
    public void Drop(LargeValue value)
    {
        if (value.Holder != null)
        {
            value.Holder.TakeDropped();
            return;
        }

        if (value.FreeEffort <= FreedAtOnce)
        {
            int budget = int.MaxValue;
            while (value.FreeSome(ref budget)) { }
            return;
        }

        _dropped.Enqueue(value);
        OnDropped?.Invoke();
    }

    /// <summary>Frees some of what was dropped; false when nothing is left.</summary>
    public bool FreeSome(ref int budget)
    {
        while (budget > 0 && _dropped.TryPeek(out LargeValue? value))
        {
            if (value.FreeSome(ref budget)) break;
            FreedValues++;
            _dropped.Dequeue();
        }

        return _dropped.Count > 0;
    }

    public void FreeAll()
    {
        int budget = int.MaxValue;
        while (FreeSome(ref budget)) budget = int.MaxValue;
    }
}
