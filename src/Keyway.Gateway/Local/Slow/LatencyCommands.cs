using System.Text;
using Keyway.Gateway.Local.Clients;
using Keyway.Gateway.Metrics;
using Keyway.Gateway.SlowRequests;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Local.Slow;

/// <summary>LATENCY: how long requests took, from when they left for their shard until the reply had come.</summary>
internal static class LatencyCommands
{
    private static readonly string[] HelpLines =
    [
        "LATENCY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "DOCTOR",
        "    Says in words what was slow.",
        "HISTORY <event>",
        "    Shows when events of a kind were, and how long they took. The one kind of a gateway is 'command'.",
        "LATEST",
        "    Shows the latest event of each kind.",
        "RESET [<event> ...]",
        "    Forgets events of these kinds, or all.",
        "HISTOGRAM [COMMAND ...]",
        "    Shows how many calls of these commands, or of all, took how long.",
        "HELP",
        "    Prints this text.",
    ];

    // LATENCY HELP
    public static void Help(in LocalCall call) => ClientCommands.WriteHelp(call.Reply, HelpLines);

    // LATENCY LATEST
    public static void Latest(in LocalCall call) => Ask(in call, (all, reply, _) =>
    {
        reply.WriteArray(all.Count);
        foreach (LatencySeries series in all)
        {
            reply.WriteArray(4);
            reply.WriteBulk(series.Kind);
            reply.WriteInteger(series.Samples[^1].UnixSeconds);
            reply.WriteInteger(series.Samples[^1].Milliseconds);
            reply.WriteInteger(series.WorstMilliseconds);
        }
    });

    // LATENCY HISTORY event
    public static void History(in LocalCall call)
    {
        string kind = Encoding.Latin1.GetString(call.Arguments[2]);
        Ask(in call, (all, reply, _) =>
        {
            IReadOnlyList<LatencySample> samples = all.FirstOrDefault(series => series.Kind == kind)?.Samples ?? [];
            reply.WriteArray(samples.Count);
            foreach (LatencySample sample in samples)
            {
                reply.WriteArray(2);
                reply.WriteInteger(sample.UnixSeconds);
                reply.WriteInteger(sample.Milliseconds);
            }
        });
    }

    // LATENCY RESET [event [event ...]]
    public static void Reset(in LocalCall call)
    {
        var kinds = new List<string>();
        for (int i = 2; i < call.Arguments.Count; i++) kinds.Add(Encoding.Latin1.GetString(call.Arguments[i]));
        call.Session.Loop.Info.Questions.AskFor(
            call.Session,
            loop => loop.Slow.Latencies.Forget(kinds),
            (gone, reply, _) => reply.WriteInteger(gone.SelectMany(some => some).Distinct().Count()));
    }

    // LATENCY DOCTOR
    public static void Doctor(in LocalCall call)
    {
        long threshold = call.Session.Loop.Info.Settings.LatencyThresholdMs;
        Ask(in call, (all, reply, resp3) =>
        {
            string text = (threshold, all) switch
            {
                (0, _) => "Latency monitoring is off. Turn it on with CONFIG SET latency-monitor-threshold <milliseconds>.\n",
                (_, []) => $"No request took {threshold} ms or more.\n",
                _ => string.Concat(all.Select(series =>
                    $"{series.Kind}: {series.Samples.Count} seconds with requests of {threshold} ms or more, the worst of {series.WorstMilliseconds} ms. "
                    + "KEYWAY SLOWLOG GET tells for each whether it waited here, behind others, or for its shard.\n")),
            };
            reply.WriteVerbatim(Encoding.ASCII.GetBytes(text), resp3);
        });
    }

    // LATENCY HISTOGRAM [command [command ...]]
    public static void Histogram(in LocalCall call)
    {
        GatewayInfo info = call.Session.Loop.Info;
        string pool = call.Session.Pool.Definition.Name;
        List<CommandSnapshot> shown = [.. info.TakeSnapshot().Pools.First(one => one.Name == pool).Commands.Where(one => one.Counters.Duration.Count > 0)];
        if (call.Arguments.Count > 2)
        {
            var asked = new List<CommandSnapshot>();
            for (int i = 2; i < call.Arguments.Count; i++)
            {
                if (CommandTable.FindFullName(call.Arguments[i]) is not { } row) continue;
                asked.AddRange(shown.Where(one => one.Name == row.Name || one.Name.StartsWith(row.Name + "|", StringComparison.Ordinal)));
            }
            shown = asked;
        }
        call.Reply.WriteMap(shown.Count, call.Resp3);
        foreach (CommandSnapshot command in shown)
        {
            call.Reply.WriteBulk(command.Name);
            Write(call.Reply, command.Counters.Duration, call.Resp3);
        }
    }

    // Cumulative, as far as anything is added: {microseconds: calls that took at most so long}. What passes the last bound is in the count alone.
    private static void Write(ReplyBuffer reply, LatencyHistogram histogram, bool resp3)
    {
        var points = new List<(long Microseconds, long Calls)>();
        long calls = 0;
        for (int i = 0; i < LatencyHistogram.BoundsSeconds.Length; i++)
        {
            if (histogram.Buckets[i] == 0) continue;
            calls += histogram.Buckets[i];
            points.Add(((long)Math.Round(LatencyHistogram.BoundsSeconds[i] * 1e6), calls));
        }
        reply.WriteMap(2, resp3);
        reply.WriteBulk("calls"u8);
        reply.WriteInteger(histogram.Count);
        reply.WriteBulk("histogram_usec"u8);
        reply.WriteMap(points.Count, resp3);
        foreach ((long microseconds, long upTo) in points)
        {
            reply.WriteInteger(microseconds);
            reply.WriteInteger(upTo);
        }
    }

    private static void Ask(in LocalCall call, Action<IReadOnlyList<LatencySeries>, ReplyBuffer, bool> write) =>
        call.Session.Loop.Info.Questions.AskFor(
            call.Session,
            loop => loop.Slow.Latencies.Take(),
            (some, reply, resp3) => write(LatencySeries.Join(some.SelectMany(one => one)), reply, resp3));
}
