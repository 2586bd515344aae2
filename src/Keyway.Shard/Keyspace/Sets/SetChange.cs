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
    private const int ListpackMembers = 64;
    private const int ListpackMemberBytes = 64;

    private const long MostIntsetEntries = 1 << 27;      // a gigabyte

    private readonly Database _database;
    private readonly ValueStore _values;
    private readonly long _intsetEntries;
    private Place _place;
    private LargeSet? _large;                // null: the entry's bytes are the set, with room behind it perhaps
    private bool _isChanging;

    /// <param name="database">Of the key.</param>
    /// <param name="values">Of the same server.</param>
    /// <param name="place">Where a set is, or nothing.</param>
    /// <param name="intsetEntries">More numbers than this are no intset.</param>
    public SetChange(Database database, ValueStore values, Place place, long intsetEntries)
    {
        _database = database;
        _values = values;
        _intsetEntries = Math.Min(intsetEntries, MostIntsetEntries);
        _place = place;
        if (place.Exists && place.Entry.IsLarge) _large = (LargeSet)database.LargeValueOf(place.Entry);
    }

    /// <summary>A new set, which takes the key when it is whole: see <see cref="Publish"/>.</summary>
    public SetChange(Database database, ValueStore values, ReadOnlySpan<byte> key, long intsetEntries)
        : this(database, values, database.Draft(key, ValueKind.Set, ValueEncoding.Intset, Intset.HeaderBytes), intsetEntries)
    {
        Intset.WriteEmpty(Bytes);
        _isChanging = true;
    }

    public readonly long Count => _large != null ? _large.Count : !_place.Exists ? 0 : IsIntset ? Intset.Count(Bytes) : Listpack.Count(Bytes);

    /// <summary>The draft, to be read.</summary>
    public readonly Entry Entry => _place.Entry;

    private readonly bool IsIntset => _place.Entry.Encoding == ValueEncoding.Intset;

    private readonly Span<byte> Bytes => _place.Entry.WritableBytes;

    /// <summary>Prepares for these members: the key comes to be if it is missing, with room for them.</summary>
    public void Expect(Arguments members, int first)
    {
        if (_place.Exists) return;

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
        if (!_place.Exists) Create(RespNumber.TryParseLong(member, out _) ? ValueEncoding.Intset : ValueEncoding.Listpack, Intset.HeaderBytes);
        if (_large != null) return AddToLarge(member);
        if (!IsIntset) return AddToListpack(member);
        if (RespNumber.TryParseLong(member, out long number)) return AddToIntset(number);

        Begin();
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
            Begin();
            Intset.RemoveAt(Bytes, index);
            return true;
        }

        int at = StoredSet.FindIn(Bytes, member);
        if (at == Listpack.None) return false;
        Begin();
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
    public void End(out bool isGone)
    {
        isGone = false;
        if (!_isChanging) return;

        _isChanging = false;
        isGone = Count == 0;
        if (isGone)
        {
            _database.Delete(_place);
            return;
        }

        Trim();
        _database.EndChange(_place);
    }

    public void End() => End(out _);

    /// <summary>The draft, with at least one member, takes its key.</summary>
    public void Publish()
    {
        Trim();
        _database.Publish(_place);
    }

    /// <summary>The draft is given up.</summary>
    public readonly void Discard() => _database.Discard(_place);

    private void Begin()
    {
        if (_isChanging) return;
        _isChanging = true;
        _database.BeginChange(_place);
    }

    private void Create(ValueEncoding encoding, int bytes)
    {
        _isChanging = true;      // as whoever sets a value, this tells the database already
        if (encoding == ValueEncoding.Large)
        {
            _large = new LargeSet(_values);
            _place = _database.SetLarge(_place, ValueKind.Set, _large);
            return;
        }

        _place = _database.SetCompact(_place, ValueKind.Set, encoding, bytes);
        if (encoding == ValueEncoding.Intset) Intset.WriteEmpty(Bytes);
        else Listpack.WriteEmpty(Bytes);
    }

    private bool AddToLarge(scoped ReadOnlySpan<byte> member)
    {
        if (_large!.Find(member, out ulong hash) != null) return false;
        Begin();
        _large.Insert(member, hash);
        return true;
    }

    private bool RemoveFromLarge(scoped ReadOnlySpan<byte> member)
    {
        ulong* slot = _large!.Find(member, out ulong hash);
        if (slot == null) return false;
        Begin();
        _large.Remove(slot, hash);
        return true;
    }

    private bool AddToIntset(long number)
    {
        if (Intset.Find(Bytes, number, out int index)) return false;

        Begin();
        MakeRoom(Intset.BytesWith(Bytes, number));
        Intset.Insert(Bytes, index, number);
        if (Count > _intsetEntries) Outgrow(Count <= ListpackMembers);
        return true;
    }

    private bool AddToListpack(scoped ReadOnlySpan<byte> member)
    {
        if (StoredSet.FindIn(Bytes, member) != Listpack.None) return false;

        Begin();
        if (Count >= ListpackMembers || member.Length > ListpackMemberBytes)
        {
            MakeLarge();
            return AddToLarge(member);
        }

        MakeRoom(Listpack.BytesOf(Bytes) + Listpack.SizeOf(member));
        Listpack.Append(Bytes, member);
        return true;
    }

    private void MakeRoom(int bytes)
    {
        if (bytes > Bytes.Length) _database.Resize(ref _place, bytes);
    }

    private void Trim()
    {
        if (_large != null) return;
        int used = IsIntset ? Intset.BytesOf(Bytes) : Listpack.BytesOf(Bytes);
        if (used != Bytes.Length) _database.Resize(ref _place, used);
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

        _database.ConvertToCompact(ref _place, ValueEncoding.Listpack, bytes);
        Listpack.WriteEmpty(Bytes);
        foreach (long number in numbers) Listpack.Insert(Bytes, Listpack.BytesOf(Bytes) - 1, number);
    }

    private void MakeLarge()
    {
        var large = new LargeSet(_values);
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new SetReader(_database, _place.Entry); reader.MoveNext();) large.Add(reader.Member.Text(digits));
        _large = large;
        _database.ConvertToLarge(ref _place, large);
    }

    private void TryMakeIntset()
    {
        var numbers = new long[Count];
        int width = 0;
        int read = 0;
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new SetReader(_database, _place.Entry); reader.MoveNext(); read++)
        {
            if (!RespNumber.TryParseLong(reader.Member.Text(digits), out numbers[read])) return;
            width = Math.Max(width, Intset.WidthOf(numbers[read]));
        }

        Array.Sort(numbers);
        _database.ConvertToCompact(ref _place, ValueEncoding.Intset, Intset.HeaderBytes + (numbers.Length * width));
        _large = null;
        Intset.WriteEmpty(Bytes, width);
        for (int i = 0; i < numbers.Length; i++) Intset.Insert(Bytes, i, numbers[i]);
    }
}
