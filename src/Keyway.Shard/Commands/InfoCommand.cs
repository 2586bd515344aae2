using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Keyway.Protocol.Commands;
using Keyway.Shard.Keyspace;
using Keyway.Shard.PubSub;

namespace Keyway.Shard.Commands;

/// <summary>INFO: Redis's sections and fields, so far as they mean something here.</summary>
internal static class InfoCommand
{
    private const string RedisVersion = "7.0.15";

    private static readonly (string Name, bool IsDefault, Action<StringBuilder, ShardServer> Write)[] Sections =
    [
        ("server", true, WriteServer),
        ("clients", true, WriteClients),
        ("memory", true, WriteMemory),
        ("persistence", true, WritePersistence),
        ("stats", true, WriteStats),
        ("replication", true, WriteReplication),
        ("cpu", true, WriteCpu),
        ("modules", true, static (text, _) => text.Append("# Modules\r\n")),
        ("commandstats", false, WriteCommandStats),
        ("errorstats", true, WriteErrorStats),
        ("cluster", true, static (text, _) => text.Append("# Cluster\r\ncluster_enabled:0\r\n")),
        ("keyspace", true, WriteKeyspace),
    ];

    // INFO [section [section ...]]
    public static void Info(ref CommandContext context)
    {
        var asked = new HashSet<string>();
        for (int i = 1; i < context.Arguments.Count; i++) asked.Add(Encoding.ASCII.GetString(context.Arguments[i]).ToLowerInvariant());
        bool wantsDefault = asked.Count == 0 || asked.Contains("default");
        bool wantsAll = asked.Contains("all") || asked.Contains("everything");

        var text = new StringBuilder(4096);
        foreach ((string name, bool isDefault, Action<StringBuilder, ShardServer> write) in Sections)
        {
            if (!wantsAll && !(wantsDefault && isDefault) && !asked.Contains(name)) continue;
            if (text.Length > 0) text.Append("\r\n");
            write(text, context.Server);
        }

        context.ReplyVerbatim(text.ToString());
    }

    private static void WriteServer(StringBuilder text, ShardServer server)
    {
        long uptime = (server.Loop.NowMs - server.StartedMs) / 1000;
        long microseconds = (server.Loop.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        text.Append("# Server\r\n")
            .Field("redis_version", RedisVersion)
            .Field("redis_git_sha1", "00000000")
            .Field("redis_git_dirty", 0)
            .Field("redis_build_id", "0")
            .Field("redis_mode", "standalone")
            .Field("os", $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}")
            .Field("arch_bits", Environment.Is64BitProcess ? 64 : 32)
            .Field("keyway_version", typeof(ShardServer).Assembly.GetName().Version?.ToString(3) ?? "")
            .Field("process_id", Environment.ProcessId)
            .Field("process_supervised", "no")
            .Field("run_id", server.RunId)
            .Field("tcp_port", server.Settings.Port)
            .Field("server_time_usec", microseconds)
            .Field("uptime_in_seconds", uptime)
            .Field("uptime_in_days", uptime / 86400)
            .Field("hz", server.Settings.Hz)
            .Field("configured_hz", server.Settings.Hz)
            .Field("lru_clock", (microseconds / 1_000_000) & 0xFFFFFF)
            .Field("executable", Environment.ProcessPath ?? "")
            .Field("config_file", "")
            .Field("io_threads_active", 0);
    }

    private static void WriteClients(StringBuilder text, ShardServer server) =>
        text.Append("# Clients\r\n")
            .Field("connected_clients", server.ClientCount)
            .Field("cluster_connections", 0)
            .Field("maxclients", server.Settings.MaxClients)
            .Field("blocked_clients", server.Blocked.Count)
            .Field("tracking_clients", 0)
            .Field("clients_in_timeout_table", server.Blocked.CountWithTimeout);

    private static void WriteMemory(StringBuilder text, ShardServer server)
    {
        SlabAllocator memory = server.Databases.Memory;
        long used = server.UsedMemory;
        long peak = Math.Max(server.Statistics.PeakMemory, used);
        long total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long resident = Environment.WorkingSet;
        text.Append("# Memory\r\n")
            .Field("used_memory", used)
            .Field("used_memory_human", Human(used))
            .Field("used_memory_rss", resident)
            .Field("used_memory_rss_human", Human(resident))
            .Field("used_memory_peak", peak)
            .Field("used_memory_peak_human", Human(peak))
            .Field("used_memory_peak_perc", peak == 0 ? "100.00%" : $"{used * 100.0 / peak:F2}%")
            .Field("used_memory_startup", 0)
            .Field("used_memory_dataset", used)
            .Field("used_memory_dataset_perc", "100.00%")
            .Field("allocator_allocated", used)
            .Field("allocator_active", memory.ReservedBytes)
            .Field("allocator_resident", memory.ReservedBytes)
            .Field("total_system_memory", total)
            .Field("total_system_memory_human", Human(total))
            .Field("used_memory_lua", 0)
            .Field("used_memory_lua_human", Human(0))
            .Field("maxmemory", server.Settings.MaxMemory)
            .Field("maxmemory_human", Human(server.Settings.MaxMemory))
            .Field("maxmemory_policy", server.Settings.MaxMemoryPolicy)
            .Field("allocator_frag_ratio", used == 0 ? "1.00" : $"{memory.ReservedBytes / (double)used:F2}")
            .Field("allocator_frag_bytes", memory.ReservedBytes - used)
            .Field("mem_fragmentation_ratio", used == 0 ? "1.00" : $"{resident / (double)used:F2}")
            .Field("mem_fragmentation_bytes", resident - used)
            .Field("mem_not_counted_for_evict", 0)
            .Field("mem_replication_backlog", 0)
            .Field("mem_clients_slaves", 0)
            .Field("mem_clients_normal", ClientBytes(server))
            .Field("mem_aof_buffer", 0)
            .Field("mem_allocator", "keyway-slabs")
            .Field("active_defrag_running", 0)
            .Field("lazyfree_pending_objects", server.Databases.PendingReleases)
            .Field("lazyfreed_objects", server.Statistics.ReleasedKeys);
    }

    private static void WritePersistence(StringBuilder text, ShardServer server) =>
        text.Append("# Persistence\r\n")
            .Field("loading", 0)
            .Field("async_loading", 0)
            .Field("rdb_changes_since_last_save", server.Propagation.Dirty)
            .Field("rdb_bgsave_in_progress", 0)
            .Field("rdb_last_bgsave_status", "ok")
            .Field("rdb_last_bgsave_time_sec", -1)
            .Field("rdb_current_bgsave_time_sec", -1)
            .Field("aof_enabled", 0)
            .Field("aof_rewrite_in_progress", 0)
            .Field("aof_rewrite_scheduled", 0)
            .Field("aof_last_rewrite_time_sec", -1)
            .Field("aof_current_rewrite_time_sec", -1)
            .Field("aof_last_bgrewrite_status", "ok")
            .Field("aof_last_write_status", "ok");

    private static void WriteStats(StringBuilder text, ShardServer server)
    {
        ServerStatistics statistics = server.Statistics;
        text.Append("# Stats\r\n")
            .Field("total_connections_received", statistics.Connections)
            .Field("total_commands_processed", statistics.Commands)
            .Field("instantaneous_ops_per_sec", statistics.OperationsPerSecond)
            .Field("total_net_input_bytes", statistics.InputBytes)
            .Field("total_net_output_bytes", statistics.OutputBytes)
            .Field("instantaneous_input_kbps", $"{statistics.InputKilobytesPerSecond:F2}")
            .Field("instantaneous_output_kbps", $"{statistics.OutputKilobytesPerSecond:F2}")
            .Field("rejected_connections", statistics.RejectedConnections)
            .Field("sync_full", 0)
            .Field("sync_partial_ok", 0)
            .Field("sync_partial_err", 0)
            .Field("expired_keys", server.Databases.ExpiredKeys)
            .Field("evicted_keys", server.Evictor.EvictedKeys)
            .Field("evicted_clients", 0)
            .Field("keyspace_hits", server.Databases.Hits)
            .Field("keyspace_misses", server.Databases.Misses)
            .Field("pubsub_channels", server.Messages[ChannelKind.Channel].Count)
            .Field("pubsub_patterns", server.Messages[ChannelKind.Pattern].Count)
            .Field("pubsubshard_channels", server.Messages[ChannelKind.ShardChannel].Count)
            .Field("latest_fork_usec", 0)
            .Field("total_forks", 0)
            .Field("migrate_cached_sockets", 0)
            .Field("slave_expires_tracked_keys", 0)
            .Field("active_defrag_hits", 0)
            .Field("active_defrag_misses", 0)
            .Field("active_defrag_key_hits", 0)
            .Field("active_defrag_key_misses", 0)
            .Field("tracking_total_keys", 0)
            .Field("tracking_total_items", 0)
            .Field("tracking_total_prefixes", 0)
            .Field("unexpected_error_replies", 0)
            .Field("total_error_replies", statistics.Errors)
            .Field("total_reads_processed", statistics.Reads)
            .Field("total_writes_processed", statistics.Writes);
    }

    private static void WriteReplication(StringBuilder text, ShardServer server) =>
        text.Append("# Replication\r\n")
            .Field("role", "master")
            .Field("connected_slaves", 0)
            .Field("master_failover_state", "no-failover")
            .Field("master_replid", server.ReplicationId)
            .Field("master_replid2", new string('0', 40))
            .Field("master_repl_offset", 0)
            .Field("second_repl_offset", -1)
            .Field("repl_backlog_active", 0)
            .Field("repl_backlog_size", 1048576)
            .Field("repl_backlog_first_byte_offset", 0)
            .Field("repl_backlog_histlen", 0);

    private static void WriteCpu(StringBuilder text, ShardServer server)
    {
        Environment.ProcessCpuUsage usage = Environment.CpuUsage;
        text.Append("# CPU\r\n")
            .Field("used_cpu_sys", Seconds(usage.PrivilegedTime))
            .Field("used_cpu_user", Seconds(usage.UserTime))
            .Field("used_cpu_sys_children", "0.000000")
            .Field("used_cpu_user_children", "0.000000");
    }

    private static void WriteCommandStats(StringBuilder text, ShardServer server)
    {
        text.Append("# Commandstats\r\n");
        foreach (Command command in CommandTable.All)
        {
            CommandCounts counts = server.Statistics.ByCommand[command.Id];
            if (counts.Calls == 0 && counts.Rejected == 0) continue;

            double microseconds = counts.Ticks * 1e6 / Stopwatch.Frequency;
            double each = counts.Calls == 0 ? 0 : microseconds / counts.Calls;
            text.Append(CultureInfo.InvariantCulture, $"cmdstat_{command.Name}:calls={counts.Calls},usec={(long)microseconds},usec_per_call={each:F2},")
                .Append(CultureInfo.InvariantCulture, $"rejected_calls={counts.Rejected},failed_calls={counts.Failed}\r\n");
        }
    }

    private static void WriteErrorStats(StringBuilder text, ShardServer server)
    {
        text.Append("# Errorstats\r\n");
        foreach ((string code, long count) in server.Statistics.ErrorsByCode) text.Append(CultureInfo.InvariantCulture, $"errorstat_{code}:count={count}\r\n");
    }

    private static void WriteKeyspace(StringBuilder text, ShardServer server)
    {
        text.Append("# Keyspace\r\n");
        for (int i = 0; i < server.Databases.Count; i++)
        {
            Database database = server.Databases[i];
            if (database.Count > 0)
                text.Append(CultureInfo.InvariantCulture, $"db{i}:keys={database.Count},expires={database.VolatileCount},avg_ttl={database.AverageTtlMs()}\r\n");
        }
    }

    private static StringBuilder Field(this StringBuilder text, string name, string value) => text.Append(name).Append(':').Append(value).Append("\r\n");

    private static StringBuilder Field(this StringBuilder text, string name, long value) => text.Append(name).Append(':').Append(value).Append("\r\n");

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture);

    private static long ClientBytes(ShardServer server)
    {
        long bytes = 0;
        for (ClientSession? client = server.FirstClient; client != null; client = client.Next) bytes += client.HeldBytes + client.Reply.Length;
        return bytes;
    }

    private static string Human(long bytes)
    {
        string[] units = ["B", "K", "M", "G", "T", "P"];
        if (bytes < 1024) return $"{bytes}B";
        double value = bytes;
        int unit = 0;
        for (; value >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:F2}{units[unit]}");
    }
}
