namespace Keyway.Sentinel.Core;

/// <summary>Which replica becomes the master.</summary>
internal static class ReplicaChoice
{
    // What is older says nothing about now.
    private const int PingPeriodsValid = 5;
    private const int InfoPeriodsValid = 3;

    // A replica may have been cut off from its master this much longer than the master has been down.
    private const int DownAfterPeriodsApart = 10;

    public static MonitoredReplica? Best(MonitoredMaster master, SentinelContext context)
    {
        MonitoredReplica? best = null;
        foreach (MonitoredReplica replica in master.Replicas.Values)
        {
            if (IsFit(replica, master, context) && (best == null || Compare(replica, best) < 0)) best = replica;
        }
        return best;
    }

    private static bool IsFit(MonitoredReplica replica, MonitoredMaster master, SentinelContext context)
    {
        SentinelConstants constants = context.Constants;
        if (replica.IsSubjectivelyDown || replica.IsObjectivelyDown || replica.Link.Disconnected || replica.Priority == 0) return false;
        if (context.Since(replica.Link.LastAvailable) > constants.PingPeriod * PingPeriodsValid) return false;

        // Replicas of a master that is down are asked every second.
        long infoValidMs = master.IsSubjectivelyDown ? constants.PingPeriod * PingPeriodsValid : (long)constants.InfoPeriod * InfoPeriodsValid;
        if (context.Since(replica.InfoRefresh) > infoValidMs) return false;

        long masterDownMs = master.IsSubjectivelyDown ? context.Since(master.SubjectivelyDownSince) : 0;
        return replica.MasterLinkDownMs <= masterDownMs + (long)master.DownAfterMs * DownAfterPeriodsApart;
    }

    // Below 0: the first is the better one.
    private static int Compare(MonitoredReplica first, MonitoredReplica second)
    {
        if (first.Priority != second.Priority) return first.Priority.CompareTo(second.Priority);
        if (first.ReplicationOffset != second.ReplicationOffset) return second.ReplicationOffset.CompareTo(first.ReplicationOffset);
        if (first.RunId == null || second.RunId == null) return (first.RunId == null).CompareTo(second.RunId == null);
        return string.Compare(first.RunId, second.RunId, StringComparison.OrdinalIgnoreCase);
    }
}
