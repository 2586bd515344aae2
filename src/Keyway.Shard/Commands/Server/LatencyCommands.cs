using System.Text;
using Keyway.Protocol.Commands;
using Keyway.Shard.Timing;

namespace Keyway.Shard.Commands.Server;

/// <summary>LATENCY: what took long, and how long everything takes.</summary>
internal static class LatencyCommands
{
    private const int GraphWidth = 80;

    private static readonly string[] HelpLines =
    [
        "DOCTOR",
        "    Return a human readable latency analysis report.",
        "GRAPH <event>",
        "    Return an ASCII latency graph for the <event> class.",
        "HISTORY <event>",
        "    Return time-latency samples for the <event> class.",
        "LATEST",
        "    Return the latest latency samples for all events.",
        "RESET [<event> ...]",
        "    Reset latency data of one or more <event> classes.",
        "    (default: reset all data for all event classes)",
        "HISTOGRAM [COMMAND ...]",
        "    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
        "    If no commands are specified then all histograms are replied.",
    ];

    // LATENCY HELP
    public static void Help(ref CommandContext context) => context.ReplyHelp(HelpLines);

    // LATENCY LATEST
    public static void Latest(ref CommandContext context)
    {
        IReadOnlyDictionary<string, LatencySeries> all = context.Server.Times.Monitor.Series;
        context.ReplyArray(all.Count);
        foreach ((string name, LatencySeries series) in all)
        {
            context.ReplyArray(4);
            context.ReplyBulk(name);
            context.ReplyInteger(series.Latest.Seconds);
            context.ReplyInteger(series.Latest.Ms);
            context.ReplyInteger(series.MaxMs);
        }
    }

    // LATENCY HISTORY event
    public static void History(ref CommandContext context)
    {
        LatencySeries? series = Find(ref context);
        context.ReplyArray(series?.Count ?? 0);
        if (series == null) return;
        foreach (LatencySample sample in series.Samples)
        {
            context.ReplyArray(2);
            context.ReplyInteger(sample.Seconds);
            context.ReplyInteger(sample.Ms);
        }
    }

    // LATENCY RESET [event [event ...]]
    public static void Reset(ref CommandContext context)
    {
        LatencyMonitor monitor = context.Server.Times.Monitor;
        long removed = 0;
        if (context.Arguments.Count == 2) removed = monitor.ResetAll();
        for (int i = 2; i < context.Arguments.Count; i++) removed += monitor.Reset(Encoding.Latin1.GetString(context.Arguments[i])) ? 1 : 0;
        context.ReplyInteger(removed);
    }

    // LATENCY GRAPH event
    public static void Graph(ref CommandContext context)
    {
        LatencySeries? series = Find(ref context);
        if (series == null)
        {
            context.ReplyError(CommandContext.Concatenate("ERR No samples available for event '", context.Arguments[2], "'"));
            return;
        }

        LatencySample[] samples = [.. series.Samples];
        long high = samples.Max(sample => sample.Ms);
        long low = samples.Min(sample => sample.Ms);
        long nowSeconds = context.NowMs / 1000;
        var text = new StringBuilder();
        text.Append($"{Encoding.Latin1.GetString(context.Arguments[2])} - high {high} ms, low {low} ms (all time high {series.MaxMs} ms)\n").Append('-', GraphWidth).Append('\n');
        LatencyGraph.Append(text, samples, nowSeconds, GraphWidth);
        context.ReplyVerbatim(text.ToString());
    }

    // LATENCY DOCTOR
    public static void Doctor(ref CommandContext context) => context.ReplyVerbatim(LatencyDoctor.Report(context.Server.Times.Monitor));

    // LATENCY HISTOGRAM [command [command ...]]
    public static void Histogram(ref CommandContext context)
    {
        var found = new List<Command>();
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            if (CommandTable.FindFullName(context.Arguments[i]) is not { } row) continue;
            found.Add(row);
            found.AddRange(CommandTable.All.Where(other => other.Parent == row));
        }

        if (context.Arguments.Count == 2) found.AddRange(CommandTable.All);

        CommandCounts[] counts = context.Server.Statistics.ByCommand;
        found.RemoveAll(row => counts[row.Id].Latencies == null);
        context.ReplyMap(found.Count);
        foreach (Command row in found)
        {
            context.ReplyBulk(row.Name);
            Write(ref context, counts[row.Id].Latencies!);
        }
    }

    private static void Write(ref CommandContext context, LatencyHistogram histogram)
    {
        List<(long Microseconds, long Calls)> points = histogram.Cumulative();
        context.ReplyMap(2);
        context.ReplyBulk("calls"u8);
        context.ReplyInteger(histogram.Count);
        context.ReplyBulk("histogram_usec"u8);
        context.ReplyMap(points.Count);
        foreach ((long microseconds, long calls) in points)
        {
            context.ReplyInteger(microseconds);
            context.ReplyInteger(calls);
        }
    }

    private static LatencySeries? Find(ref CommandContext context) =>
        context.Server.Times.Monitor.Series.GetValueOrDefault(Encoding.Latin1.GetString(context.Arguments[2]));
}
