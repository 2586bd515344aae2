namespace Keyway.Shard.Replication.Serving;

/// <summary>Which of those that wait for a snapshot get the next one together, and when: pure, so that it can be tried without a server.</summary>
/// <param name="Group">Nobody: it is not time yet.</param>
/// <param name="ToSockets">The bytes go to them as they are made, not by way of a file.</param>
internal readonly record struct SyncPlan(IReadOnlyList<Replica> Group, bool ToSockets)
{
    private static readonly SyncPlan NotYet = new([], false);

    /// <param name="all">Who follows, whether waiting or not.</param>
    /// <param name="withoutDisk">repl-diskless-sync.</param>
    /// <param name="delayMs">How long the first may wait for others.</param>
    /// <param name="enough">So many need not wait; 0: never.</param>
    /// <param name="nowMs">The loop's time.</param>
    public static SyncPlan Decide(IReadOnlyList<Replica> all, bool withoutDisk, long delayMs, long enough, long nowMs)
    {
        // One snapshot has one content: who wants another part of the data waits for the next.
        Replica? first = null;
        var group = new List<Replica>();
        ReplicaCapabilities shared = ~ReplicaCapabilities.None;
        long longestMs = 0;
        foreach (Replica replica in all)
        {
            if (replica.State != ReplicaState.WaitsForStart) continue;
            first ??= replica;
            if (replica.Filter != first.Filter) continue;
            group.Add(replica);
            shared &= replica.Capabilities;
            longestMs = Math.Max(longestMs, nowMs - replica.AskedMs);
        }

        if (first == null) return NotYet;
        if (withoutDisk && (enough == 0 || group.Count < enough) && longestMs < delayMs) return NotYet;

        // A part of the data must not get into the file that a restart loads.
        bool toSockets = (withoutDisk || first.Filter != SnapshotFilter.None) && (shared & ReplicaCapabilities.EndMark) != 0;
        return new SyncPlan(group, toSockets);
    }
}
