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
    private const int WasteAllowed = 64;                 // bytes that a shrunken buffer may keep for its next growth

    private readonly Databases _all;
    private BlockTable<EntryBlock> _table;
    private VolatileIndex _volatiles;
    private int _expiryPosition;

    public Database(Databases all, int index)
    {
        _all = all;
        Index = index;
        _table = new BlockTable<EntryBlock>(all.Values);
        _volatiles = new VolatileIndex(all.Memory);
    }

    public int Index { get; }

    public long Count => _table.Count;

    /// <summary>The table that it has now; flushing and swapping give it another.</summary>
    public BlockTable<EntryBlock> Table => _table;

    public long VolatileCount => _volatiles.Count;

    public long Buckets => _table.Buckets;

    /// <summary>About the bytes by which keys are found, those with an expiry twice.</summary>
    public long TableBytes => (_table.Buckets * BucketArray.BucketBytes) + _table.MemoryBytes + _volatiles.MemoryBytes;

    public long VolatileIndexBytes => _volatiles.MemoryBytes;

    public bool IsResizing => _table.IsResizing;

    /// <summary>Finds the key, dead ones deleted on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Place Find(ReadOnlySpan<byte> key, Lookup lookup)
    {
        Place place = Find(key);
        if (lookup != Lookup.Write)
        {
            if (place.Exists) _all.Hits++;
            else NoteMiss(key, isHeard: lookup != Lookup.Examine);
        }

        if (place.Exists && lookup is (Lookup.Read or Lookup.Write)) _all.Access.Touch(place.Entry);
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
        if (_all.KeepsDead) return new Place(key, hash, null);

        DeleteExpired(place.Entry, hash, slot);
        return new Place(key, hash, null);
    }

    /// <summary>Whether the key is here, dead or alive. Leaves no trace at all.</summary>
    public bool Holds(ReadOnlySpan<byte> key) => _table.Find(key, _all.Hash.Of(key)) != null;

    /// <summary>Whether the key is here, and its time has run out. Leaves no trace at all.</summary>
    public bool HoldsDead(ReadOnlySpan<byte> key)
    {
        ulong hash = _all.Hash.Of(key);
        ulong* slot = _table.Find(key, hash);
        return slot != null && IsDead(new Place(key, hash, slot).Entry);
    }

    /// <summary>Sends for the memory in which a look-up of this key will begin. Returns what <see cref="PrefetchEntry"/> needs.</summary>
    public ulong PrefetchBucket(ReadOnlySpan<byte> key)
    {
        ulong hash = _all.Hash.Of(key);
        _table.PrefetchBucket(hash);
        return hash;
    }

    /// <summary>Sends for the entry itself, once its bucket has come.</summary>
    public void PrefetchEntry(ulong hash) => _table.PrefetchBlock(hash);

    public bool IsDead(Entry entry) => entry.IsVolatile && entry.ExpiresAtMs < _all.NowMs;

    /// <summary>Sets a string, in whichever encoding fits it, over whatever was there.</summary>
    public Place SetString(Place place, ReadOnlySpan<byte> value, long expiresAtMs)
    {
        if (RespNumber.TryParseLong(value, out long number)) return SetInteger(place, number, expiresAtMs);
        return SetText(place, value, expiresAtMs);
    }

    public Place SetInteger(Place place, long number, long expiresAtMs)
    {
        Place result = Prepare(place, sizeof(long), ValueKind.String, ValueEncoding.Integer, expiresAtMs);
        Entry entry = result.Entry;
        entry.Integer = number;
        TouchedWhole(place);
        return result;
    }

    /// <summary>Sets bytes that are kept as text even where they could be a number (INCRBYFLOAT's result is).</summary>
    public Place SetText(Place place, ReadOnlySpan<byte> value, long expiresAtMs)
    {
        ValueEncoding encoding = value.Length <= Entry.EmbeddedLimit ? ValueEncoding.Embedded : ValueEncoding.Raw;
        Place result = Prepare(place, value.Length, ValueKind.String, encoding, expiresAtMs);
        value.CopyTo(result.Entry.WritableBytes);
        TouchedWhole(place);
        return result;
    }

    /// <summary>Sets bytes that are kept as they are ("raw"), be they short or a number's text: what a command has computed is.</summary>
    public Place SetBytes(Place place, ReadOnlySpan<byte> value, long expiresAtMs = NoExpiry)
    {
        Place result = Prepare(place, value.Length, ValueKind.String, ValueEncoding.Raw, expiresAtMs);
        value.CopyTo(result.Entry.WritableBytes);
        TouchedWhole(place);
        return result;
    }

    /// <summary>The same string in the form that can be changed in place ("raw"): a change to nobody but OBJECT ENCODING.</summary>
    public Place MakeRaw(Place place)
    {
        if (place.Entry.Encoding == ValueEncoding.Integer) ToRaw(ref place);
        else place.Entry.SetLength(place.Entry.ValueLength, ValueEncoding.Raw);
        return place;
    }

    /// <summary>Makes the key's string at least so long and changeable ("raw"), what is new filled with zeros, and writes the bytes over it at the offset.</summary>
    public Place WriteInto(Place place, int offset, ReadOnlySpan<byte> bytes)
    {
        int oldLength = 0;
        int length = checked(offset + bytes.Length);
        Change change = place.Exists ? Change.Written : Change.Created;
        if (place.Exists)
        {
            Changing(place.Entry);
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
        Touched(place.Key, change);
        return place;
    }

    /// <summary>
    /// Makes a collection in one flat buffer of so many bytes, which are the caller's to fill, over whatever was there; the key's expiry goes, unless it
    /// is to be kept.
    /// </summary>
    public Place SetCompact(Place place, ValueKind kind, ValueEncoding encoding, int length, long expiresAtMs = NoExpiry)
    {
        Place result = Prepare(place, length, kind, encoding, expiresAtMs);
        TouchedWhole(place);
        return result;
    }

    /// <summary>Makes the value one large object, over whatever was there; the key's expiry goes, unless it is to be kept.</summary>
    public Place SetLarge(Place place, ValueKind kind, LargeValue value, long expiresAtMs = NoExpiry)
    {
        Place result = Prepare(place, sizeof(long), kind, ValueEncoding.Large, expiresAtMs);
        Entry entry = result.Entry;
        entry.Handle = _all.Values.Add(value);
        TouchedWhole(place);
        return result;
    }

    /// <summary>
    /// To be called before a collection changes in place, while its value is still whole; <see cref="EndChange"/> follows when the change is made. What
    /// creates, replaces or deletes keys says so by itself.
    /// </summary>
    public void BeginChange(Place place) => Changing(place.Entry);

    /// <summary>A collection has changed in place.</summary>
    public void EndChange(Place place) => Touched(place.Key, Change.Written);

    /// <summary>Between <see cref="BeginChange"/> and <see cref="EndChange"/>: another length for a flat buffer, its first bytes kept; the entry may move.</summary>
    public void Resize(ref Place place, int length)
    {
        Entry entry = place.Entry;
        int kept = Math.Min(length, entry.ValueLength);
        bool wastes = entry.Room.Length > WasteAllowed && length < entry.Room.Length / 2;
        if (length <= entry.Room.Length && !wastes)
        {
            entry.SetLength(length, entry.Encoding);
            return;
        }

        // What is large grows by an eighth ahead, so that a buffer filled element by element is not copied for each.
        int capacity = length > entry.Room.Length && length > Entry.InlineLimit ? length + (length >> 3) : length;
        Relocate(ref place, entry.Encoding, length, capacity, kept);
    }

    /// <summary>
    /// Between <see cref="BeginChange"/> and <see cref="EndChange"/>: the same elements have another form. A large object's successor is a flat buffer
    /// whose bytes are the caller's to fill.
    /// </summary>
    public void ConvertToCompact(ref Place place, ValueEncoding encoding, int length)
    {
        LargeValue? former = place.Entry.IsLarge ? _all.Values.Take(place.Entry.Handle) : null;
        Relocate(ref place, encoding, length, length, kept: 0);
        if (former != null) _all.Values.Drop(former);
    }

    /// <summary>Between <see cref="BeginChange"/> and <see cref="EndChange"/>: what was a flat buffer is now this object. Its bytes are gone.</summary>
    public void ConvertToLarge(ref Place place, LargeValue value)
    {
        Debug.Assert(!place.Entry.IsLarge);
        Relocate(ref place, ValueEncoding.Large, sizeof(long), sizeof(long), kept: 0);
        Entry entry = place.Entry;
        entry.Handle = _all.Values.Add(value);
    }

    /// <summary>The object behind an entry whose encoding is <see cref="ValueEncoding.Large"/>.</summary>
    public LargeValue LargeValueOf(Entry entry) => _all.Values[entry.Handle];

    /// <summary>
    /// A value in the making that nobody can find, for what must be whole before it takes its key: it is changed like any other, without
    /// <see cref="BeginChange"/>, and ends with <see cref="Publish"/> or <see cref="Discard"/>.
    /// </summary>
    public Place Draft(ReadOnlySpan<byte> key, ValueKind kind, ValueEncoding encoding, int length)
    {
        var slot = (ulong*)_all.Memory.Allocate(sizeof(ulong));
        *slot = (ulong)Entry.Create(_all.Memory, key, kind, encoding, length, length, isVolatile: false).Block;
        return new Place(key, hash: 0, slot);
    }

    /// <summary>Gives the draft its key, over whatever was there, and without an expiry.</summary>
    public void Publish(Place draft)
    {
        Entry entry = draft.Entry;
        _all.Memory.Free((byte*)draft.Slot, sizeof(ulong));
        entry.AccessBits = _all.Access.Fresh;
        entry.Mark = _all.SnapshotMark;
        Put(draft.Key, entry, isNewKey: false);
    }

    /// <summary>The draft and all that it holds is given back.</summary>
    public void Discard(Place draft)
    {
        _all.Values.Drop(draft.Entry);
        _all.Memory.Free((byte*)draft.Slot, sizeof(ulong));
    }

    public void Delete(Place place) => Remove(place.Entry, place.Hash, place.Slot, place.Key, Change.Deleted);

    /// <summary>Takes the entry out of this database and gives the key to the one that is to hold it, over whatever was there; the expiry goes along.</summary>
    public void MoveTo(Place source, Database target, ReadOnlySpan<byte> key)
    {
        Entry entry = source.Entry;
        Changing(entry);
        _table.Remove(source.Slot, source.Hash);
        if (entry.IsVolatile) _volatiles.Remove(entry);
        Touched(source.Key, Change.Deleted);

        Entry moved = entry.Rebuild(_all.Memory, key, entry.IsVolatile);
        if (entry.IsVolatile) moved.ExpiresAtMs = entry.ExpiresAtMs;
        entry.Free(_all.Memory);       // the block alone: the value has moved
        target.Put(key, moved, isNewKey: true);
    }

    /// <summary>Copies the entry under the key, over whatever was there.</summary>
    public void CopyTo(Entry entry, Database target, ReadOnlySpan<byte> key)
    {
        Entry copy = Entry.Create(_all.Memory, key, entry.Kind, entry.Encoding, entry.ValueLength, entry.ValueLength, entry.IsVolatile);
        if (entry.IsLarge) copy.Handle = _all.Values.Add(_all.Values[entry.Handle].Copy());
        else entry.Bytes.CopyTo(copy.WritableBytes);
        copy.AccessBits = _all.Access.Fresh;
        copy.Mark = _all.SnapshotMark;
        if (entry.IsVolatile) copy.ExpiresAtMs = entry.ExpiresAtMs;
        target.Put(key, copy, isNewKey: true);
    }

    public void SetExpiry(Place place, long expiresAtMs)
    {
        Entry entry = place.Entry;
        Changing(entry);
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
            BlockTable<EntryBlock>.Replace(place.Slot, moved.Block);
            _volatiles.Add(moved);
        }

        Touched(place.Key, Change.ExpiryChanged);
    }

    /// <summary>Takes the key's expiry away; false when it had none.</summary>
    public bool Persist(Place place)
    {
        Entry entry = place.Entry;
        if (!entry.IsVolatile) return false;

        Changing(entry);
        _volatiles.Remove(entry);
        Entry moved = entry.Rebuild(_all.Memory, place.Key, isVolatile: false);
        entry.Free(_all.Memory);
        BlockTable<EntryBlock>.Replace(place.Slot, moved.Block);
        Touched(place.Key, Change.ExpiryChanged);
        return true;
    }

    /// <summary>Adds entries at the cursor to the list, dead ones among them, and returns the next cursor. See <see cref="BlockTable{TBlock}.Scan"/>.</summary>
    public ulong Scan(ulong cursor, BlockList found) => _table.Scan(cursor, found);

    /// <summary>Any entry; dead ones among them. There must be one.</summary>
    public Entry PickRandom() => new(_table.PickRandom(ref _all.Random));

    /// <summary>
    /// Entries from anywhere, some of them perhaps twice or dead: candidates to evict. Those with an expiry alone, if so wanted. Each is picked on its own:
    /// neighbours would cost less, but what they compete for is the fate of their neighbourhood, and the longest unused keys elsewhere would stay.
    /// </summary>
    public int Sample(Span<nint> blocks, bool onlyVolatile)
    {
        long available = onlyVolatile ? _volatiles.Count : _table.Count;
        var count = (int)Math.Min(blocks.Length, available);
        for (int i = 0; i < count; i++)
        {
            Entry entry = onlyVolatile ? _volatiles.EntryAt(_all.NextRandom(_volatiles.Count)) : new Entry(_table.PickUniform(ref _all.Random));
            blocks[i] = (nint)entry.Block;
        }

        return count;
    }

    public List<TableShape> Shapes() => _table.Shapes();

    /// <summary>All entries, dead ones among them. Nothing may change meanwhile.</summary>
    public BlockWalk<EntryBlock> Walk() => _table.Walk();

    public static Entry EntryAt(nint block) => new((byte*)block);

    /// <summary>Deletes the key, dead or alive; false when it is not here, or has no expiry and only keys with one may go.</summary>
    public bool TryEvict(ReadOnlySpan<byte> key, bool onlyVolatile)
    {
        ulong hash = _all.Hash.Of(key);
        ulong* slot = _table.Find(key, hash);
        if (slot == null) return false;

        var place = new Place(key, hash, slot);
        if (onlyVolatile && !place.Entry.IsVolatile) return false;
        Delete(place);
        return true;
    }

    /// <summary>Forgets everything at once; the memory is given back at once too, or a slice at a time.</summary>
    public void Clear(bool inSlices)
    {
        _all.Watcher?.OnReplacing(this, other: null);
        BlockTable<EntryBlock> table = _table;
        VolatileIndex volatiles = _volatiles;
        _table = new BlockTable<EntryBlock>(_all.Values);
        _volatiles = new VolatileIndex(_all.Memory);
        _expiryPosition = 0;
        volatiles.Dispose();
        bool isKept = _all.Snapshot?.TryKeep(table) == true;      // which releases it when it has been walked
        if (!isKept && inSlices) _all.ReleaseLater(table);
        else if (!isKept) table.Dispose();
        _all.Watcher?.OnReplaced(this);
    }

    public void SwapWith(Database other)
    {
        _all.Watcher?.OnReplacing(this, other);
        _all.Watcher?.OnReplacing(other, this);
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

    private void NoteMiss(ReadOnlySpan<byte> key, bool isHeard)
    {
        _all.Misses++;
        if (isHeard) _all.Events?.OnEvent(KeyspaceEvents.KeyMiss, "keymiss"u8, key, Index);
    }

    private void Changing(Entry entry)
    {
        _all.Snapshot?.OnChanging(this, entry);
        _all.Watcher?.OnChanging(this, entry);
    }

    /// <summary>The choke point, with <see cref="Changing"/> before it: whatever must know of a change hangs here.</summary>
    private void Touched(ReadOnlySpan<byte> key, Change change) => _all.Watcher?.OnChanged(this, key, change);

    /// <summary>A whole value was set at the place, which says what was there before.</summary>
    private void TouchedWhole(Place before) => Touched(before.Key, before.Exists ? Change.Overwritten : Change.Created);

    /// <summary>An entry for the key with room for the value, over whatever was there; its content is the caller's to write.</summary>
    private Place Prepare(Place place, int length, ValueKind kind, ValueEncoding encoding, long expiresAtMs)
    {
        if (!place.Exists)
        {
            bool willExpire = expiresAtMs >= 0;
            Entry created = Entry.Create(_all.Memory, place.Key, kind, encoding, length, length, willExpire);
            if (willExpire) created.ExpiresAtMs = expiresAtMs;
            return Insert(place, created);
        }

        Entry old = place.Entry;
        Changing(old);
        if (expiresAtMs == KeepExpiry) expiresAtMs = old.ExpiresAtMs;
        bool isVolatile = expiresAtMs >= 0;
        uint accessBits = _all.Access.CountsFrequency ? old.AccessBits : _all.Access.Fresh;

        if (old.TryReuse(length, kind, encoding, isVolatile))
        {
            old.AccessBits = accessBits;
            if (isVolatile && old.ExpiresAtMs != expiresAtMs)
            {
                old.ExpiresAtMs = expiresAtMs;
                _volatiles.Refresh(old);
            }

            return place;
        }

        Entry entry = Entry.Create(_all.Memory, place.Key, kind, encoding, length, length, isVolatile);
        entry.AccessBits = accessBits;
        entry.Mark = _all.SnapshotMark;
        if (old.IsVolatile) _volatiles.Remove(old);
        _all.Values.Drop(old);
        BlockTable<EntryBlock>.Replace(place.Slot, entry.Block);
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
        entry.Mark = _all.SnapshotMark;
        ulong* slot = _table.Insert(entry.Block, place.Hash);
        if (entry.IsVolatile) _volatiles.Add(entry);
        _all.Events?.OnEvent(KeyspaceEvents.New, "new"u8, place.Key, Index);
        return new Place(place.Key, place.Hash, slot);
    }

    /// <param name="key">Of the entry.</param>
    /// <param name="entry">Takes the place of whatever was there.</param>
    /// <param name="isNewKey">Even where there was one: what stood here was not changed into it. So Redis tells of RENAME and COPY.</param>
    private void Put(ReadOnlySpan<byte> key, Entry entry, bool isNewKey)
    {
        Place place = Find(key);
        if (place.Exists)
        {
            Entry old = place.Entry;
            Changing(old);
            if (old.IsVolatile) _volatiles.Remove(old);
            _all.Values.Drop(old);
            BlockTable<EntryBlock>.Replace(place.Slot, entry.Block);
        }
        else
        {
            _table.Insert(entry.Block, place.Hash);
            isNewKey = true;
        }

        if (isNewKey) _all.Events?.OnEvent(KeyspaceEvents.New, "new"u8, key, Index);
        if (entry.IsVolatile) _volatiles.Add(entry);
        Touched(key, isNewKey ? Change.Created : Change.Overwritten);
    }

    private void Remove(Entry entry, ulong hash, ulong* slot, ReadOnlySpan<byte> key, Change change)
    {
        Changing(entry);
        _table.Remove(slot, hash);
        if (entry.IsVolatile) _volatiles.Remove(entry);
        Touched(key, change);
        _all.Values.Drop(entry);       // last: the key may be the entry's own
    }

    private void DeleteExpired(Entry entry, ulong hash, ulong* slot)
    {
        _all.ExpiredKeys++;
        _all.Events?.OnEvent(KeyspaceEvents.Expired, "expired"u8, entry.Key, Index);
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
        Relocate(ref place, old.Encoding, old.ValueLength, capacity, old.ValueLength);
    }

    /// <summary>Another block for the same key, with so many bytes of the value kept.</summary>
    private void Relocate(ref Place place, ValueEncoding encoding, int length, int capacity, int kept)
    {
        Entry old = place.Entry;
        Entry moved = Entry.Create(_all.Memory, place.Key, old.Kind, encoding, length, Math.Max(length, capacity), old.IsVolatile);
        moved.AccessBits = old.AccessBits;
        moved.Mark = old.Mark;
        if (kept > 0) old.Bytes[..kept].CopyTo(moved.WritableBytes);
        if (old.IsVolatile)
        {
            moved.ExpiresAtMs = old.ExpiresAtMs;
            moved.VolatilePosition = old.VolatilePosition;
            _volatiles.Refresh(moved);
        }

        old.Free(_all.Memory);
        BlockTable<EntryBlock>.Replace(place.Slot, moved.Block);
    }
}
