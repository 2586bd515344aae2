using System.Globalization;
using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Workloads;

namespace Keyway.Benchmarks.Checks;

/// <summary>Latency at a fixed rate, 60 % of what nutcracker can do at most, beside nutcracker and a bare redis-server.</summary>
internal static class OpenLoopLatency
{
    private const string Ours = "keyway, 1 loop";

    public static void Run(Options options, Report report)
    {
        using var workspace = new Workspace();
        Peer a = RedisServer.Start(workspace, "a");
        Peer b = RedisServer.Start(workspace, "b");
        Peer?[] candidates =
        [
            Nutcracker.Start(workspace, a.Port, b.Port),
            KeywayGateway.Start(workspace, options.Keyway, Ours, KeywayMap.Over(a.Port, b.Port) with { Loops = 1 }),
            RedisServer.Start(workspace, "bare") with { Name = "redis, no proxy" },
        ];
        Peer[] peers = [.. candidates.OfType<Peer>()];

        Workload fill = new Workload { Name = "latency", Command = ["get"], Requests = 0 }.Fill();
        foreach (Peer peer in peers) RedisBenchmark.Run(fill, peer, fill.Requests);

        int rate = options.Number("rate", 0);
        if (rate == 0) rate = SixtyPercent(peers[0], options);

        // Turns of ten seconds; every peer gets so many minutes of its own.
        int minutes = options.Number("minutes", 0);
        TimeSpan turn = TimeSpan.FromSeconds(options.Quick ? 2 : minutes > 0 ? 10 : 5);
        int rounds = minutes > 0 ? (int)Math.Ceiling(minutes * 60 / turn.TotalSeconds) : options.Number("rounds", options.Quick ? 3 : 5);
        report.Section($"Latency at {rate:#,0} requests/s over 50 connections, {rounds} turns of {turn.TotalSeconds:0} s each");

        foreach (Peer peer in peers) LoadGenerator.Run(LoadOn(peer, rate, TimeSpan.FromSeconds(2)));
        Peer? keyway = peers.FirstOrDefault(peer => peer.Name == Ours);
        double? longestBefore = LongestTurn(keyway);
        double? slowBefore = SlowTurns(keyway);
        Dictionary<string, List<LoadResult>> results = InTurns(peers, rate, turn, rounds);
        Show(report, results);
        Check(report, results);

        // The gauge counts from the start, when first calls were being compiled; the counter tells what came after.
        double? longest = LongestTurn(keyway);
        if (longest is not null)
            report.Line(FormattableString.Invariant($"longest loop turn, less waiting for a core: {longestBefore:0.000} ms while it warmed up, {longest:0.000} ms in all"));
        report.AtMost("loop turns over 5 ms once warm", SlowTurns(keyway) - slowBefore, 0, "");
    }

    private static int SixtyPercent(Peer peer, Options options)
    {
        var workload = new Workload { Name = "get-P1", Command = ["get"], Requests = options.Quick ? 50_000 : 150_000 };
        IReadOnlyDictionary<string, RoundResult> medians = Turns.Run(workload, [peer], 3);
        return medians.TryGetValue(peer.Name, out RoundResult? result)
            ? (int)(result.RequestsPerSecond * 0.6)
            : throw new InvalidOperationException($"the greatest rate of {peer.Name} could not be measured; give one with --rate");
    }

    private static double? LongestTurn(Peer? keyway) =>
        keyway is null ? null : Metrics.Largest(keyway, "keyway_loop_turn_seconds_max") * 1e3;

    private static double? SlowTurns(Peer? keyway) => keyway is null ? null : Metrics.Largest(keyway, "keyway_loop_slow_turns_total");

    private static Dictionary<string, List<LoadResult>> InTurns(Peer[] peers, int rate, TimeSpan turn, int rounds)
    {
        var results = peers.ToDictionary(peer => peer.Name, _ => new List<LoadResult>());
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < peers.Length; i++)
            {
                Peer peer = peers[(round + i) % peers.Length];
                results[peer.Name].Add(LoadGenerator.Run(LoadOn(peer, rate, turn) with { Seed = round }));
            }
        }

        return results;
    }

    private static Load LoadOn(Peer peer, int rate, TimeSpan duration) =>
        new() { Port = peer.Port, RequestsPerSecond = rate, Duration = duration };

    private static void Show(Report report, Dictionary<string, List<LoadResult>> results)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach ((string name, List<LoadResult> turns) in results)
        {
            rows.Add([
                name, Text(MedianOf(turns, 50)), Text(MedianOf(turns, 99)), Text(MedianOf(turns, 99.9)), Text(WorstOf(turns)),
                Text(Medians.Of(turns.Select(t => t.Lateness.Milliseconds(99)))), Text(turns.Max(t => t.OwnCpu) * 100),
                turns.Sum(t => t.Errors + t.Unanswered + t.ConnectionsLost).ToString(CultureInfo.InvariantCulture),
            ]);
        }

        report.Table(
            "medians of the turns; max over all of them; late = how late the generator itself was",
            ["peer", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "late p99", "own cpu %", "failed"], rows);
    }

    private static void Check(Report report, Dictionary<string, List<LoadResult>> results)
    {
        List<LoadResult>? ours = results.GetValueOrDefault(Ours);
        if (!results.TryGetValue("nutcracker", out List<LoadResult>? nutcracker)) return;
        foreach (double percentile in new[] { 99, 99.9 })
        {
            report.AtMost(
                string.Create(CultureInfo.InvariantCulture, $"p{percentile} against nutcracker's"),
                ours is null ? null : MedianOf(ours, percentile), MedianOf(nutcracker, percentile), " ms");
        }
    }

    private static double MedianOf(List<LoadResult> turns, double percentile) =>
        Medians.Of(turns.Select(turn => turn.Latency.Milliseconds(percentile)));

    private static double WorstOf(List<LoadResult> turns) => turns.Max(turn => turn.Latency.MaxNanoseconds) / 1e6;

    private static string Text(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
