using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Shard a is killed, or frozen with SIGSTOP, and returns after a while; again and again. Shard b is well all the time.</summary>
internal sealed class ShardOutage
{
    private const double TimeoutSeconds = 2;      // the map's default
    private const double TimerSlack = 0.1;        // a timeout is noticed at the next tick, and its error takes its way
    private const double AtOnce = 0.02;
    private const int LongestQuietSeconds = 5;

    private readonly Workspace _workspace;
    private readonly ShardProbe _probe;
    private readonly bool _killed;
    private readonly int _seconds;
    private readonly List<Outage> _outages = [];
    private Peer _shard;

    /// <summary>On the probe's clock. Without a return it never served again.</summary>
    private sealed record Outage(double Failed, double? Returned, double End);

    private ShardOutage(Workspace workspace, Peer gateway, Peer shard, bool killed, int seconds)
    {
        _workspace = workspace;
        _shard = shard;
        _killed = killed;
        _seconds = seconds;
        _probe = ShardProbe.Start(gateway.Port, "a:", clients: 8, TimeSpan.FromMilliseconds(10));
    }

    public static void Measure(Report report, Workspace workspace, Peer gateway, Peer shard, bool killed, int seconds, int outages)
    {
        string title = $"{(killed ? "killed" : "frozen")} {seconds} s";
        report.Section($"A shard {title}, {outages} times");

        var outage = new ShardOutage(workspace, gateway, shard, killed, seconds);
        using var neighbours = new Neighbours(gateway);
        Thread.Sleep(TimeSpan.FromSeconds(1));
        var troubles = new List<Trouble>();
        TimeSpan quiet = TimeSpan.FromSeconds(Math.Min(seconds, LongestQuietSeconds));
        for (int i = 0; i < outages; i++) troubles.Add(Trouble.Watch(quiet, outage.Fail, outage.Return));

        LoadResult load = neighbours.Stop();
        outage.Show(report, title, outage._probe.Stop());
        new NeighbourComparison(load, troubles).Show(report, title, load);
    }

    private void Fail()
    {
        _outages.Add(new Outage(_probe.Now, null, double.MaxValue));
        if (_killed) _shard.Process.Kill();
        else _shard.Process.Signal(Signals.Stop);
        Thread.Sleep(TimeSpan.FromSeconds(_seconds));
    }

    private void Return()
    {
        if (_killed) _shard = RedisServer.Start(_workspace, $"a-again-{_outages.Count}", _shard.Port);
        else _shard.Process.Signal(Signals.Continue);
        double returned = _probe.Now;
        bool again = _probe.AwaitOwn(returned, TimeSpan.FromSeconds(10));
        _outages[^1] = _outages[^1] with { Returned = again ? returned : null, End = _probe.Now };
    }

    private void Show(Report report, string title, IReadOnlyList<ProbeSample> samples)
    {
        var met = new List<ProbeSample>();
        var open = new List<double>();
        var working = new List<double>();
        for (int i = 0; i < _outages.Count; i++)
        {
            Outage outage = _outages[i];
            double end = outage.Returned ?? double.MaxValue;
            ProbeSample[] during = [.. samples.Where(s => s.Ended >= outage.Failed && s.Began < end)];
            met.AddRange(during);

            // Once the first were refused the breaker is open: who comes now must not wait at all.
            ProbeSample? refused = during.Where(IsRefusal).Cast<ProbeSample?>().FirstOrDefault();
            if (refused is { } first) open.AddRange(during.Where(s => s.Began > first.Ended + 0.05 && s.Ended < end).Select(s => s.Seconds));

            if (outage.Returned is not { } back) continue;
            double next = i + 1 < _outages.Count ? _outages[i + 1].Failed : double.MaxValue;
            ProbeSample[] after = [.. samples.Where(s => s.Ended >= back && s.Began < next && s.Ended < next)];
            working.Add((Math.Max(after.First(s => s.Answer == ProbeAnswer.Own).Ended, after.LastOrDefault(s => s.Answer != ProbeAnswer.Own).Ended) - back) * 1e3);
        }

        report.Line($"{met.Count:#,0} requests met an outage: {Count(met, ProbeAnswer.Own)} own value, {Count(met, ProbeAnswer.TryAgain)} TRYAGAIN, {Count(met, ProbeAnswer.Uncertain)} UNCERTAIN");
        int outside = samples.Count(s => s.Answer is ProbeAnswer.Wrong or ProbeAnswer.Closed);
        report.Holds($"{title}: own value, TRYAGAIN or UNCERTAIN, and no connection closed", outside == 0, $"{outside} others");
        report.AtMost($"{title}: slowest answer", met.Count == 0 ? null : met.Max(s => s.Seconds), TimeoutSeconds + TimerSlack, " s");
        if (open.Count > 0) report.AtMost($"{title}: p99 of answers with the breaker open", open.Order().ElementAt(open.Count * 99 / 100), AtOnce, " s");
        report.AtMost($"{title}: last error after its return, the latest of {_outages.Count}", working.Count < _outages.Count ? null : working.Max(), 100, " ms");
    }

    private static bool IsRefusal(ProbeSample sample) => sample.Answer is ProbeAnswer.TryAgain or ProbeAnswer.Uncertain;

    private static string Count(List<ProbeSample> samples, ProbeAnswer answer) => $"{samples.Count(sample => sample.Answer == answer):#,0}";
}
