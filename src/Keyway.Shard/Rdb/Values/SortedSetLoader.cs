using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Rdb.Values;

internal sealed class SortedSetLoader(LoadContext context) : ValueLoader(context)
{
    // Up to here each member of a flat buffer is compared with those before; beyond that a table finds it.
    private const int MostCompared = 256;

    private RdbType _type;
    private ulong _elementsLeft;
    private bool _hasBegun;
    private LargeSortedSet? _elements;
    private HeldString _listpack;
    private long _longest;
    private bool _staysSmall;         // it was small where it comes from: only the number of elements counts

    private SortedSetLimits Limits => SortedSetLimits.Of(Context.Settings);

    public override void Begin(RdbType type)
    {
        _type = type;
        _hasBegun = false;
        _elements = null;
        _longest = 0;
        _staysSmall = type is RdbType.SortedSetListpack or RdbType.SortedSetZiplist;
    }

    public override RdbReadStatus Read(ref RdbCursor cursor)
    {
        if (_type is RdbType.SortedSet or RdbType.SortedSetWithText) return ReadElements(ref cursor);
        if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> bytes)) return cursor.Status;

        if (_type == RdbType.SortedSetZiplist)
        {
            if (!TryAddZiplist(bytes)) return RdbReadStatus.Corrupt;
        }
        else
        {
            if (!ListpackCheck.IsValid(bytes, out int count) || count % 2 != 0) return RdbReadStatus.Corrupt;
            if (count == 0) return RdbReadStatus.Empty;
            if (IsInOrder(bytes, count / 2))
            {
                _listpack = new HeldString(bytes, cursor.Input, Context.Text);
                return RdbReadStatus.Complete;
            }

            if (!TryAddListpack(bytes)) return RdbReadStatus.Corrupt;
        }

        return _elements == null ? RdbReadStatus.Empty : RdbReadStatus.Complete;
    }

    public override void Store(ReadOnlySpan<byte> input, Database database, Place place, long expiresAtMs)
    {
        if (_elements == null)
        {
            ReadOnlySpan<byte> listpack = _listpack.In(input, Context.Text);
            Place stored = database.SetCompact(place, ValueKind.SortedSet, ValueEncoding.Listpack, listpack.Length, expiresAtMs);
            listpack.CopyTo(stored.Entry.WritableBytes);
            return;
        }

        int bytes = CompactBytes();
        if (bytes < 0)
        {
            database.SetLarge(place, ValueKind.SortedSet, _elements, expiresAtMs);
            _elements = null;
            return;
        }

        Place small = database.SetCompact(place, ValueKind.SortedSet, ValueEncoding.Listpack, bytes, expiresAtMs);
        CompactSortedSet.Fill(small.Entry.WritableBytes, _elements.Seek(0));
        Discard();
    }

    public override void Discard()
    {
        if (_elements != null) Context.Values.Drop(_elements);
        _elements = null;
    }

    private RdbReadStatus ReadElements(ref RdbCursor cursor)
    {
        if (!_hasBegun)
        {
            if (!cursor.TryReadLength(out _elementsLeft)) return cursor.Status;
            if (_elementsLeft == 0) return RdbReadStatus.Empty;
            _hasBegun = true;
        }

        for (; _elementsLeft > 0; _elementsLeft--)
        {
            int start = cursor.Position;
            double score = 0;
            bool isRead = cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> member)
                && (_type == RdbType.SortedSet ? cursor.TryReadDouble(out score) : cursor.TryReadTextDouble(out score));
            if (!isRead)
            {
                cursor.Rewind(start);
                return cursor.Status;
            }

            if (!TryAdd(member, score)) return RdbReadStatus.Corrupt;
        }

        return _elements == null ? RdbReadStatus.Empty : RdbReadStatus.Complete;
    }

    private bool TryAdd(ReadOnlySpan<byte> member, double score)
    {
        if (double.IsNaN(score)) return false;
        _elements ??= new LargeSortedSet(Context.Values);
        if (!_elements.Find(member).IsNull) return false;
        _elements.Add(member, score);          // one by one, since somebody may wait: they come in order, which costs little
        _longest = Math.Max(_longest, member.Length);
        return true;
    }

    private bool TryAddListpack(ReadOnlySpan<byte> listpack)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (int at = Listpack.First(listpack); at != Listpack.None;)
        {
            int scoreAt = Listpack.Next(listpack, at);
            if (!TryReadScore(Listpack.Read(listpack, scoreAt), out double score) || !TryAdd(Listpack.Read(listpack, at).Text(digits), score)) return false;
            at = Listpack.Next(listpack, scoreAt);
        }

        return true;
    }

    private bool TryAddZiplist(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        var ziplist = new Ziplist(bytes);
        while (ziplist.TryRead(out ListpackElement member))
        {
            if (!ziplist.TryRead(out ListpackElement element) || !TryReadScore(element, out double score) || !TryAdd(member.Text(digits), score)) return false;
        }

        return ziplist.IsValid;
    }

    /// <summary>Whether the listpack is just what it would be if its elements were added here: then it is taken as it lies.</summary>
    private bool IsInOrder(ReadOnlySpan<byte> listpack, int count)
    {
        if (count > MostCompared || count > Limits.Entries) return false;

        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        Span<byte> digitsBefore = stackalloc byte[RespNumber.MaxLongLength];
        int before = Listpack.None;
        double scoreBefore = 0;
        for (int at = Listpack.First(listpack); at != Listpack.None;)
        {
            ListpackElement member = Listpack.Read(listpack, at);
            int scoreAt = Listpack.Next(listpack, at);
            if (!IsCanonical(member) || !TryReadScore(Listpack.Read(listpack, scoreAt), out double score)) return false;

            ReadOnlySpan<byte> text = member.Text(digits);
            if (before != Listpack.None)
            {
                bool isBehind = score != scoreBefore ? score > scoreBefore : text.SequenceCompareTo(Listpack.Read(listpack, before).Text(digitsBefore)) > 0;
                if (!isBehind) return false;
            }

            // Two of the same member can be in order, by their scores.
            int next = Listpack.Next(listpack, scoreAt);
            if (next != Listpack.None && Listpack.Find(listpack, next, text, skip: 1) != Listpack.None) return false;
            before = at;
            scoreBefore = score;
            at = next;
        }

        return true;
    }

    private static bool IsCanonical(ListpackElement element) => element.IsInteger || !RespNumber.TryParseLong(element.Bytes, out _);

    private static bool TryReadScore(ListpackElement element, out double score)
    {
        score = element.Integer;
        return element.IsInteger || (RespNumber.TryParseDouble(element.Bytes, out score) && !double.IsNaN(score));
    }

    private int CompactBytes()
    {
        SortedSetLimits limits = Limits;
        int longest = _staysSmall ? 0 : (int)_longest;
        if (!limits.Allow(_elements!.Count, longest)) return -1;

        long bytes = Listpack.EmptyBytes;
        for (TreePosition at = _elements.Seek(0); at.IsElement; at.MoveNext()) bytes += CompactSortedSet.SizeOf(at.Member.Bytes, at.Score);
        return limits.Allow(_elements.Count, longest, bytes) ? (int)bytes : -1;
    }
}
