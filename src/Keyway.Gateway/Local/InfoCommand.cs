using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Keyway.Gateway.Metrics;
using Keyway.Gateway.Subscriptions;
using Keyway.Protocol;

namespace Keyway.Gateway.Local;

/// <summary>
/// INFO in Redis's shape, so that clients and exporters find what they look for: the figures are the gateway's own, and the sections Keyway and
/// Shards say what no Redis has.
/// </summary>
internal static class InfoCommand
{
    private delegate void Section(StringBuilder text, InfoSource source);

    private sealed record InfoSource(GatewayInfo Info, PoolDefinition Pool, GatewaySnapshot Snapshot)
    {
        public PoolSnapshot Counters { get; } = CountersOf(Pool.Name, Snapshot, Info.CountsSince);

        private static PoolSnapshot CountersOf(string pool, GatewaySnapshot now, GatewaySnapshot? before)
        {
            PoolSnapshot counters = now.Pools.First(one => one.Name == pool);
            return before?.Pools.FirstOrDefault(one => one.Name == pool) is { } counted ? counters.Since(counted) : counters;
        }
    }

    private static readonly (string Name, bool IsDefault, Section Write)[] Sections =
    [
        ("server", true, WriteServer),
        ("clients", true, WriteClients),
        ("memory", true, WriteMemory),
        ("persistence", true, WritePersistence),
        ("stats", true, WriteStats),
        ("replication", true, WriteReplication),
        ("cpu", true, WriteCpu),
        ("modules", true, (text, _) => text.Append("# Modules\r\n")),
        ("commandstats", false, WriteCommandStats),
        ("errorstats", true, (text, _) => text.Append("# Errorstats\r\n")),

        // Clients of clusters go away without it; to others it says nothing, as long as redis_mode says standalone.
        ("cluster", true, (text, _) => text.Append("# Cluster\r\ncluster_enabled:1\r\n")),
        ("keyspace", true, (text, _) => text.Append("# Keyspace\r\n")),
        ("keyway", true, WriteKeyway),
        ("shards", true, WriteShards),
    ];

    // INFO [section [section ...]]
    public static void Info(in LocalCall call)
    {
        var wanted = new HashSet<string>();
        for (int i = 1; i < call.Arguments.Count; i++)
            wanted.Add(Encoding.UTF8.GetString(call.Arguments[i]).ToLowerInvariant());
        bool defaults = wanted.Count == 0 || wanted.Contains("default");
        bool all = wanted.Contains("all") || wanted.Contains("everything");

        var source = new InfoSource(call.Session.Loop.Info, call.Session.Pool.Definition, call.Session.Loop.Info.TakeSnapshot());
        var text = new StringBuilder();
        foreach ((string name, bool isDefault, Section write) in Sections)
        {
            if (!(all || (defaults && isDefault) || wanted.Contains(name))) continue;
            if (text.Length > 0) text.Append("\r\n");
            write(text, source);
        }
        call.Reply.WriteVerbatim(Encoding.UTF8.GetBytes(text.ToString()), call.Resp3);
    }

    private static void Line(StringBuilder text, string name, object value) => text.Append(CultureInfo.InvariantCulture, $"{name}:{value}\r\n");

    private static void WriteServer(StringBuilder text, InfoSource source)
    {
        text.Append("# Server\r\n");
        Line(text, "redis_version", GatewayInfo.RedisVersion);
        Line(text, "redis_git_sha1", "00000000");
        Line(text, "redis_git_dirty", 0);
        Line(text, "redis_build_id", source.Info.RunId[..Math.Min(16, source.Info.RunId.Length)]);
        Line(text, "redis_mode", "standalone");
        Line(text, "os", $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}");
        Line(text, "arch_bits", 64);
        Line(text, "process_id", Environment.ProcessId);
        Line(text, "run_id", source.Info.RunId);
        Line(text, "tcp_port", source.Pool.Listen.OfType<IPEndPoint>().FirstOrDefault()?.Port ?? 0);
        Line(text, "server_time_usec", (source.Info.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        Line(text, "uptime_in_seconds", (long)source.Info.Uptime.TotalSeconds);
        Line(text, "uptime_in_days", (long)source.Info.Uptime.TotalDays);
        Line(text, "hz", 100);
        Line(text, "configured_hz", 100);
        Line(text, "executable", Environment.ProcessPath ?? "");
        Line(text, "config_file", source.Info.ConfigPath);
    }

    private static void WriteClients(StringBuilder text, InfoSource source)
    {
        text.Append("# Clients\r\n");
        Line(text, "connected_clients", source.Counters.Clients);
        Line(text, "cluster_connections", 0);
        Line(text, "maxclients", source.Info.Settings.MaxClientsOf(source.Pool));
        Line(text, "blocked_clients", source.Counters.BlockedClients);
        Line(text, "tracking_clients", 0);
        Line(text, "clients_in_timeout_table", 0);
    }

    private static void WriteMemory(StringBuilder text, InfoSource source)
    {
        long used = GC.GetTotalMemory(forceFullCollection: false);
        long resident = Environment.WorkingSet;
        text.Append("# Memory\r\n");
        Line(text, "used_memory", used);
        Line(text, "used_memory_human", Human(used));
        Line(text, "used_memory_rss", resident);
        Line(text, "used_memory_rss_human", Human(resident));
        Line(text, "total_system_memory", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        Line(text, "maxmemory", 0);
        Line(text, "maxmemory_human", "0B");
        Line(text, "maxmemory_policy", "noeviction");
        Line(text, "mem_fragmentation_ratio", ((double)resident / Math.Max(1, used)).ToString("F2", CultureInfo.InvariantCulture));
    }

    // A gateway keeps nothing: it is always loaded, and has nothing to save.
    private static void WritePersistence(StringBuilder text, InfoSource source)
    {
        text.Append("# Persistence\r\n");
        Line(text, "loading", 0);
        Line(text, "async_loading", 0);
        Line(text, "rdb_changes_since_last_save", 0);
        Line(text, "rdb_bgsave_in_progress", 0);
        Line(text, "rdb_last_bgsave_status", "ok");
        Line(text, "aof_enabled", 0);
        Line(text, "aof_rewrite_in_progress", 0);
        Line(text, "aof_last_write_status", "ok");
    }

    private static void WriteStats(StringBuilder text, InfoSource source)
    {
        PoolSnapshot pool = source.Counters;
        text.Append("# Stats\r\n");
        Line(text, "total_connections_received", pool.AcceptedClients);
        Line(text, "total_commands_processed", pool.Commands.Sum(command => command.Counters.Ok + command.Counters.Error));
        Line(text, "total_net_input_bytes", pool.ReceivedBytes);
        Line(text, "total_net_output_bytes", pool.SentBytes);
        Line(text, "rejected_connections", source.Info.RejectedClients);
        Line(text, "expired_keys", 0);
        Line(text, "evicted_keys", 0);
        Line(text, "keyspace_hits", 0);
        Line(text, "keyspace_misses", 0);
        Line(text, "pubsub_channels", source.Info.PubSub.Names(pool.Name, ChannelKind.Channel).Count);
        Line(text, "pubsub_patterns", source.Info.PubSub.Names(pool.Name, ChannelKind.Pattern).Count);
        Line(text, "total_error_replies", pool.Unknown + pool.Commands.Sum(command => command.Counters.Error + command.Counters.Refused));
    }

    private static void WriteReplication(StringBuilder text, InfoSource source)
    {
        text.Append("# Replication\r\n");
        Line(text, "role", "master");
        Line(text, "connected_slaves", 0);
        Line(text, "master_failover_state", "no-failover");
        Line(text, "master_replid", source.Info.RunId);
        Line(text, "master_replid2", new string('0', 40));
        Line(text, "master_repl_offset", 0);
        Line(text, "second_repl_offset", -1);
        Line(text, "repl_backlog_active", 0);
    }

    private static void WriteCpu(StringBuilder text, InfoSource source)
    {
        using Process process = Process.GetCurrentProcess();
        text.Append("# CPU\r\n");
        Line(text, "used_cpu_sys", process.PrivilegedProcessorTime.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture));
        Line(text, "used_cpu_user", process.UserProcessorTime.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture));
    }

    private static void WriteCommandStats(StringBuilder text, InfoSource source)
    {
        text.Append("# Commandstats\r\n");
        foreach (CommandSnapshot command in source.Counters.Commands)
        {
            CommandCounters counters = command.Counters;
            long calls = counters.Ok + counters.Error;
            double microseconds = counters.Duration.SumSeconds * 1e6;
            text.Append(CultureInfo.InvariantCulture,
                $"cmdstat_{command.Name}:calls={calls},usec={microseconds:F0},usec_per_call={(calls == 0 ? 0 : microseconds / calls):F2},rejected_calls={counters.Refused},failed_calls={counters.Error}\r\n");
        }
    }

    private static void WriteKeyway(StringBuilder text, InfoSource source)
    {
        text.Append("# Keyway\r\n");
        Line(text, "keyway_version", source.Info.Version);
        Line(text, "pool", source.Pool.Name);
        Line(text, "map_digest", source.Pool.Map.Digest);
        Line(text, "loops", source.Snapshot.Loops.Count);
        Line(text, "unknown_commands", source.Counters.Unknown);
    }

    private static void WriteShards(StringBuilder text, InfoSource source)
    {
        text.Append("# Shards\r\n");
        foreach (ShardSnapshot shard in source.Snapshot.Shards)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"shard_{shard.Name}:kind={shard.Kind},address={shard.Address},up={(shard.Counters.Up ? 1 : 0)},requests={shard.Counters.Requests},in_flight={shard.Counters.InFlight}\r\n");
        }
    }

    private static string Human(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F2}G"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):F2}M"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):F2}K"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes}B"),
    };
}
