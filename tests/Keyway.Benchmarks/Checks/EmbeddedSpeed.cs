using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Workloads;

namespace Keyway.Benchmarks.Checks;

/// <summary>Gateway and three shards in one process beside one lone redis-server, and how long the first answer takes after the start.</summary>
internal static class EmbeddedSpeed
{
    private const string Ours = "keyway, 3 embedded";

    public static void Run(Options options, Report report)
    {
        using var workspace = new Workspace();
        report.Section("Embedded shards");
        report.AtMost("start to first PONG, once built", FirstPong(workspace, options), 1, " s");

        Peer redis = RedisServer.Start(workspace, "lone");
        Peer? keyway = KeywayGateway.Start(workspace, options.Keyway, Ours, ThreeShards(workspace));
        Peer[] peers = keyway is null ? [redis] : [redis, keyway];

        int rounds = options.Number("rounds", 5);
        foreach (string command in new[] { "set", "get" })
        {
            var workload = new Workload
            {
                Name = $"{command}-P16", Command = [command], Pipeline = 16, Requests = options.Quick ? 100_000 : 1_000_000, Keys = 100_000,
                Reads = command == "get",
            };
            IReadOnlyDictionary<string, RoundResult> medians = Turns.Run(workload, peers, rounds);
            report.Table(
                $"{command} -P 16 -c 50, {rounds} rounds in turns, medians",
                ["peer", "kops/s", "p50 ms", "p99 ms", "p99.9 ms", "cpu us/req"],
                [.. medians.Select(entry => (IReadOnlyList<string>)[
                    entry.Key, Text(entry.Value.RequestsPerSecond / 1e3), Text(entry.Value.P50), Text(entry.Value.P99), Text(entry.Value.P999),
                    Text(entry.Value.CpuMicrosecondsPerRequest)])]);
            report.AtLeast(
                $"{command} -P 16: throughput against a lone redis-server",
                medians.GetValueOrDefault(Ours)?.RequestsPerSecond / medians.GetValueOrDefault("lone")?.RequestsPerSecond, 1, "x");
        }
    }

    /// <summary>The median of three starts; the first of all reads the files from disk.</summary>
    private static double? FirstPong(Workspace workspace, Options options)
    {
        var seconds = new List<double>();
        for (int i = 0; i < 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Peer? peer = KeywayGateway.Launch(workspace, options.Keyway, $"start {i}", ThreeShards(workspace));
            if (peer is null) return null;
            if (Readiness.AwaitPong(peer.Process, peer.Port, TimeSpan.FromSeconds(15)))
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            else
                Console.WriteLine($"keyway does not serve:\n{peer.Process.LastOutput()}");
            peer.Process.Dispose();
        }

        return seconds.Count == 0 ? null : Medians.Of(seconds);
    }

    private static KeywayMap ThreeShards(Workspace workspace) =>
        KeywayMap.Embedded(workspace.FreePort(), workspace.FreePort(), workspace.FreePort()) with { Loops = 1 };

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
