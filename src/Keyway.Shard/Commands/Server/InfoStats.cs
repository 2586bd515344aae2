using System.Text;
using Keyway.Shard.Expiry;
using Keyway.Shard.PubSub;

namespace Keyway.Shard.Commands.Server;

/// <summary>INFO's section stats.</summary>
internal static class InfoStats
{
    public static void WriteStats(StringBuilder text, ShardServer server)
    {
        ServerStatistics statistics = server.Statistics;
        ExpiryCycle expiry = server.Expiry;
        text.Append("# Stats\r\n")
            .Field("total_connections_received", statistics.Connections)
            .Field("total_commands_processed", statistics.Commands)
            .Field("instantaneous_ops_per_sec", statistics.OperationsPerSecond)
            .Field("total_net_input_bytes", statistics.InputBytes)
            .Field("total_net_output_bytes", statistics.OutputBytes)
            .Field("total_net_repl_input_bytes", server.Following.ReceivedBytes)
            .Field("total_net_repl_output_bytes", statistics.ReplicaOutputBytes)
            .Field("instantaneous_input_kbps", statistics.InputKilobytesPerSecond)
            .Field("instantaneous_output_kbps", statistics.OutputKilobytesPerSecond)
            .Field("instantaneous_input_repl_kbps", 0.0)
            .Field("instantaneous_output_repl_kbps", statistics.ReplicaKilobytesPerSecond)
            .Field("rejected_connections", statistics.RejectedConnections)
            .Field("sync_full", statistics.FullSyncs)
            .Field("sync_partial_ok", statistics.PartialSyncs)
            .Field("sync_partial_err", statistics.RefusedPartialSyncs)
            .Field("expired_keys", server.Databases.ExpiredKeys)
            .Field("expired_stale_perc", expiry.StalePercent)
            .Field("expired_time_cap_reached_count", expiry.CutShort)
            .Field("expire_cycle_cpu_milliseconds", (long)expiry.Time.TotalMilliseconds)
            .Field("evicted_keys", server.Evictor.EvictedKeys)
            .Field("evicted_clients", server.ClientEvictor.EvictedClients)
            .Field("total_eviction_exceeded_time", (long)server.Evictor.TotalExceeded.TotalMilliseconds)
            .Field("current_eviction_exceeded_time", (long)server.Evictor.CurrentlyExceeded.TotalMilliseconds)
            .Field("keyspace_hits", server.Databases.Hits)
            .Field("keyspace_misses", server.Databases.Misses)
            .Field("pubsub_channels", server.Messages[ChannelKind.Channel].Count)
            .Field("pubsub_patterns", server.Messages[ChannelKind.Pattern].Count)
            .Field("pubsubshard_channels", server.Messages[ChannelKind.ShardChannel].Count)
            .Field("latest_fork_usec", 0)
            .Field("total_forks", server.Snapshots.Started)
            .Field("migrate_cached_sockets", 0)
            .Field("slave_expires_tracked_keys", server.Following.OwnExpiries.Count)
            .Field("active_defrag_hits", 0)
            .Field("active_defrag_misses", 0)
            .Field("active_defrag_key_hits", 0)
            .Field("active_defrag_key_misses", 0)
            .Field("total_active_defrag_time", 0)
            .Field("current_active_defrag_time", 0)
            .Field("tracking_total_keys", 0)
            .Field("tracking_total_items", 0)
            .Field("tracking_total_prefixes", 0)
            .Field("unexpected_error_replies", statistics.UnexpectedErrors)
            .Field("total_error_replies", statistics.Errors)
            .Field("dump_payload_sanitizations", 0)
            .Field("total_reads_processed", statistics.Reads)
            .Field("total_writes_processed", statistics.Writes)
            .Field("io_threaded_reads_processed", 0)
            .Field("io_threaded_writes_processed", 0)
            .Field("reply_buffer_shrinks", 0)
            .Field("reply_buffer_expands", 0);
    }
}
