using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Sets;

/// <summary>
/// All members of a set, whatever its encoding: numbers of an intset in ascending order; good until the set changes.
/// <code>for (var reader = new SetReader(database, entry); reader.MoveNext();) … reader.Member …</code>
/// </summary>
internal unsafe ref struct SetReader
{
    private readonly ValueEncoding _encoding;
    private readonly ReadOnlySpan<byte> _bytes;         // empty for a large set, and for none
    private BlockWalk<MemberBlock> _walk;
    private int _at;              // an index in an intset, an offset in a listpack
    private int _next;

    public SetReader(Database database, Entry entry)
        : this(entry.Encoding, entry.IsLarge ? default : entry.Bytes, entry.IsLarge ? (LargeSet)database.LargeValueOf(entry) : null)
    {
    }

    internal SetReader(ValueEncoding encoding, ReadOnlySpan<byte> bytes, LargeSet? large)
    {
        _encoding = encoding;
        _bytes = bytes;
        if (large != null) _walk = large.Elements.Walk();
        else if (encoding == ValueEncoding.Listpack) _next = Listpack.First(bytes);
    }

    public readonly ListpackElement Member => _encoding switch
    {
        ValueEncoding.Intset => new ListpackElement(Intset.At(_bytes, _at)),
        ValueEncoding.Listpack => Listpack.Read(_bytes, _at),
        _ => new ListpackElement(MemberBlock.KeyOf(_walk.Current)),
    };

    public bool MoveNext()
    {
        if (_bytes.IsEmpty) return _walk.MoveNext();

        _at = _next;
        if (_encoding == ValueEncoding.Intset) return _next++ < Intset.Count(_bytes);
        if (_at == Listpack.None) return false;

        _next = Listpack.Next(_bytes, _at);
        return true;
    }
}
