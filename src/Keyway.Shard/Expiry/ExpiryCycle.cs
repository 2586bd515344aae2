using System.Diagnostics;
using Keyway.Platform;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Expiry;

/// <summary>
/// Deletes keys whose time has run out though nobody looks at them. Each tick walks on over the keys that have an expiry; as long as there is more than
/// fits a slice, the next one follows as soon as others have had their turn.
/// </summary>
internal sealed class ExpiryCycle(ShardServer server)
{
    private const int VisitsPerSlice = 400_000;          // a walk in order: about a millisecond
    private const int DeletionsPerSlice = 2_000;
    private const int SliceDelayMs = 1;                  // other work comes in between
    private const double WeightOfLatest = 0.05;          // of the share of stale keys, which would jump otherwise

    private readonly Databases _databases = server.Databases;
    private LoopTimer? _timer;
    private int _firstDatabase;

    /// <summary>Off for tests that want keys to die by being looked at (DEBUG SET-ACTIVE-EXPIRE 0).</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Of the keys that have an expiry, about how many are dead and still here.</summary>
    public double StalePercent { get; private set; }

    /// <summary>How many slices ended before they had come round.</summary>
    public long CutShort { get; private set; }

    public TimeSpan Time { get; private set; }

    public void Tick()
    {
        if (server.IsReplica && !server.Pause.IsOn) server.Following.OwnExpiries.Tick();
        if (IsActive && _timer == null && !server.Pause.IsOn && !server.IsReplica) RunSlice();
    }

    public void ResetStatistics()
    {
        StalePercent = 0;
        CutShort = 0;
    }

    public void Stop() => _timer?.Cancel();

    private void RunSlice()
    {
        _timer = null;
        if (server.Pause.IsOn || server.IsReplica) return;

        server.BeginBatch();
        long started = Stopwatch.GetTimestamp();
        int effort = server.Settings.ActiveExpireEffort + 3;
        int allowedVisits = VisitsPerSlice / 4 * effort;
        int allowedDeletions = DeletionsPerSlice / 4 * effort;
        int visits = allowedVisits;
        int deletions = allowedDeletions;
        bool hasComeRound = true;

        // Each slice begins with another database, so that a large one does not keep the others waiting.
        _firstDatabase = (_firstDatabase + 1) % _databases.Count;
        for (int i = 0; i < _databases.Count; i++) hasComeRound &= _databases[(_firstDatabase + i) % _databases.Count].DeleteDue(ref visits, ref deletions);

        if (!hasComeRound) CutShort++;
        double stale = allowedVisits == visits ? 0 : (allowedDeletions - deletions) * 100.0 / (allowedVisits - visits);
        StalePercent = (stale * WeightOfLatest) + (StalePercent * (1 - WeightOfLatest));
        Time += Stopwatch.GetElapsedTime(started);
        server.Times.NoteEvent("expire-cycle", started);
        if (deletions <= 0) _timer = server.Loop.Schedule(SliceDelayMs, RunSlice);
    }
}
