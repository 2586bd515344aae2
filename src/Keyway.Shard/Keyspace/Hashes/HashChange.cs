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
    private readonly Database _database;
    private readonly ValueStore _values;
    private readonly HashLimits _limits;
    private Place _place;
    private LargeHash? _large;               // null: the entry's bytes are the listpack, with room behind it perhaps
    private bool _isChanging;

    /// <param name="database">Of the key.</param>
    /// <param name="values">Of the same server.</param>
    /// <param name="place">Where a hash is, or nothing.</param>
    /// <param name="limits">Of small hashes.</param>
    public HashChange(Database database, ValueStore values, Place place, HashLimits limits)
    {
        _database = database;
        _values = values;
        _limits = limits;
        _place = place;
        if (place.Exists && place.Entry.IsLarge) _large = (LargeHash)database.LargeValueOf(place.Entry);
    }

    /// <summary>A new hash, which takes the key when it is whole: see <see cref="Publish"/>.</summary>
    public HashChange(Database database, ValueStore values, ReadOnlySpan<byte> key, HashLimits limits)
        : this(database, values, database.Draft(key, ValueKind.Hash, ValueEncoding.Listpack, Listpack.EmptyBytes), limits)
    {
        Listpack.WriteEmpty(Bytes);
        _isChanging = true;
    }

    public readonly long Count => _large?.Count ?? (_place.Exists ? Listpack.Count(Bytes) / 2 : 0);

    private readonly Span<byte> Bytes => _place.Entry.WritableBytes;

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
            if (!_place.Exists || !fits) Expect(Listpack.SizeOf(field) + (long)Listpack.SizeOf(value), fits);
        }

        Begin();
        return _large != null ? _large.Set(field, value) : SetInListpack(field, value);
    }

    /// <returns>False when it was not there.</returns>
    public bool Remove(scoped ReadOnlySpan<byte> field)
    {
        if (_large != null) return RemoveFromLarge(field);

        int at = StoredHash.FindIn(Bytes, field);
        if (at == Listpack.None) return false;
        Begin();
        Listpack.Remove(Bytes, at, 2);
        return true;
    }

    /// <summary>Ends the change; a hash without fields goes, key and all.</summary>
    /// <returns>Whether the key is gone.</returns>
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

    /// <summary>The draft, with at least one field, takes its key.</summary>
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

    private void Expect(long bytes, bool fits)
    {
        bool isSmall = fits && bytes <= HashLimits.LargestBuffer - Listpack.EmptyBytes - (_place.Exists ? Bytes.Length : 0);
        if (!_place.Exists)
        {
            _isChanging = true;      // as whoever sets a value, this has told the database already
            if (isSmall)
            {
                _place = _database.SetCompact(_place, ValueKind.Hash, ValueEncoding.Listpack, Listpack.EmptyBytes + (int)bytes);
                Listpack.WriteEmpty(Bytes);
                return;
            }

            _large = new LargeHash(_values);
            _place = _database.SetLarge(_place, ValueKind.Hash, _large);
        }
        else if (!isSmall)
        {
            Begin();
            MakeLarge();
        }
    }

    private unsafe bool RemoveFromLarge(scoped ReadOnlySpan<byte> field)
    {
        ulong* slot = _large!.Find(field, out ulong hash);
        if (slot == null) return false;
        Begin();
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
        if (needed > Bytes.Length) _database.Resize(ref _place, needed);
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

    private void Trim()
    {
        if (_large != null) return;
        int used = Listpack.BytesOf(Bytes);
        if (used != Bytes.Length) _database.Resize(ref _place, used);
    }

    private void MakeLarge()
    {
        var large = new LargeHash(_values);
        Span<byte> fieldDigits = stackalloc byte[RespNumber.MaxLongLength];
        Span<byte> valueDigits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new HashReader(_database, _place.Entry); reader.MoveNext();)
            large.Set(reader.Field.Text(fieldDigits), reader.Value.Text(valueDigits));

        _large = large;
        _database.ConvertToLarge(ref _place, large);
    }
}
