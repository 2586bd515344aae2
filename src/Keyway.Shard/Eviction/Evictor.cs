using System.Diagnostics;
using Keyway.Platform;
using Keyway.Shard.Configuration;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Eviction;

/// <summary>
/// Keeps the server within maxmemory: before each command, as many keys go as must, but only for so long as maxmemory-eviction-tenacity allows; the rest
/// goes between other work. What counts is all memory of keys and values and all buffers of clients.
/// </summary>
internal sealed class Evictor(ShardServer server)
{
    private const int KeysBetweenLooks = 16;
    private const int MostSamples = 64;           // more would be an exact order at the price of one
    private const int ReleasedBetweenLooks = 1_000;
    private const int RetryMs = 1;
    private const int EasyTenacity = 10;
    private const int UnlimitedTenacity = 100;

    private readonly Databases _databases = server.Databases;
    private readonly EvictionPool _pool = new();
    private readonly byte[] _key = new byte[256];
    private EvictionPolicy _policy;
    private long _limit;
    private int _samples;
    private long _patienceUs;
    private int _nextDatabase;
    private LoopTimer? _timer;
    private long _exceededSince;
    private long _exceededTicks;

    private enum Outcome
    {
        Enough,
        GoesOn,
        NothingLeft,
    }

    public long EvictedKeys { get; private set; }

    /// <summary>How long the server has been above its limit, all in all and this time.</summary>
    public TimeSpan TotalExceeded => server.Loop.Time.GetElapsedTime(0, _exceededTicks) + CurrentlyExceeded;

    public TimeSpan CurrentlyExceeded => _exceededSince == 0 ? TimeSpan.Zero : server.Loop.Time.GetElapsedTime(_exceededSince);

    /// <summary>The settings have changed.</summary>
    public void Apply(Settings settings)
    {
        _policy = EvictionPolicy.Parse(settings.MaxMemoryPolicy);
        _pool.Clear();
        long limit = settings.MaxMemory == 0 ? long.MaxValue : settings.MaxMemory;
        bool isLowered = limit != _limit && server.UsedMemory > limit;
        if (isLowered) ShardLog.MemoryAboveLimit(server.Logger, limit, server.UsedMemory, settings.MaxMemoryPolicy);
        _limit = limit;
        _samples = Math.Min(settings.MaxMemorySamples, MostSamples);
        _patienceUs = PatienceUs(settings.EvictionTenacity);
        if (server.UsedMemory > _limit) GoOnLater();
    }

    /// <summary>To be asked before each command.</summary>
    /// <returns>False when there is too little memory and nothing to evict: what may take more must be refused.</returns>
    public bool HasMemory() => server.UsedMemory <= _limit ? _exceededSince == 0 || NoteWithinLimit() : MakeRoom();

    public void ResetStatistics()
    {
        EvictedKeys = 0;
        _exceededTicks = 0;
        _exceededSince = 0;
    }

    public void Stop() => _timer?.Cancel();

    private bool NoteWithinLimit()
    {
        _exceededTicks += server.Loop.Time.GetTimestamp() - _exceededSince;
        _exceededSince = 0;
        return true;
    }

    private bool MakeRoom()
    {
        // What is paused must not change; afterwards there is time to make room. And what a replica holds is its master's to choose.
        if (server.Pause.IsOn || (server.IsReplica && server.Settings.ReplicaIgnoresMaxMemory)) return true;

        long started = server.Loop.Time.GetTimestamp();
        Outcome outcome = _policy.Order == EvictionOrder.Never ? Outcome.NothingLeft : Evict(started);
        if (outcome == Outcome.Enough)
        {
            if (_exceededSince != 0) NoteWithinLimit();
            return true;
        }

        if (_exceededSince == 0) _exceededSince = started;
        if (outcome == Outcome.GoesOn) GoOnLater();
        return outcome == Outcome.GoesOn;
    }

    private Outcome Evict(long started)
    {
        long cycle = Stopwatch.GetTimestamp();
        Outcome outcome = Outcome.Enough;
        for (int keys = 1; server.UsedMemory > _limit; keys++)
        {
            // What was dropped before is given back first, or more keys would go than must.
            if (_databases.HasPendingReleases)
            {
                server.ReleaseSome(ReleasedBetweenLooks);
            }
            else if (!TryEvictOne())
            {
                outcome = Outcome.NothingLeft;
                break;
            }

            bool isTooLong = keys % KeysBetweenLooks == 0 && server.Loop.Time.GetElapsedTime(started).TotalMicroseconds > _patienceUs;
            if (!isTooLong) continue;
            outcome = server.UsedMemory > _limit ? Outcome.GoesOn : Outcome.Enough;
            break;
        }

        server.Times.NoteEvent("eviction-cycle", cycle);
        server.Statistics.ClockTicks = Stopwatch.GetTimestamp();       // not the time of the command that had to wait for it
        return outcome;
    }

    private bool TryEvictOne() => _policy.Order == EvictionOrder.Random ? TryEvictAny() : TryEvictBest();

    private bool TryEvictBest()
    {
        while (true)
        {
            if (!Sample()) return false;

            // What is not there any more was evicted or deleted since it was sampled.
            while (_pool.TryTake(out int database, out ReadOnlySpan<byte> key))
            {
                if (TryEvict(_databases[database], key)) return true;
            }
        }
    }

    // A key of each database in turn.
    private bool TryEvictAny()
    {
        Span<nint> blocks = stackalloc nint[1];
        for (int i = 0; i < _databases.Count; i++)
        {
            _nextDatabase = (_nextDatabase + 1) % _databases.Count;
            Database database = _databases[_nextDatabase];
            if (database.Sample(blocks, _policy.OnlyVolatile) == 0) continue;

            ReadOnlySpan<byte> key = Database.EntryAt(blocks[0]).Key;
            Span<byte> copy = key.Length <= _key.Length ? _key.AsSpan(0, key.Length) : new byte[key.Length];
            key.CopyTo(copy);
            return TryEvict(database, copy);
        }

        return false;
    }

    private bool TryEvict(Database database, ReadOnlySpan<byte> key)
    {
        long deletion = Stopwatch.GetTimestamp();
        bool isLazy = server.Settings.LazyEviction;
        if (!database.TryEvict(key, _policy.OnlyVolatile)) return false;

        EvictedKeys++;
        server.Times.NoteEvent("eviction-del", deletion);
        server.Notify(KeyspaceEvents.Evicted, "evicted"u8, key, database.Index);
        _databases.Propagation.Evicted(database.Index, key, isLazy);
        return true;
    }

    /// <summary>Lets some keys of each database compete for the pool; false when there is none.</summary>
    private bool Sample()
    {
        Span<nint> blocks = stackalloc nint[MostSamples];
        bool isAny = false;
        for (int i = 0; i < _databases.Count; i++)
        {
            Database database = _databases[i];
            int count = database.Sample(blocks[.._samples], _policy.OnlyVolatile);
            isAny |= count > 0;
            foreach (nint block in blocks[..count])
            {
                Entry entry = Database.EntryAt(block);
                ulong score = Score(entry);
                if (_pool.Takes(score)) _pool.Add(i, entry.Key, score);
            }
        }

        return isAny;
    }

    private ulong Score(Entry entry) => _policy.Order switch
    {
        EvictionOrder.LongestUnused => (ulong)_databases.Access.IdleSeconds(entry),
        EvictionOrder.LeastUsed => (ulong)(byte.MaxValue - _databases.Access.Frequency(entry)),
        _ => ulong.MaxValue - (ulong)entry.ExpiresAtMs,
    };

    private void GoOnLater()
    {
        if (_timer is { IsPending: true }) return;
        _timer = server.Loop.Schedule(RetryMs, GoOn);
    }

    private void GoOn()
    {
        server.BeginBatch();
        HasMemory();
    }

    // Up to half a millisecond for tenacities up to ten, then an eighth more and again for each, up to a few minutes.
    private static long PatienceUs(int tenacity) => tenacity switch
    {
        <= EasyTenacity => 50L * tenacity,
        < UnlimitedTenacity => (long)(500 * Math.Pow(1.15, tenacity - EasyTenacity)),
        _ => long.MaxValue,
    };
}
