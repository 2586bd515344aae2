namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>What all parts of one tagged-reply run share.</summary>
internal sealed class TagRun(int seed, TimeSpan shardTimeout, long requests)
{
    private long _largeValues;

    public int Seed => seed;

    /// <summary>The silence after which the gateway gives a shard's requests up.</summary>
    public TimeSpan ShardTimeout => shardTimeout;

    /// <summary>No faults, only polite clients.</summary>
    public bool Calm { get; init; }

    /// <summary>Transactions, waiting, subscriptions and the like among the requests.</summary>
    public bool HasSessions { get; init; } = true;

    public TagTally Tally { get; } = new();

    /// <summary>Clients hold it for reading while they have requests in flight; who needs silence takes it for writing.</summary>
    public ReaderWriterLockSlim Quiet { get; } = new();

    public bool Stopped { get; set; }

    /// <summary>Enough requests, and not for the most part refused ones.</summary>
    public bool IsDone => Stopped || (Tally.Requests >= requests && Tally.Own >= requests / 2);

    /// <summary>A value of 100 MB takes as long as ten thousand tags: one in so many requests.</summary>
    public bool TakeLargeValue()
    {
        if (Calm) return false;
        long due = Tally.Requests / 50_000;
        long taken = Interlocked.Read(ref _largeValues);
        return taken < due && Interlocked.CompareExchange(ref _largeValues, taken + 1, taken) == taken;
    }
}
