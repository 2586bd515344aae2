using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Somebody runs scripts of three seconds on the shard itself, longer than the gateway waits. No client may lose its connection.</summary>
internal static class SlowCommand
{
    private const string Busy = "for i = 1, tonumber(ARGV[1]) do end return 1";   // scripts of Redis 7.0 have no clock that moves
    private const long Sample = 30_000_000;
    private const int Times = 3;

    public static void Measure(Report report, Peer gateway, Peer shard)
    {
        report.Section($"A shard busy for 3 s, {Times} times");
        long rounds = RoundsOfThreeSeconds(shard);
        ShardProbe probe = ShardProbe.Start(gateway.Port, "a:", clients: 50, TimeSpan.FromMilliseconds(20));
        using var core = new BusyCore();
        using var neighbours = new Neighbours(gateway);
        Thread.Sleep(TimeSpan.FromSeconds(1));
        using var direct = new RespClient(shard.Port, timeoutMs: 30_000);
        var troubles = new List<Trouble>();
        bool again = true;

        // In the quiet time behind it, replies that come late would be taken for those of later requests, were they not swallowed.
        for (int i = 0; i < Times; i++)
        {
            troubles.Add(Trouble.Watch(
                TimeSpan.FromSeconds(3),
                () => core.HandOver(() => direct.Call("EVAL", Busy, "0", Text(rounds))),
                () => again &= probe.AwaitOwn(probe.Now, TimeSpan.FromSeconds(5))));
        }
        LoadResult load = neighbours.Stop();
        IReadOnlyList<ProbeSample> samples = probe.Stop();

        int closed = Count(samples, ProbeAnswer.Closed);
        int wrong = Count(samples, ProbeAnswer.Wrong);
        double busy = troubles.Average(trouble => Stopwatch.GetElapsedTime(trouble.Began, trouble.Ended).TotalSeconds);
        report.Line(FormattableString.Invariant($"busy for {busy:0.0} s; {samples.Count:#,0} requests: ")
            + $"{Count(samples, ProbeAnswer.Own):#,0} own value, {Count(samples, ProbeAnswer.TryAgain):#,0} TRYAGAIN, "
            + $"{Count(samples, ProbeAnswer.Uncertain):#,0} UNCERTAIN");
        report.Holds("slow command: serves again", again, again ? "yes" : "no");
        report.Holds("slow command: no connection closed", closed == 0, $"{closed} closed");
        report.Holds("slow command: nobody gets another's value or an unknown error", wrong == 0, $"{wrong} did");
        new NeighbourComparison(load, troubles).Show(report, "slow command", load);
    }

    private static long RoundsOfThreeSeconds(Peer shard)
    {
        using var direct = new RespClient(shard.Port, timeoutMs: 30_000);
        long start = Stopwatch.GetTimestamp();
        direct.Call("EVAL", Busy, "0", Text(Sample));
        return (long)(Sample * 3 / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Count(IReadOnlyList<ProbeSample> samples, ProbeAnswer answer) => samples.Count(sample => sample.Answer == answer);
}
