using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Keyway.Platform;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands.Server;

/// <summary>INFO's sections server, clients, cpu and keyspace.</summary>
internal static class InfoServer
{
    public const string RedisVersion = "7.0.15";

    public static void WriteServer(StringBuilder text, ShardServer server)
    {
        long uptime = (server.Loop.NowMs - server.StartedMs) / 1000;
        long microseconds = (server.Loop.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        text.Append("# Server\r\n")
            .Field("redis_version", RedisVersion)
            .Field("redis_git_sha1", "00000000")
            .Field("redis_git_dirty", 0)
            .Field("redis_build_id", typeof(ShardServer).Assembly.ManifestModule.ModuleVersionId.ToString("N")[..16])
            .Field("redis_mode", "standalone")
            .Field("os", $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}")
            .Field("arch_bits", Environment.Is64BitProcess ? 64 : 32)
            .Field("monotonic_clock", "POSIX clock_gettime")
            .Field("multiplexing_api", OperatingSystem.IsLinux() ? "epoll" : "select")
            .Field("atomicvar_api", "dotnet")
            .Field("gcc_version", "0.0.0")      // as a build without gcc
            .Field("process_id", Environment.ProcessId)
            .Field("process_supervised", "no")
            .Field("run_id", server.RunId)
            .Field("tcp_port", server.Settings.Port != 0 ? server.Settings.Port : server.Settings.TlsPort)
            .Field("server_time_usec", microseconds)
            .Field("uptime_in_seconds", uptime)
            .Field("uptime_in_days", uptime / 86400)
            .Field("hz", server.Hz)
            .Field("configured_hz", server.Settings.Hz)
            .Field("lru_clock", server.Databases.Access.Clock)
            .Field("executable", Environment.ProcessPath ?? "")
            .Field("config_file", server.Options.File)
            .Field("io_threads_active", 0);
    }

    public static void WriteClients(StringBuilder text, ShardServer server)
    {
        long largestInput = 0, largestOutput = 0;
        for (ClientSession? client = server.FirstClient; client != null; client = client.Next)
        {
            largestInput = Math.Max(largestInput, client.HeldBytes);
            largestOutput = Math.Max(largestOutput, client.Reply.Length);
        }

        text.Append("# Clients\r\n")
            .Field("connected_clients", server.ClientCount)
            .Field("cluster_connections", 0)
            .Field("maxclients", server.Settings.MaxClients)
            .Field("client_recent_max_input_buffer", largestInput)
            .Field("client_recent_max_output_buffer", largestOutput)
            .Field("blocked_clients", server.Blocked.Count + server.Pause.PostponedCount)
            .Field("tracking_clients", 0)
            .Field("clients_in_timeout_table", server.Blocked.CountWithTimeout);
    }

    public static void WriteCpu(StringBuilder text, ShardServer server)
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

    public static void WriteKeyspace(StringBuilder text, ShardServer server)
    {
        text.Append("# Keyspace\r\n");
        for (int i = 0; i < server.Databases.Count; i++)
        {
            Database database = server.Databases[i];
            if (database.Count > 0)
                text.Append(CultureInfo.InvariantCulture, $"db{i}:keys={database.Count},expires={database.VolatileCount},avg_ttl={database.AverageTtlMs()}\r\n");
        }
    }
}
