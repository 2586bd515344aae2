using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Somebody runs a script of three seconds on the shard itself, longer than the gateway waits. No client may lose its connection.</summary>
internal static class SlowCommand
{
    private const string Busy = "for i = 1, tonumber(ARGV[1]) do end return 1";   // scripts of Redis 7.0 have no clock that moves
    private const long Sample = 30_000_000;

    public static void Measure(Report report, Peer gateway, Peer shard)
    {
        report.Section("A shard busy for 3 s");
        long rounds = RoundsOfThreeSeconds(shard);
        ShardProbe probe = ShardProbe.Start(gateway.Port, "a:", clients: 50, TimeSpan.FromMilliseconds(20));
        Neighbours.Run(gateway, TimeSpan.FromSeconds(1));
        LoadResult before = Neighbours.Run(gateway, TimeSpan.FromSeconds(4));

        Neighbours neighbours = Neighbours.Start(gateway, TimeSpan.FromSeconds(4));
        double began = probe.Now;
        using (var direct = new RespClient(shard.Port, timeoutMs: 30_000)) direct.Call("EVAL", Busy, "0", Text(rounds));
        double ended = probe.Now;
        bool again = probe.AwaitOwn(ended, TimeSpan.FromSeconds(5));

        // Replies that come late would now be taken for those of later requests, were they not swallowed.
        Thread.Sleep(TimeSpan.FromSeconds(1));
        LoadResult during = neighbours.Join();
        IReadOnlyList<ProbeSample> samples = probe.Stop();

        int closed = Count(samples, ProbeAnswer.Closed);
        int wrong = Count(samples, ProbeAnswer.Wrong);
        report.Line(FormattableString.Invariant($"busy for {ended - began:0.0} s; {samples.Count:#,0} requests: ")
            + $"{Count(samples, ProbeAnswer.Own):#,0} own value, {Count(samples, ProbeAnswer.TryAgain):#,0} TRYAGAIN, "
            + $"{Count(samples, ProbeAnswer.Uncertain):#,0} UNCERTAIN");
        report.Holds("slow command: serves again", again, again ? "yes" : "no");
        report.Holds("slow command: no connection closed", closed == 0, $"{closed} closed");
        report.Holds("slow command: nobody gets another's value or an unknown error", wrong == 0, $"{wrong} did");
        report.AtMost(
            "slow command: the other shard's p99 against before", during.Latency.Milliseconds(99) / before.Latency.Milliseconds(99), 1.2, "x");
        report.Holds("slow command: the other shard loses nothing", during.Errors + during.ConnectionsLost == 0, $"{during.Errors} errors");
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
