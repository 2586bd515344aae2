using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Workloads;

namespace Keyway.Benchmarks.Checks;

/// <summary>What replicas cost a master, and how soon one has all data, beside a redis-server.</summary>
internal static class Replicate
{
    private const int ValueBytes = 1000;
    private const int Many = 10;
    private const double LongestTurnMs = 10;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly string[] Settings = ["--repl-diskless-sync-delay", "0", "--rdbcompression", "no"];

    public static void Run(Options options, Report report)
    {
        if (options.Wants("resync")) Resync(options, report);
        if (options.Wants("writes")) Writes(options, report);
    }

    private static void Resync(Options options, Report report)
    {
        int megabytes = options.Number("megabytes", options.Quick ? 60 : 1000);
        report.Section($"A full synchronization of {megabytes:#,0} MB");
        Times redis = Measure("redis", options, megabytes);
        Times keyway = Measure("keyway", options, megabytes);
        report.Table("seconds", ["server", "to one that throws it away", "to ten of them", "to a server of its own kind"], [Row("redis", redis), Row("keyway", keyway)]);
        report.AtMost("to one that throws it away, against redis-server's", keyway.ToSink, redis.ToSink / 0.7, " s");
        report.AtMost("to ten of them, against redis-server's", keyway.ToMany, redis.ToMany / 0.7, " s");
        report.AtMost("to a server of its own kind, against redis-server's", keyway.ToServer, redis.ToServer / 0.7, " s");
        report.AtMost("longest turn of the master meanwhile, less the wait for a core", keyway.LongestTurnMs, LongestTurnMs, " ms");
    }

    private static Times Measure(string name, Options options, int megabytes)
    {
        using var workspace = new Workspace();
        Peer master = Start(workspace, name, options, "master", "--repl-diskless-sync-max-replicas", "0");
        Fill(master, megabytes);
        using var client = new RespClient(master.Port, timeoutMs: 120_000);

        // Once before it counts: what is compiled at first use, and pages that nobody has touched.
        ToSinks(master.Port, 1);
        client.Call("CONFIG", "RESETSTAT");
        double one = Medians.Of(Enumerable.Range(0, options.Number("rounds", 3)).Select(_ => ToSinks(master.Port, 1)));
        client.Call("CONFIG", "SET", "repl-diskless-sync-delay", "60", "repl-diskless-sync-max-replicas", $"{Many}");
        double many = ToSinks(master.Port, Many);
        client.Call("CONFIG", "SET", "repl-diskless-sync-delay", "0", "repl-diskless-sync-max-replicas", "0");

        Peer replica = Start(workspace, name, options, "replica", "--repl-diskless-load", "on-empty-db");
        using var follower = new RespClient(replica.Port, timeoutMs: 120_000);
        long began = Stopwatch.GetTimestamp();
        follower.Call("REPLICAOF", "127.0.0.1", $"{master.Port}");
        while (!follower.Call("INFO", "replication").Contains("master_link_status:up", StringComparison.Ordinal))
        {
            if (Stopwatch.GetElapsedTime(began) > Limit) throw new InvalidOperationException($"{name} does not synchronize:\n{replica.Process.LastOutput()}");
            Thread.Sleep(5);
        }

        return new Times(one, many, Stopwatch.GetElapsedTime(began).TotalSeconds, Field(client.Call("INFO", "keyway"), "loop_longest_turn_usec") / 1e3);
    }

    private static double ToSinks(int port, int count)
    {
        long began = Stopwatch.GetTimestamp();
        StreamSink[] sinks = [.. Enumerable.Range(0, count).Select(_ => new StreamSink(port))];
        bool isDone = sinks.All(sink => sink.AwaitSnapshot(Limit));
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        foreach (StreamSink sink in sinks) sink.Dispose();
        return isDone ? seconds : double.NaN;
    }

    private static void Writes(Options options, Report report)
    {
        report.Section("Processor time of a write, by the number of replicas");
        var rows = new List<IReadOnlyList<string>>();
        foreach (int pipeline in new[] { 1, 16 })
        {
            foreach (string name in new[] { "redis", "keyway" })
            {
                double[] cpu = [.. new[] { 0, 1, Many }.Select(replicas => CpuOfWrite(name, options, replicas, pipeline))];
                rows.Add([$"{name}, -P {pipeline}", .. cpu.Select(value => Text(value)), Text(cpu[2] / cpu[1])]);
                if (name == "keyway") report.AtMost($"SET -P {pipeline} with {Many} replicas against 1", cpu[2] / cpu[1], 2, "x");
            }
        }

        report.Table("CPU us of the master for one SET", ["server", "alone", "1 replica", $"{Many} replicas", "x"], rows);
    }

    private static double CpuOfWrite(string name, Options options, int replicas, int pipeline)
    {
        using var workspace = new Workspace();
        Peer master = Start(workspace, name, options, "master");
        StreamSink[] sinks = [.. Enumerable.Range(0, replicas).Select(_ => new StreamSink(master.Port))];
        if (!sinks.All(sink => sink.AwaitSnapshot(Limit))) throw new InvalidOperationException($"{name} gives its replicas nothing");

        var workload = new Workload { Name = "set", Command = ["set"], Pipeline = pipeline, Requests = (pipeline == 1 ? 150_000 : 1_000_000) / (options.Quick ? 10 : 1), Keys = 100_000 };
        RedisBenchmark.Run(workload, master, workload.Requests / 5);
        RoundResult[] rounds = [.. Enumerable.Range(0, options.Number("rounds", 3)).Select(_ => RedisBenchmark.Run(workload, master, workload.Requests)).OfType<RoundResult>()];
        foreach (StreamSink sink in sinks) sink.Dispose();
        return Medians.Of(rounds.Select(round => round.CpuMicrosecondsPerRequest));
    }

    private static Peer Start(Workspace workspace, string name, Options options, string role, params string[] more)
    {
        if (name == "redis") return RedisServer.Start(workspace, role, more: [.. Settings, .. more]);
        return KeywayShard.Start(workspace, options.Keyway, $"keyway {role}", [.. Settings, .. more]) ?? throw new InvalidOperationException("keyway does not start");
    }

    private static void Fill(Peer peer, int megabytes)
    {
        using var load = new RespLoad(peer.Port);
        string filler = new('v', ValueBytes - 20);
        for (int i = 0; i < megabytes * 1000; i++) load.Add("SET", string.Create(CultureInfo.InvariantCulture, $"key:{i:000000000000}"), string.Create(CultureInfo.InvariantCulture, $"{i:00000000000000000000}{filler}"));
        load.Finish();
    }

    private static IReadOnlyList<string> Row(string name, Times times) => [name, Text(times.ToSink), Text(times.ToMany), Text(times.ToServer)];

    private static double? Field(string info, string name)
    {
        int start = info.IndexOf(name + ":", StringComparison.Ordinal);
        if (start < 0) return null;
        start += name.Length + 1;
        return double.Parse(info.AsSpan(start, info.IndexOf('\r', start) - start), CultureInfo.InvariantCulture);
    }

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private sealed record Times(double ToSink, double ToMany, double ToServer, double? LongestTurnMs);
}
