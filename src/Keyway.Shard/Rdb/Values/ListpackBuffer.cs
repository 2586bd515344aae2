using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Rdb.Values;

/// <summary>A listpack that grows as elements are added.</summary>
internal sealed class ListpackBuffer
{
    private byte[] _bytes = new byte[256];

    public ListpackBuffer() => Clear();

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Listpack.BytesOf(_bytes));

    public void Clear() => Listpack.WriteEmpty(_bytes);

    public void Add(ReadOnlySpan<byte> value)
    {
        ListpackElement element = ListpackElement.Of(value);
        int used = Listpack.BytesOf(_bytes);
        int size = Listpack.SizeOf(element);
        if (used + size > _bytes.Length) Array.Resize(ref _bytes, Math.Max(used + size, _bytes.Length * 2));
        Listpack.Insert(_bytes, used - 1, element);
    }

    /// <summary>Whether an element is the value, so many being passed over after each that is looked at.</summary>
    public bool Contains(ReadOnlySpan<byte> value, int skip)
    {
        ReadOnlySpan<byte> listpack = Bytes;
        int first = Listpack.First(listpack);
        return first != Listpack.None && Listpack.Find(listpack, first, value, skip) != Listpack.None;
    }
}
