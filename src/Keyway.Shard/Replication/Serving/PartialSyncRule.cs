namespace Keyway.Shard.Replication.Serving;

internal static class PartialSyncRule
{
    /// <param name="identity">Ours.</param>
    /// <param name="log">What is kept; null where nothing is.</param>
    /// <param name="askedId">The history that the replica has a part of, or "?".</param>
    /// <param name="nextByte">The first byte of it that the replica lacks.</param>
    public static PartialSync Decide(ReplicationIdentity identity, ReplicationLog? log, string askedId, long nextByte)
    {
        if (!identity.Shares(askedId, nextByte))
        {
            if (askedId.StartsWith('?')) return PartialSync.NotAsked;
            return identity.IsFormer(askedId) ? PartialSync.BeyondFormerEnd : PartialSync.OtherHistory;
        }

        return log != null && log.Holds(nextByte) ? PartialSync.Accepted : PartialSync.NotKept;
    }
}
