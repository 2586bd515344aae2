using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Hashes;

/// <summary>
/// Changes a hash, or makes one where the key is missing, and then tells the database. Whoever begins one ends it with <see cref="End"/> before anything
/// else is done to the database.
/// <code>var change = new HashChange(database, values, place, limits); change.Set(field, value); change.End();</code>
/// </summary>
internal ref struct HashChange
{
    private readonly ValueStore _values;
    private readonly HashLimits _limits;
    private PlaceChange _change;
    private LargeHash? _large;               // null: the entry's bytes are the listpack, with room behind it perhaps

    /// <param name="database">Of the key.</param>
    /// <param name="values">Of the same server.</param>
    /// <param name="place">Where a hash is, or nothing.</param>
    /// <param name="limits">Of small hashes.</param>
    public HashChange(Database database, ValueStore values, Place place, HashLimits limits)
    {
        _values = values;
        _limits = limits;
        _change = new PlaceChange(database, place);
        if (place.Exists && place.Entry.IsLarge) _large = (LargeHash)database.LargeValueOf(place.Entry);
    }

    /// <summary>A new hash, which takes the key when it is whole: see <see cref="Publish"/>.</summary>
    public HashChange(Database database, ValueStore values, ReadOnlySpan<byte> key, HashLimits limits)
        : this(database, values, database.Draft(key, ValueKind.Hash, ValueEncoding.Listpack, Listpack.EmptyBytes), limits)
    {
        Listpack.WriteEmpty(Bytes);
        _change.HasBegun = true;
    }

    public readonly long Count => _large?.Count ?? (_change.Place.Exists ? Listpack.Count(Bytes) / 2 : 0);

    private readonly Span<byte> Bytes => _change.Bytes;

    private readonly int UsedBytes => _large != null || !_change.Place.Exists ? 0 : Listpack.BytesOf(Bytes);

    /// <summary>
    /// Prepares for these fields and values, in turns: the key comes to be if it is missing, with room for them, and it becomes large if one of them is
    /// too long to stand in a flat buffer.
    /// </summary>
    public void Expect(Arguments pairs, int first)
    {
        if (_large != null) return;

        long bytes = 0;
        bool fits = true;
        for (int i = first; i < pairs.Count; i++)
        {
            fits &= _limits.Allow(pairs[i].Length);
            bytes += Listpack.SizeOf(pairs[i]);
        }

        bool isTooMany = (pairs.Count - first) / 2 > _limits.Fields;
        Expect(isTooMany ? 0 : bytes, fits);
    }

    /// <returns>True when the field is new.</returns>
    public bool Set(scoped ReadOnlySpan<byte> field, scoped ReadOnlySpan<byte> value)
    {
        if (_large == null)
        {
            bool fits = _limits.Allow(field.Length) && _limits.Allow(value.Length);
            if (!_change.Place.Exists || !fits) Expect(Listpack.SizeOf(field) + (long)Listpack.SizeOf(value), fits);
        }

        _change.Begin();
        return _large != null ? _large.Set(field, value) : SetInListpack(field, value);
    }

    /// <returns>False when it was not there.</returns>
    public bool Remove(scoped ReadOnlySpan<byte> field)
    {
        if (_large != null) return RemoveFromLarge(field);

        int at = StoredHash.FindIn(Bytes, field);
        if (at == Listpack.None) return false;
        _change.Begin();
        Listpack.Remove(Bytes, at, 2);
        return true;
    }

    /// <summary>Ends the change; a hash without fields goes, key and all.</summary>
    /// <param name="isGone">Whether it has.</param>
    public void End(out bool isGone) => isGone = _change.End(Count, UsedBytes);

    public void End() => End(out _);

    /// <summary>The draft, with at least one field, takes its key.</summary>
    public void Publish() => _change.Publish(UsedBytes);

    /// <summary>The draft is given up.</summary>
    public readonly void Discard() => _change.Database.Discard(_change.Place);

    private void Expect(long bytes, bool fits)
    {
        bool isSmall = fits && bytes <= HashLimits.LargestBuffer - Listpack.EmptyBytes - (_change.Place.Exists ? Bytes.Length : 0);
        if (!_change.Place.Exists)
        {
            _change.HasBegun = true;      // as whoever sets a value, this has told the database already
            if (isSmall)
            {
                _change.Place = _change.Database.SetCompact(_change.Place, ValueKind.Hash, ValueEncoding.Listpack, Listpack.EmptyBytes + (int)bytes);
                Listpack.WriteEmpty(Bytes);
                return;
            }

            _large = new LargeHash(_values);
            _change.Place = _change.Database.SetLarge(_change.Place, ValueKind.Hash, _large);
        }
        else if (!isSmall)
        {
            _change.Begin();
            MakeLarge();
        }
    }

    private unsafe bool RemoveFromLarge(scoped ReadOnlySpan<byte> field)
    {
        ulong* slot = _large!.Find(field, out ulong hash);
        if (slot == null) return false;
        _change.Begin();
        _large.Remove(slot, hash);
        return true;
    }

    private bool SetInListpack(scoped ReadOnlySpan<byte> field, scoped ReadOnlySpan<byte> value)
    {
        int at = StoredHash.FindIn(Bytes, field);
        bool isNew = at == Listpack.None;
        int valueAt = isNew ? Listpack.None : Listpack.Next(Bytes, at);
        long more = Listpack.SizeOf(value) + (isNew ? Listpack.SizeOf(field) : -(long)Listpack.SizeAt(Bytes, valueAt));
        if (Bytes.Length + more > HashLimits.LargestBuffer)
        {
            MakeLarge();
            return _large!.Set(field, value);
        }

        int needed = Listpack.BytesOf(Bytes) + (int)more;
        _change.MakeRoom(needed);
        if (isNew)
        {
            Listpack.Append(Bytes, field);
            Listpack.Append(Bytes, value);
        }
        else
        {
            Listpack.Replace(Bytes, valueAt, value);
        }

        // Not only when it has grown: the limit may be lower now than it was.
        if (Count > _limits.Fields) MakeLarge();
        return isNew;
    }

    private void MakeLarge()
    {
        var large = new LargeHash(_values);
        Span<byte> fieldDigits = stackalloc byte[RespNumber.MaxLongLength];
        Span<byte> valueDigits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new HashReader(_change.Database, _change.Place.Entry); reader.MoveNext();)
            large.Set(reader.Field.Text(fieldDigits), reader.Value.Text(valueDigits));

        _large = large;
        _change.Database.ConvertToLarge(ref _change.Place, large);
    }
}
