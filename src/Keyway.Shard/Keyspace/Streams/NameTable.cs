namespace Keyway.Shard.Keyspace.Streams;

/// <summary>Objects by names of bytes, found at once and listed in the order of their names. A stream has few groups, and a group few consumers.</summary>
internal sealed class NameTable<T>(KeyHash hash)
    where T : class
{
    private readonly Dictionary<byte[], T> _byName = new(new KeyComparer(hash));
    private T[]? _inOrder;

    public int Count => _byName.Count;

    /// <summary>All of them, by name; good until one is added or removed.</summary>
    public T[] InOrder => _inOrder ??= Sort();

    public T? Find(ReadOnlySpan<byte> name) => _byName.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out T? item) ? item : null;

    public void Add(byte[] name, T item)
    {
        _byName.Add(name, item);
        _inOrder = null;
    }

    public void Remove(byte[] name)
    {
        _byName.Remove(name);
        _inOrder = null;
    }

    private T[] Sort()
    {
        var names = new byte[_byName.Count][];
        var items = new T[_byName.Count];
        _byName.Keys.CopyTo(names, 0);
        _byName.Values.CopyTo(items, 0);
        Array.Sort(names, items, Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)));
        return items;
    }
}
