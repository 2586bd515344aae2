using System.Diagnostics;
using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Sets;

/// <summary>
/// Changes a set, or makes one where the key is missing, and then tells the database. Whoever begins one ends it with <see cref="End()"/> before anything
/// else is done to the database.
/// <code>var change = new SetChange(database, values, place, limit); change.Add(member); change.End();</code>
/// </summary>
internal unsafe ref struct SetChange
{
    // What a search through a flat buffer costs: no more than one in a hash table whose bucket and block are not in the cache.
    public const int ListpackMembers = 64;
    private const int ListpackMemberBytes = 64;

    private const long MostIntsetEntries = 1 << 27;      // a gigabyte

    private readonly ValueStore _values;
    private readonly long _intsetEntries;
    private PlaceChange _change;
    private LargeSet? _large;                // null: the entry's bytes are the set, with room behind it perhaps

    /// <param name="database">Of the key.</param>
    /// <param name="values">Of the same server.</param>
    /// <param name="place">Where a set is, or nothing.</param>
    /// <param name="intsetEntries">More numbers than this are no intset.</param>
    public SetChange(Database database, ValueStore values, Place place, long intsetEntries)
    {
        _values = values;
        _intsetEntries = Math.Min(intsetEntries, MostIntsetEntries);
        _change = new PlaceChange(database, place);
        if (place.Exists && place.Entry.IsLarge) _large = (LargeSet)database.LargeValueOf(place.Entry);
    }

    /// <summary>A new set, which takes the key when it is whole: see <see cref="Publish"/>.</summary>
    public SetChange(Database database, ValueStore values, ReadOnlySpan<byte> key, long intsetEntries)
        : this(database, values, database.Draft(key, ValueKind.Set, ValueEncoding.Intset, Intset.HeaderBytes), intsetEntries)
    {
        Intset.WriteEmpty(Bytes);
        _change.HasBegun = true;
    }

    public readonly long Count => _large != null ? _large.Count : !_change.Place.Exists ? 0 : IsIntset ? Intset.Count(Bytes) : Listpack.Count(Bytes);

    /// <summary>The draft, to be read.</summary>
    public readonly Entry Entry => _change.Place.Entry;

    private readonly bool IsIntset => _change.Place.Entry.Encoding == ValueEncoding.Intset;

    private readonly Span<byte> Bytes => _change.Bytes;

    private readonly int UsedBytes => _large != null || !_change.Place.Exists ? 0 : IsIntset ? Intset.BytesOf(Bytes) : Listpack.BytesOf(Bytes);

    /// <summary>Prepares for these members: the key comes to be if it is missing, with room for them.</summary>
    public void Expect(Arguments members, int first)
    {
        if (_change.Place.Exists) return;

        // As Redis: the first one decides what it begins as. What it must become then comes by itself.
        int count = members.Count - first;
        if (RespNumber.TryParseLong(members[first], out long number))
        {
            int width = Intset.WidthOf(number);
            for (int i = first + 1; i < members.Count && count <= _intsetEntries; i++)
            {
                if (RespNumber.TryParseLong(members[i], out number)) width = Math.Max(width, Intset.WidthOf(number));
            }

            int entries = count <= _intsetEntries ? count : 1;
            Create(ValueEncoding.Intset, Intset.HeaderBytes + (entries * width));
            return;
        }

        int bytes = Listpack.EmptyBytes;
        bool isSmall = count <= ListpackMembers;
        for (int i = first; i < members.Count && isSmall; i++)
        {
            isSmall = members[i].Length <= ListpackMemberBytes;
            bytes += Listpack.SizeOf(members[i]);
        }

        Create(isSmall ? ValueEncoding.Listpack : ValueEncoding.Large, bytes);
    }

    /// <returns>False when it was there.</returns>
    public bool Add(scoped ReadOnlySpan<byte> member)
    {
        if (!_change.Place.Exists) Create(RespNumber.TryParseLong(member, out _) ? ValueEncoding.Intset : ValueEncoding.Listpack, Intset.HeaderBytes);
        if (_large != null) return AddToLarge(member);
        if (!IsIntset) return AddToListpack(member);
        if (RespNumber.TryParseLong(member, out long number)) return AddToIntset(number);

        _change.Begin();
        Outgrow(Count < ListpackMembers && member.Length <= ListpackMemberBytes);
        return Add(member);
    }

    /// <returns>False when it was not there.</returns>
    public bool Remove(scoped ReadOnlySpan<byte> member)
    {
        if (_large != null) return RemoveFromLarge(member);
        if (IsIntset)
        {
            if (!RespNumber.TryParseLong(member, out long number) || !Intset.Find(Bytes, number, out int index)) return false;
            _change.Begin();
            Intset.RemoveAt(Bytes, index);
            return true;
        }

        int at = StoredSet.FindIn(Bytes, member);
        if (at == Listpack.None) return false;
        _change.Begin();
        Listpack.Remove(Bytes, at);
        return true;
    }

    /// <summary>
    /// Gives the set the form that it would have if its members were added to an empty one, after some have been removed. Without this a set that has
    /// outgrown a form never gets it back.
    /// </summary>
    public void Reform()
    {
        if (_large == null && IsIntset)
        {
            if (Count > _intsetEntries) Outgrow(Count <= ListpackMembers);
        }
        else if (Count <= _intsetEntries)
        {
            TryMakeIntset();
        }
    }

    /// <summary>Ends the change; a set without members goes, key and all.</summary>
    /// <param name="isGone">Whether it has.</param>
    public void End(out bool isGone) => isGone = _change.End(Count, UsedBytes);

    public void End() => End(out _);

    /// <summary>The draft, with at least one member, takes its key.</summary>
    public void Publish() => _change.Publish(UsedBytes);

    /// <summary>The draft is given up.</summary>
    public readonly void Discard() => _change.Database.Discard(_change.Place);

    private void Create(ValueEncoding encoding, int bytes)
    {
        _change.HasBegun = true;      // as whoever sets a value, this tells the database already
        if (encoding == ValueEncoding.Large)
        {
            _large = new LargeSet(_values);
            _change.Place = _change.Database.SetLarge(_change.Place, ValueKind.Set, _large);
            return;
        }

        _change.Place = _change.Database.SetCompact(_change.Place, ValueKind.Set, encoding, bytes);
        if (encoding == ValueEncoding.Intset) Intset.WriteEmpty(Bytes);
        else Listpack.WriteEmpty(Bytes);
    }

    private bool AddToLarge(scoped ReadOnlySpan<byte> member)
    {
        if (_large!.Find(member, out ulong hash) != null) return false;
        _change.Begin();
        _large.Insert(member, hash);
        return true;
    }

    private bool RemoveFromLarge(scoped ReadOnlySpan<byte> member)
    {
        ulong* slot = _large!.Find(member, out ulong hash);
        if (slot == null) return false;
        _change.Begin();
        _large.Remove(slot, hash);
        return true;
    }

    private bool AddToIntset(long number)
    {
        if (Intset.Find(Bytes, number, out int index)) return false;

        _change.Begin();
        _change.MakeRoom(Intset.BytesWith(Bytes, number));
        Intset.Insert(Bytes, index, number);
        if (Count > _intsetEntries) Outgrow(Count <= ListpackMembers);
        return true;
    }

    private bool AddToListpack(scoped ReadOnlySpan<byte> member)
    {
        if (StoredSet.FindIn(Bytes, member) != Listpack.None) return false;

        _change.Begin();
        if (Count >= ListpackMembers || member.Length > ListpackMemberBytes)
        {
            MakeLarge();
            return AddToLarge(member);
        }

        _change.MakeRoom(Listpack.BytesOf(Bytes) + Listpack.SizeOf(member));
        Listpack.Append(Bytes, member);
        return true;
    }

    /// <summary>Makes an intset something else.</summary>
    private void Outgrow(bool isSmall)
    {
        if (!isSmall)
        {
            MakeLarge();
            return;
        }

        Span<long> numbers = stackalloc long[Intset.Count(Bytes)];
        int bytes = Listpack.EmptyBytes;
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Intset.At(Bytes, i);
            bytes += Listpack.SizeOf(numbers[i]);
        }

        _change.Database.ConvertToCompact(ref _change.Place, ValueEncoding.Listpack, bytes);
        Listpack.WriteEmpty(Bytes);
        foreach (long number in numbers) Listpack.Insert(Bytes, Listpack.BytesOf(Bytes) - 1, number);
    }

    private void MakeLarge()
    {
        var large = new LargeSet(_values);
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new SetReader(_change.Database, _change.Place.Entry); reader.MoveNext();) large.Add(reader.Member.Text(digits));
        _large = large;
        _change.Database.ConvertToLarge(ref _change.Place, large);
    }

    private void TryMakeIntset()
    {
        var numbers = new long[Count];
        int width = 0;
        int read = 0;
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new SetReader(_change.Database, _change.Place.Entry); reader.MoveNext(); read++)
        {
            if (!RespNumber.TryParseLong(reader.Member.Text(digits), out numbers[read])) return;
            width = Math.Max(width, Intset.WidthOf(numbers[read]));
        }

        Array.Sort(numbers);
        _change.Database.ConvertToCompact(ref _change.Place, ValueEncoding.Intset, Intset.HeaderBytes + (numbers.Length * width));
        _large = null;
        Intset.WriteEmpty(Bytes, width);
        for (int i = 0; i < numbers.Length; i++) Intset.Insert(Bytes, i, numbers[i]);
    }
}
