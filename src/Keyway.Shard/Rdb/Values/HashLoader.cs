using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Hashes;

namespace Keyway.Shard.Rdb.Values;

internal sealed class HashLoader(LoadContext context) : ValueLoader(context)
{
    private RdbType _type;
    private ulong _fieldsLeft;
    private bool _hasBegun;
    private HashCollector _fields = null!;

    public override void Begin(RdbType type)
    {
        _type = type;
        _hasBegun = false;
        _fields = new HashCollector(Context.Values, HashLimits.Of(Context.Settings));
    }

    public override RdbReadStatus Read(ref RdbCursor cursor)
    {
        if (_type == RdbType.Hash) return ReadFields(ref cursor);
        if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> bytes)) return cursor.Status;

        bool isRead = _type switch
        {
            RdbType.HashListpack => TryAddListpack(bytes),
            RdbType.HashZiplist => TryAddZiplist(bytes),
            _ => TryAddZipmap(bytes),
        };
        return !isRead ? RdbReadStatus.Corrupt : _fields.Count == 0 ? RdbReadStatus.Empty : RdbReadStatus.Complete;
    }

    public override void Store(ReadOnlySpan<byte> input, Database database, Place place, long expiresAtMs) => _fields.Store(database, place, expiresAtMs);

    public override void Discard() => _fields.Discard();

    private RdbReadStatus ReadFields(ref RdbCursor cursor)
    {
        if (!_hasBegun)
        {
            if (!cursor.TryReadLength(out _fieldsLeft)) return cursor.Status;
            if (_fieldsLeft == 0) return RdbReadStatus.Empty;
            _fields.Expect(_fieldsLeft, limitsLengths: true);
            _hasBegun = true;
        }

        for (; _fieldsLeft > 0; _fieldsLeft--)
        {
            int start = cursor.Position;
            if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> field) || !cursor.TryReadString(Context.Beside, out ReadOnlySpan<byte> value))
            {
                cursor.Rewind(start);
                return cursor.Status;
            }

            if (!_fields.TryAdd(field, value)) return RdbReadStatus.Corrupt;
        }

        return RdbReadStatus.Complete;
    }

    private bool TryAddListpack(ReadOnlySpan<byte> listpack)
    {
        if (!ListpackCheck.IsValid(listpack, out int count) || count % 2 != 0) return false;

        Span<byte> fieldDigits = stackalloc byte[RespNumber.MaxLongLength];
        Span<byte> valueDigits = stackalloc byte[RespNumber.MaxLongLength];
        _fields.Expect((ulong)count / 2, limitsLengths: false);
        for (int at = Listpack.First(listpack); at != Listpack.None;)
        {
            ListpackElement field = Listpack.Read(listpack, at);
            at = Listpack.Next(listpack, at);
            if (!_fields.TryAdd(field.Text(fieldDigits), Listpack.Read(listpack, at).Text(valueDigits))) return false;
            at = Listpack.Next(listpack, at);
        }

        return true;
    }

    private bool TryAddZiplist(ReadOnlySpan<byte> bytes)
    {
        Span<byte> fieldDigits = stackalloc byte[RespNumber.MaxLongLength];
        Span<byte> valueDigits = stackalloc byte[RespNumber.MaxLongLength];
        _fields.Expect((ulong)bytes.Length / 4, limitsLengths: false);
        var ziplist = new Ziplist(bytes);
        while (ziplist.TryRead(out ListpackElement field))
        {
            if (!ziplist.TryRead(out ListpackElement value) || !_fields.TryAdd(field.Text(fieldDigits), value.Text(valueDigits))) return false;
        }

        return ziplist.IsValid;
    }

    private bool TryAddZipmap(ReadOnlySpan<byte> bytes)
    {
        _fields.Expect((ulong)bytes.Length / 4, limitsLengths: true);
        var zipmap = new Zipmap(bytes);
        while (zipmap.TryRead(out ReadOnlySpan<byte> field, out ReadOnlySpan<byte> value))
        {
            if (!_fields.TryAdd(field, value)) return false;
        }

        return zipmap.IsValid;
    }
}
