using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Lists;

namespace Keyway.Shard.Rdb.Values;

internal sealed class ListLoader(LoadContext context) : ValueLoader(context)
{
    private readonly ListBuilder _list = new(context.Values);
    private RdbType _type;
    private ulong _piecesLeft;
    private bool _hasBegun;

    public override void Begin(RdbType type)
    {
        _type = type;
        _hasBegun = false;
    }

    public override RdbReadStatus Read(ref RdbCursor cursor)
    {
        if (!_hasBegun)
        {
            _piecesLeft = 1;
            if (_type != RdbType.ListZiplist && !cursor.TryReadLength(out _piecesLeft)) return cursor.Status;
            _hasBegun = true;
        }

        for (; _piecesLeft > 0; _piecesLeft--)
        {
            RdbReadStatus status = ReadPiece(ref cursor);
            if (status != RdbReadStatus.Complete) return status;
        }

        return _list.Count > 0 ? RdbReadStatus.Complete : RdbReadStatus.Empty;
    }

    public override void Store(ReadOnlySpan<byte> input, Database database, Place place, long expiresAtMs) => _list.Store(database, place, expiresAtMs);

    public override void Discard() => _list.Discard();

    private RdbReadStatus ReadPiece(ref RdbCursor cursor)
    {
        int start = cursor.Position;
        ulong container = RdbFormat.PackedNode;
        if (_type == RdbType.ListListpacks && !cursor.TryReadLength(out container)) return cursor.Status;
        if (container is not (RdbFormat.PlainNode or RdbFormat.PackedNode)) return RdbReadStatus.Corrupt;
        if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> piece))
        {
            cursor.Rewind(start);
            return cursor.Status;
        }

        bool isOne = _type == RdbType.List || container == RdbFormat.PlainNode;
        if (isOne) _list.Add(piece);
        return isOne || (_type == RdbType.ListListpacks ? TryAddListpack(piece) : TryAddZiplist(piece)) ? RdbReadStatus.Complete : RdbReadStatus.Corrupt;
    }

    private bool TryAddListpack(ReadOnlySpan<byte> listpack)
    {
        if (!ListpackCheck.IsValid(listpack, out _)) return false;
        for (int at = Listpack.First(listpack); at != Listpack.None; at = Listpack.Next(listpack, at)) _list.Add(Canonical(Listpack.Read(listpack, at)));
        return true;
    }

    private bool TryAddZiplist(ReadOnlySpan<byte> bytes)
    {
        var ziplist = new Ziplist(bytes);
        while (ziplist.TryRead(out ListpackElement element)) _list.Add(element);
        return ziplist.IsValid;
    }

    // A number may stand in a foreign listpack as text.
    private static ListpackElement Canonical(ListpackElement element) => element.IsInteger ? element : ListpackElement.Of(element.Bytes);
}
