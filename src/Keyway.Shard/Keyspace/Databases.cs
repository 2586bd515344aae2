using System.Diagnostics;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace.Snapshots;

namespace Keyway.Shard.Keyspace;

/// <summary>All numbered keyspaces of a server, and what they share: memory, the hash's secret, the clock, the counts. One thread.</summary>
internal sealed class Databases : IDisposable
{
    private readonly Database[] _databases;
    private readonly Databases? _first;                  // beside which these were made
    private readonly Queue<BlockTable<EntryBlock>> _toRelease = new();

    private long _pendingKeys;
    private long _releasedKeys;

    /// <summary>State of a random generator; not zero.</summary>
    public ulong Random;

    public Databases(int count, KeyHash hash, ulong seed, Propagation propagation)
    {
        Memory = new SlabAllocator();
        Values = new ValueStore(Memory, hash);
        Random = seed | 1;
        Propagation = propagation;
        Access = new AccessClock(seed);
        _databases = new Database[count];
        for (int i = 0; i < count; i++) _databases[i] = new Database(this, i);
    }

    private Databases(Databases first)
    {
        _first = first;
        Memory = first.Memory;
        Values = first.Values;
        Random = first.Random;
        Propagation = new Propagation();
        Access = first.Access;
        NowMs = first.NowMs;
        SnapshotMark = first.SnapshotMark;
        _databases = new Database[first.Count];
        for (int i = 0; i < _databases.Length; i++) _databases[i] = new Database(this, i);
    }

    public SlabAllocator Memory { get; }

    public ValueStore Values { get; }

    public KeyHash Hash => Values.Hash;

    public Propagation Propagation { get; }

    public AccessClock Access { get; }

    public IChangeWatcher? Watcher { get; set; }

    /// <summary>Hears of events that happen in here, rather than in a command's handler. Null while nobody has asked for such.</summary>
    public IKeyEvents? Events { get; set; }

    /// <summary>
    /// The snapshot that is being taken. It hears of changes before anybody else. Databases beside these share it: one that is given up still walks the tables
    /// that they may have got from these.
    /// </summary>
    public Snapshot? Snapshot { get => _first == null ? field : _first.Snapshot; private set; }

    /// <summary>What entries carry that the running snapshot has, or that came after its instant; between snapshots all do.</summary>
    public bool SnapshotMark { get; private set; }

    /// <summary>There is no key in any of them.</summary>
    public bool IsEmpty => Array.TrueForAll(_databases, database => database.Count == 0);

    public int Count => _databases.Length;

    public Database this[int index] => _databases[index];

    /// <summary>The wall clock in Unix ms, as of the command that runs: time stands still within one.</summary>
    public long NowMs { get; private set; }

    /// <summary>
    /// What happened elsewhere or before is repeated just now: a key whose time has run out since is as alive as it was then, and its end follows.
    /// </summary>
    public bool IsReplaying
    {
        get;
        set
        {
            field = value;
            DeadBeforeMs = value ? long.MinValue : NowMs;
        }
    }

    /// <summary>Keys that expire before this are dead.</summary>
    public long DeadBeforeMs { get; private set; }

    /// <summary>A dead key is gone for whoever looks, but stays where it is: while writes are paused nothing may change.</summary>
    public bool KeepsDead { get; set; }

    /// <summary>
    /// Somebody else says when keys are to go: a key whose time has run out is gone for whoever looks, but stays until the master's DEL comes.
    /// </summary>
    public bool IsReplica { get; set; }

    /// <summary>On a replica that may be written to, a write deletes the dead key that it meets.</summary>
    public bool ReplicaDeletesDead { get; set; }

    /// <summary>Whether a dead key that is met stays where it is.</summary>
    public bool LeavesDead => KeepsDead || (IsReplica && !ReplicaDeletesDead);

    /// <summary>Whether keys that expire leave as UNLINK rather than DEL (lazyfree-lazy-expire).</summary>
    public bool ExpiresLazily { get; set; }

    public long Hits { get; set; }

    public long Misses { get; set; }

    public long ExpiredKeys { get; set; }

    /// <summary>Keys that FLUSHALL ASYNC and its like have dropped, and large values: all whose memory is not given back yet.</summary>
    public long PendingReleases => _pendingKeys + Values.PendingValues;

    /// <summary>Those whose memory has been given back a slice at a time.</summary>
    public long ReleasedObjects => _releasedKeys + Values.FreedValues;

    /// <summary>Whether memory waits to be given back.</summary>
    public bool HasPendingReleases => _toRelease.Count > 0 || Values.PendingValues > 0;

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
        if (!IsReplaying) DeadBeforeMs = nowMs;
        Memory.BeginTurn();
        Access.Tick(nowMs);
    }

    /// <summary>A number from 0 to below the bound.</summary>
    public int NextRandom(int bound)
    {
        // xorshift64*: see BlockTable.
        Random ^= Random >> 12;
        Random ^= Random << 25;
        Random ^= Random >> 27;
        return (int)((UInt128)(Random * 0x2545F4914F6CDD1D) * (uint)bound >> 64);
    }

    /// <summary>Fixes this instant: what the snapshot will hold is what is here now. One at a time.</summary>
    public Snapshot BeginSnapshot(ISnapshotWriter writer)
    {
        Debug.Assert(Snapshot == null, "entries have one mark only");
        SnapshotMark = !SnapshotMark;
        Snapshot = new Snapshot(this, writer);
        return Snapshot;
    }

    public void EndSnapshot() => Snapshot = null;

    public void ReleaseLater(BlockTable<EntryBlock> table)
    {
        if (_first != null)
        {
            _first.ReleaseLater(table);
            return;
        }

        _toRelease.Enqueue(table);
        _pendingKeys += table.Count;
    }

    /// <summary>Gives back the memory of about so many dropped keys and elements; false when there is nothing more to do.</summary>
    public bool ReleaseSome(int keys)
    {
        while (keys > 0 && _toRelease.TryPeek(out BlockTable<EntryBlock>? table))
        {
            long before = table.Count;
            bool isLeft = table.FreeSome(keys);
            long released = before - table.Count;
            _pendingKeys -= released;
            _releasedKeys += released;
            keys -= (int)released;
            if (isLeft) break;

            table.Dispose();
            _toRelease.Dequeue();
        }

        bool isValueLeft = Values.FreeSome(ref keys);
        return _toRelease.Count > 0 || isValueLeft;
    }

    /// <summary>Whether a key that is given this time would be dead at once. On a replica it is not: its master decides.</summary>
    public bool IsPast(long expiresAtMs) => expiresAtMs <= NowMs && !IsReplica;

    /// <summary>Forgets all keys; their memory is given back a slice at a time.</summary>
    public void ClearAll()
    {
        foreach (Database database in _databases) database.Clear(inSlices: true);
    }

    /// <summary>
    /// As many databases again, empty, in the same memory: what is loaded there can take the place of what is here. Until it has, or was cleared, no
    /// snapshot may begin or be under way: entries there would bear the wrong mark.
    /// </summary>
    public Databases MakeBeside() => new(this);

    /// <summary>What is in those databases takes the place of what is in these, and the other way round.</summary>
    public void SwapWith(Databases beside)
    {
        for (int i = 0; i < Count; i++) _databases[i].SwapWith(beside[i]);
    }

    public void Dispose()
    {
        Snapshot?.Dispose();
        foreach (Database database in _databases) database.Dispose();
        while (_toRelease.TryDequeue(out BlockTable<EntryBlock>? table)) table.Dispose();
        Values.FreeAll();
        Memory.Dispose();
    }
}
