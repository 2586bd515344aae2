using Keyway.Shard.Effects;

namespace Keyway.Shard.Keyspace;

/// <summary>All numbered keyspaces of a server, and what they share: memory, the hash's secret, the clock, the counts. One thread.</summary>
internal sealed class Databases : IDisposable
{
    private readonly Database[] _databases;
    private readonly Queue<EntryTable> _toRelease = new();

    /// <summary>State of a random generator; not zero.</summary>
    public ulong Random;

    public Databases(int count, KeyHash hash, ulong seed, Propagation propagation)
    {
        Hash = hash;
        Random = seed | 1;
        Propagation = propagation;
        Access = new AccessClock(seed);
        _databases = new Database[count];
        for (int i = 0; i < count; i++) _databases[i] = new Database(this, i);
    }

    public SlabAllocator Memory { get; } = new();

    public KeyHash Hash { get; }

    public Propagation Propagation { get; }

    public AccessClock Access { get; }

    public IChangeWatcher? Watcher { get; set; }

    public int Count => _databases.Length;

    public Database this[int index] => _databases[index];

    /// <summary>The wall clock in Unix ms, as of the command that runs: time stands still within one.</summary>
    public long NowMs { get; private set; }

    /// <summary>Whether keys that expire leave as UNLINK rather than DEL (lazyfree-lazy-expire).</summary>
    public bool ExpiresLazily { get; set; }

    public long Hits { get; set; }

    public long Misses { get; set; }

    public long ExpiredKeys { get; set; }

    /// <summary>Keys that FLUSHALL ASYNC and its like have dropped, but whose memory is not given back yet.</summary>
    public long PendingReleases { get; private set; }

    public long TotalKeys
    {
        get
        {
            long keys = 0;
            foreach (Database database in _databases) keys += database.Count;
            return keys;
        }
    }

    public void SetTime(long nowMs)
    {
        NowMs = nowMs;
        Access.Tick(nowMs);
    }

    public void ReleaseLater(EntryTable table)
    {
        _toRelease.Enqueue(table);
        PendingReleases += table.Count;
    }

    /// <summary>Gives back the memory of about so many dropped keys; false when there is nothing more to do.</summary>
    public bool ReleaseSome(int keys)
    {
        while (keys > 0 && _toRelease.TryPeek(out EntryTable? table))
        {
            long before = table.Count;
            bool isLeft = table.FreeSome(keys);
            PendingReleases -= before - table.Count;
            keys -= (int)(before - table.Count);
            if (isLeft) break;

            table.Dispose();
            _toRelease.Dequeue();
        }

        return _toRelease.Count > 0;
    }

    public void Dispose()
    {
        foreach (Database database in _databases) database.Dispose();
        while (_toRelease.TryDequeue(out EntryTable? table)) table.Dispose();
        Memory.Dispose();
    }
}
