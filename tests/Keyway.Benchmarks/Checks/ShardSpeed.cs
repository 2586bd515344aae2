using System.Globalization;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Workloads;

namespace Keyway.Benchmarks.Checks;

/// <summary>One shard beside redis-server and Garnet: throughput and processor time per request, with a million keys loaded.</summary>
internal static class ShardSpeed
{
    private const string Ours = "keyway";
    private const string Redis = "redis";
    private const string Other = "garnet";

    public static void Run(Workspace workspace, Options options, Report report)
    {
        Peer?[] candidates =
        [
            RedisServer.Start(workspace, Redis),
            KeywayShard.Start(workspace, options.Keyway, Ours),
            Garnet.Start(workspace, options.Text("garnet")),
        ];
        Peer[] peers = [.. candidates.OfType<Peer>()];
        int keys = options.Quick ? 50_000 : 1_000_000;
        int rounds = options.Number("rounds", 5);
        report.Section($"One shard, {keys:#,0} keys loaded, one client thread, {rounds} rounds in turns, medians");
        foreach (Peer peer in peers) Fill(peer, keys);

        foreach ((Workload workload, Bound[] bounds) in Plan(options.Quick ? 10 : 1, keys))
        {
            if (!options.Wants("speed") && !options.Wants(workload.Name)) continue;
            foreach (Peer peer in peers) Prepare(peer, workload.Name);
            IReadOnlyDictionary<string, RoundResult> medians = Turns.Run(workload, peers, rounds);
            Show(report, workload, peers, medians);
            foreach (Bound bound in bounds) Check(report, workload, bound, medians);
        }
    }

    /// <summary>A promise against one peer: processor time at most, throughput at least so many times its own.</summary>
    private sealed record Bound(string Peer, double? Cpu, double? Throughput);

    private static IEnumerable<(Workload, Bound[])> Plan(int divisor, int keys)
    {
        foreach (string command in new[] { "set", "get" })
        {
            yield return (Of(command, 1, 150_000 / divisor, keys), [new(Redis, 0.95, null), new(Other, 0.6, null)]);
            yield return (Of(command, 16, 1_500_000 / divisor, keys), [new(Redis, null, 1.3), new(Other, null, 1.1)]);
            yield return (Of(command, 64, 4_000_000 / divisor, keys), [new(Redis, null, 2), new(Other, null, 1.5)]);
        }

        Bound[] even = [new(Redis, 1, null)];
        yield return (Of("incr", 16, 1_000_000 / divisor, keys), even);
        yield return (Of("lpush", 16, 1_000_000 / divisor, keys, "LPUSH", "list:pushed", "xxx"), even);
        yield return (Of("rpop", 16, 1_000_000 / divisor, keys, "RPOP", "list:popped"), even);
        yield return (Of("sadd", 16, 1_000_000 / divisor, keys, "SADD", "set", "element:__rand_int__"), even);
        yield return (Of("hset", 16, 1_000_000 / divisor, keys, "HSET", "hash", "element:__rand_int__", "xxx"), even);
        yield return (Of("zadd", 16, 600_000 / divisor, keys, "ZADD", "sorted", "0", "element:__rand_int__"), [new(Redis, 1.1, null)]);
        yield return (Of("lrange_100", 16, 150_000 / divisor, keys, "LRANGE", "list:read", "0", "99"), even);
        yield return (Of("mset", 16, 200_000 / divisor, keys, ["MSET", .. Enumerable.Repeat((string[])["key:__rand_int__", "xxx"], 10).SelectMany(pair => pair)]), even);
    }

    private static Workload Of(string name, int pipeline, int requests, int keys, params string[] command) => new()
    {
        Name = $"{name}-P{pipeline}", Command = command.Length == 0 ? [name] : command, Pipeline = pipeline, Requests = requests, Keys = keys,
    };

    private static void Fill(Peer peer, int keys)
    {
        // The names that redis-benchmark draws from.
        using var load = new RespLoad(peer.Port);
        for (int i = 0; i < keys; i++) load.Add("SET", string.Create(CultureInfo.InvariantCulture, $"key:{i:000000000000}"), "xxx");
        for (int i = 0; i < 1_000; i++) load.Add("RPUSH", "list:read", "xxx");
        load.Finish();
    }

    private static void Prepare(Peer peer, string workload)
    {
        if (!workload.StartsWith("rpop", StringComparison.Ordinal)) return;

        // More than all rounds take.
        string[] push = ["RPUSH", "list:popped", .. Enumerable.Repeat("xxx", 100)];
        using var load = new RespLoad(peer.Port);
        for (int i = 0; i < 70_000; i++) load.Add(push);
        load.Finish();
    }

    private static void Show(Report report, Workload workload, Peer[] peers, IReadOnlyDictionary<string, RoundResult> medians)
    {
        RoundResult? redis = medians.GetValueOrDefault(Redis);
        report.Table(
            workload.Name,
            ["server", "kops/s", "x redis", "p50 ms", "p99 ms", "p99.9 ms", "cpu us/req", "x redis"],
            [.. peers.Where(peer => medians.ContainsKey(peer.Name)).Select(peer => Row(peer.Name, medians[peer.Name], redis))]);
    }

    private static IReadOnlyList<string> Row(string name, RoundResult result, RoundResult? redis) =>
    [
        name, Text(result.RequestsPerSecond / 1e3), Text(result.RequestsPerSecond / redis?.RequestsPerSecond), Text(result.P50), Text(result.P99),
        Text(result.P999), Text(result.CpuMicrosecondsPerRequest), Text(result.CpuMicrosecondsPerRequest / redis?.CpuMicrosecondsPerRequest),
    ];

    private static void Check(Report report, Workload workload, Bound bound, IReadOnlyDictionary<string, RoundResult> medians)
    {
        RoundResult? ours = medians.GetValueOrDefault(Ours);
        RoundResult? theirs = medians.GetValueOrDefault(bound.Peer);
        if (bound.Cpu is { } cpu)
            report.AtMost($"{workload.Name}: CPU per request against {bound.Peer}", ours?.CpuMicrosecondsPerRequest / theirs?.CpuMicrosecondsPerRequest, cpu, "x");
        if (bound.Throughput is { } throughput)
            report.AtLeast($"{workload.Name}: throughput against {bound.Peer}", ours?.RequestsPerSecond / theirs?.RequestsPerSecond, throughput, "x");
    }

    private static string Text(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";
}
