using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Hashes;

/// <summary>
/// All fields of a hash with their values, whatever its encoding; good until the hash changes.
/// <code>for (var reader = new HashReader(database, entry); reader.MoveNext();) … reader.Field … reader.Value …</code>
/// </summary>
internal unsafe ref struct HashReader
{
    private readonly ReadOnlySpan<byte> _listpack;      // empty for a large hash, and for none
    private BlockWalk<FieldBlock> _walk;
    private int _field;
    private int _value;
    private int _next;

    public HashReader(Database database, Entry entry)
        : this(entry.IsLarge ? default : entry.Bytes, entry.IsLarge ? (LargeHash)database.LargeValueOf(entry) : null)
    {
    }

    internal HashReader(ReadOnlySpan<byte> listpack, LargeHash? large)
    {
        _listpack = listpack;
        if (large != null) _walk = large.Elements.Walk();
        else _next = listpack.IsEmpty ? Listpack.None : Listpack.First(listpack);
    }

    public readonly ListpackElement Field =>
        _listpack.IsEmpty ? new ListpackElement(FieldBlock.KeyOf(_walk.Current)) : Listpack.Read(_listpack, _field);

    public readonly ListpackElement Value =>
        _listpack.IsEmpty ? new ListpackElement(FieldBlock.ValueOf(_walk.Current)) : Listpack.Read(_listpack, _value);

    public bool MoveNext()
    {
        if (_listpack.IsEmpty) return _walk.MoveNext();
        if (_next == Listpack.None) return false;

        _field = _next;
        _value = Listpack.Next(_listpack, _field);
        _next = Listpack.Next(_listpack, _value);
        return true;
    }
}
