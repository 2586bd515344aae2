namespace Keyway.Shard.Keyspace;

/// <summary>Keys whose time runs out.</summary>
internal sealed unsafe partial class Database
{
    public long VolatileCount => _volatiles.Count;

    public long VolatileIndexBytes => _volatiles.MemoryBytes;

    /// <summary>Whether the key is here, and its time has run out. Leaves no trace at all.</summary>
    public bool HoldsDead(ReadOnlySpan<byte> key)
    {
        ulong hash = _all.Hash.Of(key);
        ulong* slot = _table.Find(key, hash);
        return slot != null && IsDead(new Place(key, hash, slot).Entry);
    }

    public bool IsDead(Entry entry) => entry.IsVolatile && entry.ExpiresAtMs < _all.DeadBeforeMs;

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

    private void DeleteExpired(Entry entry, ulong hash, ulong* slot)
    {
        _all.ExpiredKeys++;
        _all.Events?.OnEvent(KeyspaceEvents.Expired, "expired"u8, entry.Key, Index);
        _all.Propagation.Expired(Index, entry.Key, _all.ExpiresLazily);
        Remove(entry, hash, slot, entry.Key, Change.Expired);
    }
}
