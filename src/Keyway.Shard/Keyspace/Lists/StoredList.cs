using System.Buffers;
using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Lists;

/// <summary>
/// The list at a place of a database, to be changed: a flat buffer while it is small, a <see cref="Quicklist"/> from then on. Each change here is told to
/// the database. Void after any other change in the same database.
/// </summary>
internal ref struct StoredList
{
    private const int CopiedOnStack = 512;

    private readonly Database _database;
    private readonly ValueStore _values;
    private Place _place;
    private Quicklist? _large;               // null: the entry's bytes are the listpack

    /// <param name="database">Holds it.</param>
    /// <param name="values">Of the same server.</param>
    /// <param name="place">Where a list is, or nothing.</param>
    public StoredList(Database database, ValueStore values, Place place)
    {
        _database = database;
        _values = values;
        _place = place;
        if (place.Exists && place.Entry.IsLarge) _large = (Quicklist)database.LargeValueOf(place.Entry);
    }

    /// <summary>Elements; 0 when the key is not there.</summary>
    public readonly long Count => _large != null ? _large.Count : _place.Exists ? Listpack.Count(Bytes) : 0;

    private readonly Span<byte> Bytes => _place.Entry.WritableBytes;

    private readonly ListLimits Limits => _values.ListLimits;

    /// <summary>The elements of a list.</summary>
    public static long CountOf(Database database, Entry entry) => entry.IsLarge ? database.LargeValueOf(entry).Count : Listpack.Count(entry.Bytes);

    /// <param name="index">From 0; there is such an element.</param>
    public readonly ListReader ReadFrom(long index, bool goesBack = false) => new(_database, _place.Entry, index, goesBack);

    /// <summary>The element at that end; there must be one.</summary>
    public readonly ListpackElement Peek(ListEnd end) => Peek(_database, _place.Entry, end);

    /// <inheritdoc cref="Peek(ListEnd)"/>
    public static ListpackElement Peek(Database database, Entry entry, ListEnd end)
    {
        if (entry.IsLarge) return ((Quicklist)database.LargeValueOf(entry)).Peek(end);
        ReadOnlySpan<byte> bytes = entry.Bytes;
        return Listpack.Read(bytes, end == ListEnd.Head ? Listpack.HeaderBytes : Listpack.Last(bytes));
    }

    /// <summary>Adds one element, which does not lie in this list; the key comes to be if it is not there.</summary>
    public void Push(ListEnd end, ListpackElement element)
    {
        BeginPush(end, Listpack.SizeOf(element), 1, Limits.IsAlone(element));
        Add(end, element);
        _database.EndChange(_place);
    }

    /// <summary>Adds the values one after the other, so that pushed at the head the last one is the first; the key comes to be if it is not there.</summary>
    public void Push(ListEnd end, Arguments values, int first)
    {
        if (first == values.Count - 1)
        {
            Push(end, ListpackElement.Of(values[first]));
            return;
        }

        long bytes = 0;
        bool hasAlone = false;
        for (int i = first; i < values.Count && _large == null; i++)
        {
            bytes += Listpack.SizeOf(values[i]);
            hasAlone |= values[i].Length >= Limits.AloneFrom;
        }

        BeginPush(end, bytes, values.Count - first, hasAlone);
        for (int i = first; i < values.Count; i++) Add(end, ListpackElement.Of(values[i]));
        _database.EndChange(_place);
    }

    /// <summary>Takes so many elements away from that end, and the key with the last one.</summary>
    /// <returns>Whether the key is gone.</returns>
    public bool RemoveFrom(ListEnd end, long count)
    {
        long before = Count;
        if (count >= before)
        {
            _database.Delete(_place);
            return true;
        }

        _database.BeginChange(_place);
        if (_large == null)
        {
            var removed = (int)count;
            int from = end == ListEnd.Head ? Listpack.HeaderBytes : Listpack.Seek(Bytes, before - removed);
            _database.Resize(ref _place, Listpack.Remove(Bytes, from, removed));
        }
        else if (count == 1)
        {
            _large.Pop(end);
        }
        else
        {
            _large.RemoveFrom(end, count);
        }

        _database.EndChange(_place);
        return false;
    }

    /// <summary>Leaves only so many elements, from this index on; none deletes the key.</summary>
    /// <returns>Whether the key is gone.</returns>
    public bool Trim(long from, long count)
    {
        long behind = Count - from - count;
        if (count == 0)
        {
            _database.Delete(_place);
            return true;
        }

        // Even where nothing goes the key counts as written, as with Redis.
        _database.BeginChange(_place);
        if (_large != null)
        {
            _large.RemoveFrom(ListEnd.Head, from);
            _large.RemoveFrom(ListEnd.Tail, behind);
        }
        else
        {
            if (behind > 0) Listpack.Remove(Bytes, Listpack.Seek(Bytes, from + count), (int)behind);
            if (from > 0) Listpack.Remove(Bytes, Listpack.HeaderBytes, (int)from);
            _database.Resize(ref _place, Listpack.BytesOf(Bytes));
        }

        _database.EndChange(_place);
        return false;
    }

    /// <summary>Another value in the place of the element of this index; there is one.</summary>
    public void Replace(long index, ReadOnlySpan<byte> value)
    {
        ListpackElement element = ListpackElement.Of(value);
        _database.BeginChange(_place);
        if (_large == null && TryReplaceInCompact(Listpack.Seek(Bytes, index), element)) return;

        if (_large == null) MakeLarge(ListEnd.Tail);
        _large!.Replace(_large.Seek(index), element, Limits);
        _database.EndChange(_place);
    }

    /// <summary>Puts the value before or behind the first element that is the pivot; false when there is none.</summary>
    public bool Insert(ReadOnlySpan<byte> pivot, bool isBehind, ReadOnlySpan<byte> value)
    {
        ListpackElement element = ListpackElement.Of(value);
        ListPosition position;
        if (_large != null)
        {
            if (!_large.TryFind(pivot, out position)) return false;
            _database.BeginChange(_place);
        }
        else
        {
            int at = Listpack.Find(Bytes, Listpack.HeaderBytes, pivot, skip: 0);
            if (at == Listpack.None) return false;
            _database.BeginChange(_place);
            if (TryInsertInCompact(isBehind ? at + Listpack.SizeAt(Bytes, at) : at, element)) return true;
            MakeLarge(ListEnd.Tail);
            _large!.TryFind(pivot, out position);
        }

        _large.Insert(position, isBehind, element, Limits);
        _database.EndChange(_place);
        return true;
    }

    /// <summary>Takes away what equals the value, the first ones from that end, at most so many; the key goes with the last element.</summary>
    /// <returns>How many there were.</returns>
    public long RemoveEqual(ReadOnlySpan<byte> value, long most, ListEnd from, out bool isGone)
    {
        // Only what is found changes anything: who has not been told of a change must not meet one.
        isGone = false;
        if (!Contains(value)) return 0;

        _database.BeginChange(_place);
        long removed;
        if (_large != null)
        {
            removed = _large.RemoveEqual(value, most, from, Limits);
            isGone = _large.Count == 0;
        }
        else
        {
            removed = ListpackMatches.Remove(Bytes, value, most, from);
            int left = Listpack.BytesOf(Bytes);
            isGone = left == Listpack.EmptyBytes;
            if (!isGone) _database.Resize(ref _place, left);
        }

        if (isGone) _database.Delete(_place);
        else _database.EndChange(_place);
        return removed;
    }

    /// <summary>Takes the element of one end to the other, or back to where it was.</summary>
    public void Rotate(ListEnd from, ListEnd to)
    {
        // It must not lie in the list while the list changes.
        ListpackElement element = Peek(from);
        byte[]? rented = element.Bytes.Length > CopiedOnStack ? ArrayPool<byte>.Shared.Rent(element.Bytes.Length) : null;
        Span<byte> copy = rented ?? stackalloc byte[CopiedOnStack];
        element.Bytes.CopyTo(copy);
        scoped ListpackElement moved = element.IsInteger ? element : new ListpackElement(copy[..element.Bytes.Length]);

        _database.BeginChange(_place);
        if (_large != null)
        {
            _large.Pop(from);
            _large.Push(to, moved, Limits);
        }
        else
        {
            Listpack.Remove(Bytes, from == ListEnd.Head ? Listpack.HeaderBytes : Listpack.Last(Bytes));
            Add(to, moved);
        }

        _database.EndChange(_place);
        if (rented != null) ArrayPool<byte>.Shared.Return(rented);
    }

    private readonly bool Contains(ReadOnlySpan<byte> value) =>
        _large?.TryFind(value, out _) ?? Listpack.Find(Bytes, Listpack.HeaderBytes, value, skip: 0) != Listpack.None;

    /// <summary>Makes the encoding the one that the list will need, and room in it.</summary>
    private void BeginPush(ListEnd end, long bytes, int count, bool hasAlone)
    {
        if (!_place.Exists)
        {
            if (!hasAlone && Limits.AllowsCompact(Listpack.EmptyBytes + bytes, count))
            {
                _place = _database.SetCompact(_place, ValueKind.List, ValueEncoding.Listpack, Listpack.EmptyBytes + (int)bytes);
                Listpack.WriteEmpty(Bytes);
            }
            else
            {
                _large = new Quicklist(_values.Memory);
                _place = _database.SetLarge(_place, ValueKind.List, _large);
            }

            return;
        }

        _database.BeginChange(_place);
        if (_large != null) return;
        if (!hasAlone && Limits.AllowsCompact(Bytes.Length + bytes, Listpack.Count(Bytes) + (long)count)) _database.Resize(ref _place, Bytes.Length + (int)bytes);
        else MakeLarge(end);
    }

    private readonly void Add(ListEnd end, scoped ListpackElement element)
    {
        if (_large != null) _large.Push(end, element, Limits);
        else Listpack.Insert(Bytes, end == ListEnd.Head ? Listpack.HeaderBytes : Listpack.BytesOf(Bytes) - 1, element);
    }

    private bool TryReplaceInCompact(int at, ListpackElement element)
    {
        int oldSize = Listpack.SizeAt(Bytes, at);
        int size = Listpack.SizeOf(element);
        if (!FitsCompact(size - oldSize, 0, element)) return false;

        Listpack.Remove(Bytes, at);
        _database.Resize(ref _place, Bytes.Length - oldSize + size);
        Listpack.Insert(Bytes, at, element);
        _database.EndChange(_place);
        return true;
    }

    private bool TryInsertInCompact(int at, ListpackElement element)
    {
        int size = Listpack.SizeOf(element);
        if (!FitsCompact(size, 1, element)) return false;

        _database.Resize(ref _place, Bytes.Length + size);
        Listpack.Insert(Bytes, at, element);
        _database.EndChange(_place);
        return true;
    }

    private readonly bool FitsCompact(int moreBytes, int moreElements, ListpackElement element) =>
        !Limits.IsAlone(element) && Limits.AllowsCompact(Bytes.Length + (long)moreBytes, Listpack.Count(Bytes) + moreElements);

    private void MakeLarge(ListEnd growsAt)
    {
        _large = Quicklist.From(_values.Memory, Bytes, growsAt);
        _database.ConvertToLarge(ref _place, _large);
    }
}
