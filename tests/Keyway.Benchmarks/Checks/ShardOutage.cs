using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Shard a is killed, or frozen with SIGSTOP, and returns after a while. Shard b is well all the time.</summary>
internal static class ShardOutage
{
    private const double TimeoutSeconds = 2;      // the map's default
    private const double TimerSlack = 0.1;        // a timeout is noticed at the next tick, and its error takes its way
    private const double AtOnce = 0.02;

    public static void Measure(Report report, Workspace workspace, Peer gateway, Peer shard, bool killed, int seconds)
    {
        string title = $"{(killed ? "killed" : "frozen")} {seconds} s";
        report.Section($"A shard {title}");

        ShardProbe probe = ShardProbe.Start(gateway.Port, "a:", clients: 8, TimeSpan.FromMilliseconds(5));
        TimeSpan span = TimeSpan.FromSeconds(Math.Max(4, seconds));
        Neighbours.Run(gateway, TimeSpan.FromSeconds(1));
        LoadResult before = Neighbours.Run(gateway, span);

        Neighbours neighbours = Neighbours.Start(gateway, span);
        double failed = probe.Now;
        shard.Process.Signal(killed ? Signals.Kill : Signals.Stop);
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        if (killed)
        {
            shard.Process.Kill();
            RedisServer.Start(workspace, "a-again", shard.Port);
        }
        else
        {
            shard.Process.Signal(Signals.Continue);
        }

        double returned = probe.Now;
        bool again = probe.AwaitOwn(returned, TimeSpan.FromSeconds(10));
        LoadResult during = neighbours.Join();
        Show(report, title, probe.Stop(), failed, again ? returned : null);
        ShowNeighbours(report, title, before, during);
    }

    private static void Show(Report report, string title, IReadOnlyList<ProbeSample> samples, double failed, double? returned)
    {
        double end = returned ?? double.MaxValue;
        ProbeSample[] during = [.. samples.Where(s => s.Ended >= failed && s.Began < end)];
        ProbeSample[] errors = [.. during.Where(s => s.Answer is ProbeAnswer.TryAgain or ProbeAnswer.Uncertain)];
        report.Line(
            $"{during.Length:#,0} requests met the outage: {during.Count(s => s.Answer == ProbeAnswer.Own):#,0} own value, "
            + $"{errors.Count(s => s.Answer == ProbeAnswer.TryAgain):#,0} TRYAGAIN, "
            + $"{errors.Count(s => s.Answer == ProbeAnswer.Uncertain):#,0} UNCERTAIN");

        int outside = samples.Count(s => s.Answer is ProbeAnswer.Wrong or ProbeAnswer.Closed);
        report.Holds($"{title}: own value, TRYAGAIN or UNCERTAIN, and no connection closed", outside == 0, $"{outside} others");
        double? slowest = during.Length == 0 ? null : during.Max(s => s.Seconds);
        report.AtMost($"{title}: slowest answer", slowest, TimeoutSeconds + TimerSlack, " s");

        if (errors.Length > 0)
        {
            // Once the first were refused the breaker is open: who comes now must not wait at all.
            double open = errors[0].Ended + 0.05;
            double[] late = [.. during.Where(s => s.Began > open && s.Ended < end).Select(s => s.Seconds).Order()];
            if (late.Length > 0)
                report.AtMost($"{title}: p99 of answers with the breaker open", late[late.Length * 99 / 100], AtOnce, " s");
        }

        double? working = null;
        if (returned is { } back)
        {
            ProbeSample[] after = [.. samples.Where(s => s.Ended >= back)];
            double first = after.First(s => s.Answer == ProbeAnswer.Own).Ended;
            double last = after.LastOrDefault(s => s.Answer != ProbeAnswer.Own).Ended;
            working = (Math.Max(first, last) - back) * 1e3;
        }

        report.AtMost($"{title}: last error after its return", working, 100, " ms");
    }

    private static void ShowNeighbours(Report report, string title, LoadResult before, LoadResult during)
    {
        report.Line(FormattableString.Invariant(
            $"the other shard: p99 {before.Latency.Milliseconds(99):0.000} ms before, {during.Latency.Milliseconds(99):0.000} ms during"));
        report.AtMost(
            $"{title}: the other shard's p99 against before", during.Latency.Milliseconds(99) / before.Latency.Milliseconds(99), 1.2, "x");
        long lost = during.Errors + during.Unanswered + during.ConnectionsLost;
        report.Holds($"{title}: the other shard loses nothing", lost == 0, $"{lost} lost");
    }
}
