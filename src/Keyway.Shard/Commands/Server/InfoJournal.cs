using System.Text;
using Keyway.Shard.Persistence.Journal;

namespace Keyway.Shard.Commands.Server;

/// <summary>What INFO's section persistence says of the journal.</summary>
internal static class InfoJournal
{
    public static StringBuilder JournalState(this StringBuilder text, ShardServer server)
    {
        Aof aof = server.Aof;
        AofRewrite rewrite = aof.Rewrite;
        return text
            .Field("aof_enabled", aof.IsOn ? 1 : 0)
            .Field("aof_rewrite_in_progress", rewrite.IsRunning ? 1 : 0)
            .Field("aof_rewrite_scheduled", rewrite.IsScheduled ? 1 : 0)
            .Field("aof_last_rewrite_time_sec", rewrite.LastSeconds)
            .Field("aof_current_rewrite_time_sec", rewrite.CurrentSeconds)
            .Field("aof_last_bgrewrite_status", rewrite.HasFailed ? "err" : "ok")
            .Field("aof_rewrites", rewrite.Started)
            .Field("aof_rewrites_consecutive_failures", rewrite.FailuresInARow)
            .Field("aof_last_write_status", aof.Failure == null ? "ok" : "err")
            .Field("aof_last_cow_size", rewrite.LastExtraBytes);
    }

    /// <summary>Only where there is one.</summary>
    public static StringBuilder JournalSizes(this StringBuilder text, ShardServer server)
    {
        Aof aof = server.Aof;
        if (!aof.IsOn) return text;
        return text
            .Field("aof_current_size", aof.Size)
            .Field("aof_base_size", aof.BaseSize)
            .Field("aof_pending_rewrite", aof.Rewrite.IsScheduled ? 1 : 0)
            .Field("aof_buffer_length", aof.Writer.Buffer.End - aof.Writer.Written)
            .Field("aof_pending_bio_fsync", aof.Writer.IsSyncing ? 1 : 0)
            .Field("aof_delayed_fsync", aof.Writer.DelayedSyncs);
    }
}
