using System.Diagnostics;
using System.Globalization;
using System.Text;
using Keyway.Protocol.Commands;

namespace Keyway.Shard.Commands.Server;

/// <summary>INFO's sections commandstats, errorstats and latencystats.</summary>
internal static class InfoCalls
{
    public static void WriteCommands(StringBuilder text, ShardServer server)
    {
        text.Append("# Commandstats\r\n");
        foreach (Command command in CommandTable.All)
        {
            CommandCounts counts = server.Statistics.ByCommand[command.Id];
            if (counts.Calls == 0 && counts.Rejected == 0 && counts.Failed == 0) continue;

            double microseconds = counts.Ticks * 1e6 / Stopwatch.Frequency;
            double each = counts.Calls == 0 ? 0 : microseconds / counts.Calls;
            text.Append(CultureInfo.InvariantCulture, $"cmdstat_{command.Name}:calls={counts.Calls},usec={(long)microseconds},usec_per_call={each:F2},")
                .Append(CultureInfo.InvariantCulture, $"rejected_calls={counts.Rejected},failed_calls={counts.Failed}\r\n");
        }
    }

    public static void WriteErrors(StringBuilder text, ShardServer server)
    {
        text.Append("# Errorstats\r\n");
        foreach ((string code, long count) in server.Statistics.ErrorsByCode) text.Append(CultureInfo.InvariantCulture, $"errorstat_{code}:count={count}\r\n");
    }

    public static void WriteLatencies(StringBuilder text, ShardServer server)
    {
        text.Append("# Latencystats\r\n");
        if (!server.Settings.TracksLatency) return;

        foreach (Command command in CommandTable.All)
        {
            if (server.Statistics.ByCommand[command.Id].Latencies is not { } histogram) continue;
            IEnumerable<string> percentiles = server.Settings.LatencyPercentiles.Select(percentile =>
                string.Create(CultureInfo.InvariantCulture, $"p{percentile:0.######}={histogram.NsAt(percentile) / 1e3:F3}"));
            text.Append($"latency_percentiles_usec_{command.Name}:").AppendJoin(',', percentiles).Append("\r\n");
        }
    }
}
