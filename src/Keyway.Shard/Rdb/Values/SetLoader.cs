using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Rdb.Values;

internal sealed class SetLoader(LoadContext context) : ValueLoader(context)
{
    private RdbType _type;
    private ulong _membersLeft;
    private bool _hasBegun;
    private SetCollector _members = null!;
    private HeldString _intset;

    public override void Begin(RdbType type)
    {
        _type = type;
        _hasBegun = false;
        _members = new SetCollector(Context.Values, Context.Settings.SetMaxIntsetEntries);
        _intset = default;
    }

    public override RdbReadStatus Read(ref RdbCursor cursor) => _type switch
    {
        RdbType.SetIntset => ReadIntset(ref cursor),
        RdbType.SetListpack => ReadListpack(ref cursor),
        _ => ReadMembers(ref cursor),
    };

    public override void Store(ReadOnlySpan<byte> input, Database database, Place place, long expiresAtMs)
    {
        if (_type != RdbType.SetIntset || _members.Count > 0)
        {
            _members.Store(database, place, expiresAtMs);
            return;
        }

        ReadOnlySpan<byte> intset = _intset.In(input, Context.Text);
        Place stored = database.SetCompact(place, ValueKind.Set, ValueEncoding.Intset, intset.Length, expiresAtMs);
        intset.CopyTo(stored.Entry.WritableBytes);
    }

    public override void Discard() => _members.Discard();

    private RdbReadStatus ReadIntset(ref RdbCursor cursor)
    {
        if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> bytes)) return cursor.Status;
        if (!Intset.IsValid(bytes)) return RdbReadStatus.Corrupt;

        int count = Intset.Count(bytes);
        if (count <= Context.Settings.SetMaxIntsetEntries)
        {
            _intset = new HeldString(bytes, cursor.Input, Context.Text);
            return RdbReadStatus.Complete;
        }

        // More than the settings allow: it becomes what it would have become here.
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        _members.Expect((ulong)count);
        for (int i = 0; i < count; i++) _members.TryAdd(digits[..RespNumber.FormatLong(digits, Intset.At(bytes, i))]);
        return RdbReadStatus.Complete;
    }

    private RdbReadStatus ReadListpack(ref RdbCursor cursor)
    {
        if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> listpack)) return cursor.Status;
        if (!ListpackCheck.IsValid(listpack, out int count)) return RdbReadStatus.Corrupt;
        if (count == 0) return RdbReadStatus.Empty;

        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        _members.Expect((ulong)count);
        for (int at = Listpack.First(listpack); at != Listpack.None; at = Listpack.Next(listpack, at))
        {
            if (!_members.TryAdd(Listpack.Read(listpack, at).Text(digits))) return RdbReadStatus.Corrupt;
        }

        return RdbReadStatus.Complete;
    }

    private RdbReadStatus ReadMembers(ref RdbCursor cursor)
    {
        if (!_hasBegun)
        {
            if (!cursor.TryReadLength(out _membersLeft)) return cursor.Status;
            if (_membersLeft == 0) return RdbReadStatus.Empty;
            _members.Expect(_membersLeft);
            _hasBegun = true;
        }

        for (; _membersLeft > 0; _membersLeft--)
        {
            if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> member)) return cursor.Status;
            if (!_members.TryAdd(member)) return RdbReadStatus.Corrupt;
        }

        return RdbReadStatus.Complete;
    }
}
