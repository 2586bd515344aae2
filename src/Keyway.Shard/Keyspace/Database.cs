using System.Runtime.CompilerServices;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// One numbered keyspace. Every change of a key passes <see cref="Touched"/>; a key whose time has run out is gone for whoever looks, and is deleted
/// when somebody does.
/// </summary>
internal sealed unsafe partial class Database
{
    public const long NoExpiry = -1;

    /// <summary>For writes: leave the key's expiry as it is.</summary>
    public const long KeepExpiry = -2;

    private const int BucketsMovedPerSearch = 2;

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

    public long Buckets => _table.Buckets;

    /// <summary>About the bytes by which keys are found, those with an expiry twice.</summary>
    public long TableBytes => (_table.Buckets * BucketArray.BucketBytes) + _table.MemoryBytes + _volatiles.MemoryBytes;

    public bool IsResizing => _table.IsResizing;

    /// <summary>Finds the key, dead ones deleted on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Place Find(ReadOnlySpan<byte> key, Lookup lookup)
    {
        bool writes = lookup == Lookup.Write;
        Place place = Find(key, deletes: writes);
        if (!writes)
        {
            if (place.Exists) _all.Hits++;
            else NoteMiss(key, isHeard: lookup != Lookup.Examine);
        }

        if (place.Exists && lookup is (Lookup.Read or Lookup.Write)) _all.Access.Touch(place.Entry);
        return place;
    }

    /// <summary>Finds the key and leaves no trace, but that a dead one is deleted.</summary>
    public Place Find(ReadOnlySpan<byte> key) => Find(key, deletes: true);

    // What only reads deletes nothing on a replica, be it one that may be written to: what a write meets is gone for that write.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Place Find(ReadOnlySpan<byte> key, bool deletes)
    {
        if (_table.IsResizing) _table.MoveBuckets(BucketsMovedPerSearch);

        ulong hash = _all.Hash.Of(key);
        ulong* slot = _table.Find(key, hash);
        var place = new Place(key, hash, slot);
        if (slot == null || !IsDead(place.Entry)) return place;
        if (_all.LeavesDead || (!deletes && _all.IsReplica)) return new Place(key, hash, null);

        DeleteExpired(place.Entry, hash, slot);
        return new Place(key, hash, null);
    }

    /// <summary>So many keys are to come into a database that has had none yet.</summary>
    public void Reserve(long keys) => _table.Reserve(keys);

    /// <summary>Finds the key, dead or alive, and leaves no trace: for who makes a database of what is to be in it.</summary>
    public Place FindAnyway(ReadOnlySpan<byte> key)
    {
        if (_table.IsResizing) _table.MoveBuckets(BucketsMovedPerSearch);
        ulong hash = _all.Hash.Of(key);
        return new Place(key, hash, _table.Find(key, hash));
    }

    /// <summary>Whether the key is here, dead or alive. Leaves no trace at all.</summary>
    public bool Holds(ReadOnlySpan<byte> key) => _table.Find(key, _all.Hash.Of(key)) != null;

    /// <summary>What the key holds, dead or alive; null if it is not here. Leaves no trace at all, so that who hears of a change may ask in the midst of it.</summary>
    public ValueKind? KindOf(ReadOnlySpan<byte> key)
    {
        ulong hash = _all.Hash.Of(key);
        ulong* slot = _table.Find(key, hash);
        return slot == null ? null : new Place(key, hash, slot).Entry.Kind;
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
        copy.IsCopy = true;
        if (entry.IsVolatile) copy.ExpiresAtMs = entry.ExpiresAtMs;
        target.Put(key, copy, isNewKey: true);
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

    private Place Insert(Place place, Entry entry)
    {
        // Who has looked for the key as one who reads has left a dead one where it was.
        if (_all.IsReplica) Find(place.Key);

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
}
