using System.Globalization;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Workloads;

namespace Keyway.Benchmarks.Checks;

/// <summary>Throughput and processor time of the gateway beside nutcracker, over the same two redis-servers.</summary>
internal static class GatewaySpeed
{
    private const string OneLoop = "keyway, 1 loop";
    private const string DefaultLoops = "keyway, default";
    private const string Before = "keyway before";
    private const double AgainstBefore = 1.10;
    private const string Bare = "redis, no proxy";

    public static void Run(Options options, Report report)
    {
        using var workspace = new Workspace();
        Peer a = RedisServer.Start(workspace, "a");
        Peer b = RedisServer.Start(workspace, "b");
        Peer?[] candidates =
        [
            Nutcracker.Start(workspace, a.Port, b.Port),
            Nutcracker.StartQuiet(workspace, a.Port, b.Port),
            KeywayGateway.Start(workspace, options.Keyway, OneLoop, KeywayMap.Over(a.Port, b.Port) with { Loops = 1 }),
            options.Text("before") is { } before ? KeywayGateway.Start(workspace, before, Before, KeywayMap.Over(a.Port, b.Port) with { Loops = 1 }) : null,
            KeywayGateway.Start(workspace, options.Keyway, DefaultLoops, KeywayMap.Over(a.Port, b.Port)),
            Predixy.Start(workspace, options.Text("predixy"), a.Port, b.Port),
            RedisServer.Start(workspace, Bare.Replace(' ', '-')) with { Name = Bare },
        ];
        Peer[] peers = [.. candidates.OfType<Peer>()];

        int rounds = options.Number("rounds", 5);
        report.Section($"Gateway over two redis-servers, {rounds} rounds in turns, medians");
        foreach ((Workload workload, Bounds bounds) in Plan(options))
        {
            if (!options.Wants(workload.Name)) continue;
            IReadOnlyDictionary<string, RoundResult> medians = Turns.Run(workload, peers, rounds);
            Show(report, workload, peers, medians);
            Check(report, workload, bounds, medians.GetValueOrDefault(OneLoop), medians.GetValueOrDefault("nutcracker"));
            if (medians.GetValueOrDefault(Before) is not { } earlier) continue;
            double? ratio = medians.GetValueOrDefault(OneLoop)?.CpuMicrosecondsPerRequest / earlier.CpuMicrosecondsPerRequest;
            report.AtMost($"{workload.Name}: CPU per request against the build before", ratio, AgainstBefore, "x");
        }
    }

    /// <summary>What is promised of a workload against nutcracker; null where nothing is.</summary>
    private sealed record Bounds(double? Cpu, double? Throughput);

    private static IEnumerable<(Workload, Bounds)> Plan(Options options)
    {
        // Long enough that a hundredth of a second of processor time, and a scheduler's whim, do not show.
        int divisor = options.Quick ? 10 : 1;
        foreach (string command in new[] { "set", "get" })
        {
            yield return (OfRedisBenchmark(command, 1, 100_000 / divisor), new Bounds(0.95, 0.95));
            yield return (OfRedisBenchmark(command, 16, 600_000 / divisor), new Bounds(0.45, 1.8));
            yield return (OfRedisBenchmark(command, 64, 1_000_000 / divisor), new Bounds(0.18, 3));
        }

        string[] mget = ["MGET", .. Enumerable.Repeat("key:__rand_int__", 10)];
        Workload small = OfRedisBenchmark("get", 16, 160_000 / divisor);
        yield return (small with { Name = "mget-P16", Command = mget }, new Bounds(null, 2));

        Workload kilobyte = OfRedisBenchmark("get", 16, 400_000 / divisor);
        yield return (kilobyte with { Name = "get-1k-P16", ValueBytes = 1024 }, new Bounds(0.5, null));

        // redis-benchmark -t set,get -n 1000000 -c 300 -d 10000 -r 10000, its two halves apart.
        int classic = options.Number("classic-requests", 150_000 / divisor);
        foreach (string command in new[] { "set", "get" })
        {
            Workload workload = OfRedisBenchmark(command, 1, classic) with
            {
                Name = $"classic-{command}", Clients = 300, ValueBytes = 10_000,
            };
            yield return (workload, new Bounds(0.9, 1));
        }
    }

    private static Workload OfRedisBenchmark(string command, int pipeline, int requests) =>
        new() { Name = $"{command}-P{pipeline}", Command = [command], Pipeline = pipeline, Requests = requests, Reads = command == "get" };

    private static void Show(Report report, Workload workload, Peer[] peers, IReadOnlyDictionary<string, RoundResult> medians)
    {
        RoundResult? nutcracker = medians.GetValueOrDefault("nutcracker");
        RoundResult? bare = medians.GetValueOrDefault(Bare);
        var rows = new List<IReadOnlyList<string>>();
        foreach (Peer peer in peers)
        {
            if (!medians.TryGetValue(peer.Name, out RoundResult? r)) continue;
            rows.Add([
                peer.Name, Text(r.RequestsPerSecond / 1e3, "0.0"), Ratio(r.RequestsPerSecond, nutcracker?.RequestsPerSecond),
                Ratio(r.RequestsPerSecond, bare?.RequestsPerSecond), Text(r.P50, "0.000"), Text(r.P99, "0.000"), Text(r.P999, "0.000"),
                Text(r.Max, "0.0"), Text(r.CpuMicrosecondsPerRequest, "0.00"),
                Ratio(r.CpuMicrosecondsPerRequest, nutcracker?.CpuMicrosecondsPerRequest),
            ]);
        }

        report.Table(
            $"{workload.Name}: -P {workload.Pipeline} -c {workload.Clients} -d {workload.ValueBytes} -r {workload.Keys} -n {workload.Requests}",
            ["peer", "kops/s", "/nutcr", "/redis", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "cpu us/req", "/nutcr"], rows);
    }

    private static void Check(Report report, Workload workload, Bounds bounds, RoundResult? ours, RoundResult? nutcracker)
    {
        if (bounds.Cpu is { } cpu)
        {
            report.AtMost(
                $"{workload.Name}: CPU per request against nutcracker",
                ours?.CpuMicrosecondsPerRequest / nutcracker?.CpuMicrosecondsPerRequest, cpu, "x");
        }

        if (bounds.Throughput is { } throughput)
        {
            report.AtLeast(
                $"{workload.Name}: throughput against nutcracker",
                ours?.RequestsPerSecond / nutcracker?.RequestsPerSecond, throughput, "x");
        }
    }

    private static string Ratio(double value, double? other) => other is { } o ? Text(value / o, "0.00") : "-";

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
