using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Hashes;

/// <summary>
/// The hash at a place of a database, to be looked into: a flat buffer of fields and values in turns while it is small, a <see cref="LargeHash"/> from
/// then on. The default is a hash without fields. Good until the next change in the database.
/// </summary>
internal readonly unsafe ref struct StoredHash
{
    private const int SkipValue = 1;

    private readonly ReadOnlySpan<byte> _listpack;
    public StoredHash(Database database, Entry entry)
    {
        if (entry.IsLarge) Large = (LargeHash)database.LargeValueOf(entry);
        else _listpack = entry.Bytes;
    }

    /// <summary>Null while it is small.</summary>
    public LargeHash? Large { get; }

    public long Count => Large != null ? Large.Count : _listpack.IsEmpty ? 0 : Listpack.Count(_listpack) / 2;

    public bool TryGet(ReadOnlySpan<byte> field, out ListpackElement value)
    {
        if (Large != null)
        {
            bool isThere = Large.TryGet(field, out ReadOnlySpan<byte> bytes);
            value = new ListpackElement(bytes);
            return isThere;
        }

        int at = _listpack.IsEmpty ? Listpack.None : FindIn(_listpack, field);
        value = at == Listpack.None ? default : Listpack.Read(_listpack, Listpack.Next(_listpack, at));
        return at != Listpack.None;
    }

    public HashReader Read() => new(_listpack, Large);

    /// <summary>Any field, all of them equally likely; there must be one.</summary>
    public void PickRandom(ref ulong random, out ListpackElement field, out ListpackElement value)
    {
        if (Large != null)
        {
            byte* block = Large.Elements.PickUniform(ref random);
            field = new ListpackElement(FieldBlock.KeyOf(block));
            value = new ListpackElement(FieldBlock.ValueOf(block));
            return;
        }

        ReadAt(Listpack.Seek(_listpack, RandomState.Below(ref random, Count) * 2), out field, out value);
    }

    /// <summary>Of a small hash: where each field stands, for <see cref="ReadAt"/>.</summary>
    /// <param name="offsets">As many as there are fields.</param>
    public void FindOffsets(Span<int> offsets)
    {
        int at = Listpack.HeaderBytes;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = at;
            at += Listpack.SizeAt(_listpack, at);
            at += Listpack.SizeAt(_listpack, at);
        }
    }

    public void ReadAt(int offset, out ListpackElement field, out ListpackElement value)
    {
        field = Listpack.Read(_listpack, offset);
        value = Listpack.Read(_listpack, Listpack.Next(_listpack, offset));
    }

    /// <summary>Where the field stands in a flat buffer, or <see cref="Listpack.None"/>.</summary>
    internal static int FindIn(ReadOnlySpan<byte> listpack, ReadOnlySpan<byte> field) =>
        Listpack.Find(listpack, Listpack.First(listpack), field, SkipValue);
}
