using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Keyway.Platform;
using Keyway.Protocol;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Commands;

/// <summary>INFO: the sections that a sentinel has, with Redis's fields in its order.</summary>
internal static class InfoCommand
{
    public const string RedisVersion = "7.0.15";

    private static readonly (string Name, Action<StringBuilder, SentinelServer> Write)[] Sections =
        [("server", WriteServer), ("clients", WriteClients), ("stats", WriteStats), ("cpu", WriteCpu), ("sentinel", WriteSentinel)];

    // INFO [section [section ...]]
    public static void Info(in SentinelCall call)
    {
        bool wantsAll = call.Arguments.Count == 1;
        for (int i = 1; i < call.Arguments.Count; i++) wantsAll |= call.Is(i, "default") || call.Is(i, "all") || call.Is(i, "everything");

        var text = new StringBuilder(4096);
        foreach ((string name, Action<StringBuilder, SentinelServer> write) in Sections)
        {
            bool isWanted = wantsAll;
            for (int i = 1; i < call.Arguments.Count; i++) isWanted |= call.Is(i, name);
            if (!isWanted) continue;
            if (text.Length > 0) text.Append("\r\n");
            write(text, call.Server);
        }

        call.Reply.WriteBulk(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static StringBuilder Field(this StringBuilder text, string name, string value) => text.Append(name).Append(':').Append(value).Append("\r\n");

    private static StringBuilder Field(this StringBuilder text, string name, long value) => text.Field(name, value.ToString(CultureInfo.InvariantCulture));

    private static StringBuilder Field(this StringBuilder text, string name, TimeSpan time) => text.Field(name, time.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture));

    private static void WriteServer(StringBuilder text, SentinelServer server)
    {
        long uptime = (server.Loop.NowMs - server.StartedMs) / 1000;
        text.Append("# Server\r\n")
            .Field("redis_version", RedisVersion)
            .Field("redis_git_sha1", "00000000")
            .Field("redis_git_dirty", 0)
            .Field("redis_build_id", typeof(SentinelServer).Assembly.ManifestModule.ModuleVersionId.ToString("N")[..16])
            .Field("redis_mode", "sentinel")
            .Field("os", $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}")
            .Field("arch_bits", Environment.Is64BitProcess ? 64 : 32)
            .Field("monotonic_clock", "POSIX clock_gettime")
            .Field("multiplexing_api", OperatingSystem.IsLinux() ? "epoll" : "select")
            .Field("atomicvar_api", "dotnet")
            .Field("gcc_version", "0.0.0")
            .Field("process_id", Environment.ProcessId)
            .Field("process_supervised", "no")
            .Field("run_id", server.RunId)
            .Field("tcp_port", server.Options.Port != 0 ? server.Options.Port : server.Options.TlsPort)
            .Field("server_time_usec", (server.Loop.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)
            .Field("uptime_in_seconds", uptime)
            .Field("uptime_in_days", uptime / 86400)
            .Field("hz", server.Hz)
            .Field("configured_hz", 10)
            .Field("lru_clock", server.Loop.Time.GetUtcNow().ToUnixTimeSeconds() & 0xFFFFFF)
            .Field("executable", Environment.ProcessPath ?? "")
            .Field("config_file", server.Options.File)
            .Field("io_threads_active", 0);
    }

    private static void WriteClients(StringBuilder text, SentinelServer server) => text.Append("# Clients\r\n")
        .Field("connected_clients", server.Clients.Count)
        .Field("cluster_connections", 0)
        .Field("maxclients", server.Options.MaxClients)
        .Field("client_recent_max_input_buffer", server.Clients.Select(client => client.HeldBytes).DefaultIfEmpty().Max())
        .Field("client_recent_max_output_buffer", server.Clients.Select(client => client.Reply.Length).DefaultIfEmpty().Max())
        .Field("blocked_clients", 0)
        .Field("tracking_clients", 0)
        .Field("clients_in_timeout_table", 0);

    private static void WriteStats(StringBuilder text, SentinelServer server) => text.Append("# Stats\r\n")
        .Field("total_connections_received", server.Statistics.Connections)
        .Field("total_commands_processed", server.Statistics.Commands)
        .Field("total_net_input_bytes", server.Statistics.InputBytes)
        .Field("total_net_output_bytes", server.Statistics.OutputBytes)
        .Field("rejected_connections", server.Statistics.RejectedConnections)
        .Field("pubsub_channels", server.Events.ChannelCount)
        .Field("pubsub_patterns", server.Events.PatternCount)
        .Field("total_error_replies", server.Statistics.Errors);

    private static void WriteCpu(StringBuilder text, SentinelServer server)
    {
        Environment.ProcessCpuUsage usage = Environment.CpuUsage;
        (TimeSpan user, TimeSpan kernel) = ThreadCpu.Read();
        text.Append("# CPU\r\n")
            .Field("used_cpu_sys", usage.PrivilegedTime)
            .Field("used_cpu_user", usage.UserTime)
            .Field("used_cpu_sys_children", TimeSpan.Zero)
            .Field("used_cpu_user_children", TimeSpan.Zero)
            .Field("used_cpu_sys_main_thread", kernel)
            .Field("used_cpu_user_main_thread", user);
    }

    private static void WriteSentinel(StringBuilder text, SentinelServer server)
    {
        SentinelState state = server.Core.State;
        text.Append("# Sentinel\r\n")
            .Field("sentinel_masters", state.Masters.Count)
            .Field("sentinel_tilt", state.Tilt ? 1 : 0)
            .Field("sentinel_tilt_since_seconds", state.Tilt ? (server.Core.Now - state.TiltSince) / 1000 : -1)
            .Field("sentinel_running_scripts", server.Scripts.RunningCount)
            .Field("sentinel_scripts_queue_length", server.Scripts.Jobs.Count)
            .Field("sentinel_simulate_failure_flags", (int)state.SimulatedFailures);
        int number = 0;
        foreach (MonitoredMaster master in state.Masters.Values)
        {
            string status = master.IsObjectivelyDown ? "odown" : master.IsSubjectivelyDown ? "sdown" : "ok";
            text.Field($"master{number++}",
                $"name={master.Name},status={status},address={master.Address.Text}:{master.Address.Port},slaves={master.Replicas.Count},sentinels={master.Sentinels.Count + 1}");
        }
    }
}
