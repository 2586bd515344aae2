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
        // In the long run turns count; in the short one the peers do.
        int minutes = options.Number("minutes", 0);
        if (minutes > 0) ExactTurns.Ask();
        using var workspace = new Workspace();
        Peer a = RedisServer.Start(workspace, "a");
        Peer b = RedisServer.Start(workspace, "b");
        Workload fill = new Workload { Name = "latency", Command = ["get"], Requests = 0 }.Fill();
        int rate = options.Number("rate", 0);
        Peer? nutcracker = rate == 0 || options.Wants("nutcracker") ? Nutcracker.Start(workspace, a.Port, b.Port) : null;
        if (rate == 0 && nutcracker is not null)
        {
            RedisBenchmark.Run(fill, nutcracker, fill.Requests);
            rate = SixtyPercent(nutcracker, options);
        }

        Peer?[] candidates =
        [
            options.Wants("nutcracker") ? nutcracker : null,
            options.Wants("keyway") ? KeywayGateway.Start(workspace, options.Keyway, Ours, KeywayMap.Over(a.Port, b.Port) with { Loops = 1 }) : null,
            options.Wants("redis") ? RedisServer.Start(workspace, "bare") with { Name = "redis, no proxy" } : null,
        ];
        Peer[] peers = [.. candidates.OfType<Peer>()];
        if (peers.Length == 0) throw new InvalidOperationException("none of the peers is here");
        foreach (Peer peer in peers) RedisBenchmark.Run(fill, peer, fill.Requests);
        if (rate == 0) rate = SixtyPercent(peers[0], options);

        // Turns of ten seconds; every peer gets so many minutes of its own.
        TimeSpan turn = TimeSpan.FromSeconds(options.Quick ? 2 : minutes > 0 ? 10 : 5);
        int rounds = minutes > 0 ? (int)Math.Ceiling(minutes * 60 / turn.TotalSeconds) : options.Number("rounds", options.Quick ? 3 : 5);
        report.Section($"Latency at {rate:#,0} requests/s over 50 connections, {rounds} turns of {turn.TotalSeconds:0} s each");

        foreach (Peer peer in peers) LoadGenerator.Run(LoadOn(peer, rate, TimeSpan.FromSeconds(2)));
        Peer? keyway = peers.FirstOrDefault(peer => peer.Name == Ours);
        Dictionary<string, List<LoadResult>> results = InTurns(peers, rate, turn, rounds);
        Show(report, results);
        Check(report, results);

        if (keyway is not null) ShowTurns(report, keyway);
    }

    // From the start of the process, when first calls are compiled, and less what the thread waited for a core.
    private static void ShowTurns(Report report, Peer keyway)
    {
        if (LongestTurn(keyway) is { } longest) report.Line(FormattableString.Invariant($"longest loop turn: {longest:0.000} ms"));
        foreach (string line in keyway.Process.Output().Where(line => line.Contains("had slow turns", StringComparison.Ordinal)))
            report.Line(line[line.IndexOf("Loop", StringComparison.Ordinal)..]);
        report.AtMost("loop turns over 5 ms since the start", SlowTurns(keyway), 0, "");
    }

    private static int SixtyPercent(Peer peer, Options options)
    {
        var workload = new Workload { Name = "get-P1", Command = ["get"], Requests = options.Quick ? 50_000 : 150_000 };
        IReadOnlyDictionary<string, RoundResult> medians = Turns.Run(workload, [peer], 3);
        return medians.TryGetValue(peer.Name, out RoundResult? result)
            ? (int)(result.RequestsPerSecond * 0.6)
            : throw new InvalidOperationException($"the greatest rate of {peer.Name} could not be measured; give one with --rate");
    }

    private static double? LongestTurn(Peer keyway) => Metrics.Largest(keyway, "keyway_loop_turn_seconds_max") * 1e3;

    private static double? SlowTurns(Peer keyway) => Metrics.Largest(keyway, "keyway_loop_slow_turns_total");

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
