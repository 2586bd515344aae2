using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Sets;

/// <summary>
/// A set of a database, to be looked into: an intset while all members are numbers and few, a flat buffer while they are few and short, a
/// <see cref="LargeSet"/> else. The default is a set without members. Good until the next change in the database.
/// </summary>
internal readonly unsafe ref struct StoredSet
{
    private readonly ValueEncoding _encoding;
    private readonly ReadOnlySpan<byte> _bytes;

    public StoredSet(Database database, Entry entry)
    {
        _encoding = entry.Encoding;
        if (entry.IsLarge) Large = (LargeSet)database.LargeValueOf(entry);
        else _bytes = entry.Bytes;
    }

    /// <summary>Null while it is small.</summary>
    public LargeSet? Large { get; }

    public long Count => _encoding switch
    {
        ValueEncoding.Intset => Intset.Count(_bytes),
        ValueEncoding.Listpack => Listpack.Count(_bytes),
        _ => Large != null ? Large.Count : 0,
    };

    public bool Contains(ReadOnlySpan<byte> member) => _encoding switch
    {
        ValueEncoding.Intset => RespNumber.TryParseLong(member, out long number) && Intset.Find(_bytes, number, out _),
        ValueEncoding.Listpack => FindIn(_bytes, member) != Listpack.None,
        _ => Large != null && Large.Contains(member),
    };

    public bool Contains(ListpackElement member)
    {
        if (!member.IsInteger) return Contains(member.Bytes);
        return _encoding == ValueEncoding.Intset ? Intset.Find(_bytes, member.Integer, out _) : ContainsText(member.Integer);
    }

    public SetReader Read() => new(_encoding, _bytes, Large);

    /// <summary>For who asks for members in the order of a set: the index of an intset at which the last search ended, zero at first.</summary>
    public bool ContainsNext(ListpackElement member, ref int from) =>
        member.IsInteger && _encoding == ValueEncoding.Intset ? Intset.FindNext(_bytes, member.Integer, ref from) : Contains(member);

    /// <summary>Any member, all of them equally likely; there must be one.</summary>
    public ListpackElement PickRandom(ref ulong random) => _encoding switch
    {
        ValueEncoding.Intset => new ListpackElement(Intset.At(_bytes, (int)RandomState.Below(ref random, Count))),
        ValueEncoding.Listpack => Listpack.Read(_bytes, Listpack.Seek(_bytes, RandomState.Below(ref random, Count))),
        _ => new ListpackElement(MemberBlock.KeyOf(Large!.Elements.PickUniform(ref random))),
    };

    // Apart, so that members that are text do not pay for the room.
    private bool ContainsText(long number)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        return Contains(digits[..RespNumber.FormatLong(digits, number)]);
    }

    /// <summary>Where the member stands in a flat buffer, or <see cref="Listpack.None"/>.</summary>
    internal static int FindIn(ReadOnlySpan<byte> listpack, ReadOnlySpan<byte> member) => Listpack.Find(listpack, Listpack.First(listpack), member, skip: 0);
}
