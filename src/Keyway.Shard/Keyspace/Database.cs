using System.Diagnostics;
using System.Runtime.CompilerServices;
using Keyway.Protocol;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// One numbered keyspace. Every change of a key passes <see cref="Touched"/>; a key whose time has run out is gone for whoever looks, and is deleted
/// when somebody does.
/// </summary>
internal sealed unsafe class Database
{
    public const long NoExpiry = -1;

    /// <summary>For writes: leave the key's expiry as it is.</summary>
    public const long KeepExpiry = -2;

    private const int BucketsMovedPerSearch = 2;
    private const int OverAllocationLimit = 1024 * 1024;

    private readonly Databases _all;
    private EntryTable _table;
    private VolatileIndex _volatiles;
    private int _expiryPosition;

    public Database(Databases all, int index)
    {
        _all = all;
        Index = index;
        _table = new EntryTable(all.Memory, all.Hash);
        _volatiles = new VolatileIndex(all.Memory);
    }

    public int Index { get; }

    public long Count => _table.Count;

    public long VolatileCount => _volatiles.Count;

    public long Buckets => _table.Buckets;

    public bool IsResizing => _table.IsResizing;

    /// <summary>Finds the key, dead ones deleted on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Place Find(ReadOnlySpan<byte> key, Lookup lookup)
    {
        Place place = Find(key);
        if (lookup != Lookup.Write)
        {
            if (place.Exists) _all.Hits++;
            else _all.Misses++;
        }

        if (place.Exists && lookup != Lookup.Inspect) _all.Access.Touch(place.Entry);
        return place;
    }

    /// <summary>Finds the key and leaves no trace, but that a dead one is deleted.</summary>
    public Place Find(ReadOnlySpan<byte> key)
    {
        if (_table.IsResizing) _table.MoveBuckets(BucketsMovedPerSearch);

        ulong hash = _all.Hash.Of(key);
        ulong* slot = _table.Find(key, hash);
        var place = new Place(key, hash, slot);
        if (slot == null || !IsDead(place.Entry)) return place;

        DeleteExpired(place.Entry, hash, slot);
        return new Place(key, hash, null);
    }

    public bool IsDead(Entry entry) => entry.IsVolatile && entry.ExpiresAtMs < _all.NowMs;

    /// <summary>Sets a string, in whichever encoding fits it, over whatever was there.</summary>
    public Place SetString(Place place, ReadOnlySpan<byte> value, long expiresAtMs)
    {
        if (RespNumber.TryParseLong(value, out long number)) return SetInteger(place, number, expiresAtMs);
        return SetText(place, value, expiresAtMs);
    }

    public Place SetInteger(Place place, long number, long expiresAtMs)
    {
        Place result = Prepare(place, sizeof(long), ValueEncoding.Integer, expiresAtMs);
        Entry entry = result.Entry;
        entry.Integer = number;
        Touched(place.Key, Change.Written);
        return result;
    }

    /// <summary>Sets bytes that are kept as text even where they could be a number (INCRBYFLOAT's result is).</summary>
    public Place SetText(Place place, ReadOnlySpan<byte> value, long expiresAtMs)
    {
        ValueEncoding encoding = value.Length <= Entry.EmbeddedLimit ? ValueEncoding.Embedded : ValueEncoding.Raw;
        Place result = Prepare(place, value.Length, encoding, expiresAtMs);
        value.CopyTo(result.Entry.WritableBytes);
        Touched(place.Key, Change.Written);
        return result;
    }

    /// <summary>Makes the key's string at least so long and changeable ("raw"), what is new filled with zeros, and writes the bytes over it at the offset.</summary>
    public Place WriteInto(Place place, int offset, ReadOnlySpan<byte> bytes)
    {
        int oldLength = 0;
        int length = checked(offset + bytes.Length);
        if (place.Exists)
        {
            oldLength = place.Entry.Encoding == ValueEncoding.Integer ? ToRaw(ref place) : place.Entry.ValueLength;
            length = Math.Max(length, oldLength);
            if (length > place.Entry.Room.Length) Grow(ref place, length);
        }
        else
        {
            place = Insert(place, Entry.Create(_all.Memory, place.Key, ValueKind.String, ValueEncoding.Raw, length, length, isVolatile: false));
        }

        Entry entry = place.Entry;
        entry.SetLength(length, ValueEncoding.Raw);
        Span<byte> value = entry.WritableBytes;
        if (offset > oldLength) value[oldLength..offset].Clear();
        bytes.CopyTo(value[offset..]);
        Touched(place.Key, Change.Written);
        return place;
    }

    public void Delete(Place place) => Remove(place.Entry, place.Hash, place.Slot, place.Key, Change.Deleted);

    /// <summary>Takes the entry out of this database and gives the key to the one that is to hold it, over whatever was there; the expiry goes along.</summary>
    public void MoveTo(Place source, Database target, ReadOnlySpan<byte> key)
    {
        Entry entry = source.Entry;
        long expiresAtMs = entry.ExpiresAtMs;
        Entry moved = entry.Rebuild(_all.Memory, key, entry.IsVolatile);
        if (entry.IsVolatile) moved.ExpiresAtMs = expiresAtMs;
        Delete(source);
        target.Put(key, moved);
    }

    /// <summary>Copies the entry under the key, over whatever was there.</summary>
    public void CopyTo(Entry entry, Database target, ReadOnlySpan<byte> key)
    {
        Entry copy = Entry.Create(_all.Memory, key, entry.Kind, entry.Encoding, entry.ValueLength, entry.ValueLength, entry.IsVolatile);
        entry.Bytes.CopyTo(copy.WritableBytes);
        copy.AccessBits = _all.Access.Fresh;
        if (entry.IsVolatile) copy.ExpiresAtMs = entry.ExpiresAtMs;
        target.Put(key, copy);
    }

    public void SetExpiry(Place place, long expiresAtMs)
    {
        Entry entry = place.Entry;
        if (entry.IsVolatile)
        {
            entry.ExpiresAtMs = expiresAtMs;
            _volatiles.Refresh(entry);
        }
        else
        {
            Entry moved = entry.Rebuild(_all.Memory, place.Key, isVolatile: true);
            moved.ExpiresAtMs = expiresAtMs;
            entry.Free(_all.Memory);
            EntryTable.Replace(place.Slot, moved);
            _volatiles.Add(moved);
        }

        Touched(place.Key, Change.ExpiryChanged);
    }

    /// <summary>Takes the key's expiry away; false when it had none.</summary>
    public bool Persist(Place place)
    {
        Entry entry = place.Entry;
        if (!entry.IsVolatile) return false;

        _volatiles.Remove(entry);
        Entry moved = entry.Rebuild(_all.Memory, place.Key, isVolatile: false);
        entry.Free(_all.Memory);
        EntryTable.Replace(place.Slot, moved);
        Touched(place.Key, Change.ExpiryChanged);
        return true;
    }

    /// <summary>Adds entries at the cursor to the list, dead ones among them, and returns the next cursor. See <see cref="EntryTable.Scan"/>.</summary>
    public ulong Scan(ulong cursor, EntryList found) => _table.Scan(cursor, found);

    /// <summary>Any entry; dead ones among them. There must be one.</summary>
    public Entry PickRandom() => _table.PickRandom(ref _all.Random);

    /// <summary>Forgets everything at once; the memory is given back at once too, or a slice at a time.</summary>
    public void Clear(bool inSlices)
    {
        EntryTable table = _table;
        VolatileIndex volatiles = _volatiles;
        _table = new EntryTable(_all.Memory, _all.Hash);
        _volatiles = new VolatileIndex(_all.Memory);
        _expiryPosition = 0;
        volatiles.Dispose();
        if (inSlices) _all.ReleaseLater(table);
        else table.Dispose();
        _all.Watcher?.OnReplaced(this);
    }

    public void SwapWith(Database other)
    {
        (_table, other._table) = (other._table, _table);
        (_volatiles, other._volatiles) = (other._volatiles, _volatiles);
        (_expiryPosition, other._expiryPosition) = (other._expiryPosition, _expiryPosition);
        _all.Watcher?.OnReplaced(this);
        _all.Watcher?.OnReplaced(other);
    }

    /// <summary>
    /// Goes on with the walk over keys that have an expiry, from where it stopped, and deletes those that are due; both budgets go down with the work.
    /// False when a budget ended it before it had come round.
    /// </summary>
    public bool DeleteDue(ref int visits, ref int deletions)
    {
        int toVisit = _volatiles.Count;
        for (; toVisit > 0; toVisit--)
        {
            if (visits-- <= 0 || deletions <= 0) return false;

            if (_expiryPosition >= _volatiles.Count) _expiryPosition = 0;
            if (_volatiles.ExpiresAtMs(_expiryPosition) >= _all.NowMs)
            {
                _expiryPosition++;
                continue;
            }

            // Another takes its position in the index: look there again.
            Entry entry = _volatiles.EntryAt(_expiryPosition);
            ulong hash = _all.Hash.Of(entry.Key);
            DeleteExpired(entry, hash, _table.Find(entry.Key, hash));
            deletions--;
        }

        return true;
    }

    /// <summary>From a sample: INFO's avg_ttl.</summary>
    public long AverageTtlMs()
    {
        const int Samples = 64;
        int count = _volatiles.Count;
        if (count == 0) return 0;

        int step = Math.Max(1, count / Samples);
        long sum = 0, seen = 0;
        for (int i = 0; i < count; i += step)
        {
            sum += Math.Max(0, _volatiles.ExpiresAtMs(i) - _all.NowMs) / 16;       // sixteenths: far expiries must not overflow the sum
            seen++;
        }

        return sum / seen * 16;
    }

    /// <summary>Goes on with growing or shrinking when no command comes to do it.</summary>
    public void MoveBuckets(int buckets) => _table.MoveBuckets(buckets);

    public void Dispose()
    {
        _volatiles.Dispose();
        _table.Dispose();
    }

    /// <summary>The choke point: whatever must know of a change before or as it happens hangs here.</summary>
    private void Touched(ReadOnlySpan<byte> key, Change change) => _all.Watcher?.OnChanged(this, key, change);

    /// <summary>An entry for the key with room for the value, over whatever was there; its content is the caller's to write.</summary>
    private Place Prepare(Place place, int length, ValueEncoding encoding, long expiresAtMs)
    {
        if (!place.Exists)
        {
            bool willExpire = expiresAtMs >= 0;
            Entry created = Entry.Create(_all.Memory, place.Key, ValueKind.String, encoding, length, length, willExpire);
            if (willExpire) created.ExpiresAtMs = expiresAtMs;
            return Insert(place, created);
        }

        Entry old = place.Entry;
        if (expiresAtMs == KeepExpiry) expiresAtMs = old.ExpiresAtMs;
        bool isVolatile = expiresAtMs >= 0;
        uint accessBits = _all.Access.CountsFrequency ? old.AccessBits : _all.Access.Fresh;

        if (old.TryReuse(length, encoding, isVolatile))
        {
            old.AccessBits = accessBits;
            if (isVolatile && old.ExpiresAtMs != expiresAtMs)
            {
                old.ExpiresAtMs = expiresAtMs;
                _volatiles.Refresh(old);
            }

            return place;
        }

        Entry entry = Entry.Create(_all.Memory, place.Key, ValueKind.String, encoding, length, length, isVolatile);
        entry.AccessBits = accessBits;
        if (old.IsVolatile) _volatiles.Remove(old);
        old.Free(_all.Memory);
        EntryTable.Replace(place.Slot, entry);
        if (isVolatile)
        {
            entry.ExpiresAtMs = expiresAtMs;
            _volatiles.Add(entry);
        }

        return place;
    }

    private Place Insert(Place place, Entry entry)
    {
        entry.AccessBits = _all.Access.Fresh;
        ulong* slot = _table.Insert(entry, place.Hash);
        if (entry.IsVolatile) _volatiles.Add(entry);
        return new Place(place.Key, place.Hash, slot);
    }

    private void Put(ReadOnlySpan<byte> key, Entry entry)
    {
        Place place = Find(key);
        if (place.Exists)
        {
            Entry old = place.Entry;
            if (old.IsVolatile) _volatiles.Remove(old);
            old.Free(_all.Memory);
            EntryTable.Replace(place.Slot, entry);
        }
        else
        {
            _table.Insert(entry, place.Hash);
        }

        if (entry.IsVolatile) _volatiles.Add(entry);
        Touched(key, Change.Written);
    }

    private void Remove(Entry entry, ulong hash, ulong* slot, ReadOnlySpan<byte> key, Change change)
    {
        _table.Remove(slot, hash);
        if (entry.IsVolatile) _volatiles.Remove(entry);
        Touched(key, change);
        entry.Free(_all.Memory);       // last: the key may be the entry's own
    }

    private void DeleteExpired(Entry entry, ulong hash, ulong* slot)
    {
        _all.ExpiredKeys++;
        _all.Propagation.Expired(Index, entry.Key, _all.ExpiresLazily);
        Remove(entry, hash, slot, entry.Key, Change.Expired);
    }

    /// <summary>Turns a number into its text, in place or elsewhere, and returns the text's length.</summary>
    private int ToRaw(ref Place place)
    {
        Span<byte> text = stackalloc byte[RespNumber.MaxLongLength];
        int length = RespNumber.FormatLong(text, place.Entry.Integer);
        if (length > place.Entry.Room.Length) Grow(ref place, length);
        place.Entry.SetLength(length, ValueEncoding.Raw);
        text[..length].CopyTo(place.Entry.WritableBytes);
        return length;
    }

    /// <summary>Moves a string to where it may become so long, and longer: who appends once appends again.</summary>
    private void Grow(ref Place place, int length)
    {
        Debug.Assert(place.Exists);
        int capacity = length < OverAllocationLimit ? length * 2 : length + OverAllocationLimit;
        Entry old = place.Entry;
        Entry grown = Entry.Create(_all.Memory, place.Key, old.Kind, old.Encoding, old.ValueLength, capacity, old.IsVolatile);
        grown.AccessBits = old.AccessBits;
        old.Bytes.CopyTo(grown.WritableBytes);
        if (old.IsVolatile)
        {
            grown.ExpiresAtMs = old.ExpiresAtMs;
            grown.VolatilePosition = old.VolatilePosition;
            _volatiles.Refresh(grown);
        }

        old.Free(_all.Memory);
        EntryTable.Replace(place.Slot, grown);
    }
}
