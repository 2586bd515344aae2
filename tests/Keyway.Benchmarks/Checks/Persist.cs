using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Workloads;

namespace Keyway.Benchmarks.Checks;

/// <summary>
/// Much data, many writes, and a snapshot of it all meanwhile: how long clients wait then and otherwise, what memory it takes, and how fast a server has its
/// data again. Beside a redis-server, which forks.
/// </summary>
internal static class Persist
{
    private const int ValueBytes = 350;
    private const int BytesPerKey = ValueBytes + 60;
    private const double LongestTurnMs = 10;

    public static void Run(Options options, Report report)
    {
        ExactTurns.Ask();
        int megabytes = options.Number("megabytes", options.Quick ? 60 : 1000);
        int rate = options.Number("rate", 10_000);
        int keys = (int)(megabytes * 1_000_000L / BytesPerKey);
        var load = new Load { Port = 0, RequestsPerSecond = rate, Duration = TimeSpan.FromSeconds(options.Quick ? 3 : 10), Keys = keys, Value = Text(keys, ValueBytes) };
        report.Section($"{megabytes:#,0} MB in {keys:#,0} keys and some large values, {rate:#,0} writes/s");

        Figures? redis = options.Text("only") == "keyway" ? null : Measure("redis", options, report, load);
        Figures keyway = Measure("keyway", options, report, load);
        report.Table(
            "writes by the clock, each with its time from the moment it was due",
            ["server (medians)", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "with a snapshot: p50", "p99", "p99.9", "max", "snapshot s", "memory for it MB", "load s"],
            redis is null ? [keyway.Row("keyway")] : [redis.Row("redis"), keyway.Row("keyway")]);
        report.AtMost("longest turn while a snapshot is taken, less the wait for a core", keyway.LongestTurnMs, LongestTurnMs, " ms");
        report.AtMost("p99 with a snapshot against p99 without", keyway.P99With, keyway.P99Without * 2, " ms");
        report.AtMost("memory for the snapshot", keyway.LargestExtra.ExtraBytes / 1e6, keyway.LargestExtra.ResidentBytes / 1e6 * 0.1, " MB");
        if (redis is not null) report.AtMost("time to load against redis-server's", keyway.LoadSeconds, redis.LoadSeconds / 0.7, " s");
    }

    private static Figures Measure(string name, Options options, Report report, Load load)
    {
        using var workspace = new Workspace();
        Peer peer = Start(workspace, name, options, port: 0);
        Fill(peer, load.Keys, options.Quick ? 20_000 : 1_000_000);
        load = load with { Port = peer.Port };
        LoadGenerator.Run(load with { Duration = TimeSpan.FromSeconds(2), Seed = 7 });

        using var client = new RespClient(peer.Port, timeoutMs: 120_000);
        var rounds = new List<Round>();
        for (int i = 0; i < options.Number("rounds", options.Quick ? 1 : 5); i++) rounds.Add(MeasureRound(name, peer, client, load));
        client.Call("SAVE");
        client.Send(RespClient.Encode("SHUTDOWN", "NOSAVE"));
        Thread.Sleep(1000);
        peer.Process.Dispose();
        return new Figures { Rounds = rounds, LoadSeconds = TimeOfLoad(workspace, name, options, report) };
    }

    // The same load twice, first without a snapshot and then for as long as one takes: what else the machine does meets both.
    private static Round MeasureRound(string name, Peer peer, RespClient client, Load load)
    {
        LoadResult without;
        using (var over = new CancellationTokenSource())
        {
            var changes = new Thread(() => ChangeLargeValues(peer.Port, over.Token));
            changes.Start();
            without = LoadGenerator.Run(load);
            over.Cancel();
            changes.Join();
        }

        client.Call("CONFIG", "RESETSTAT");
        long resident = ProcessFigures.ResidentBytes(peer.Process.Id);
        ProcessFigures.ForgetPeak(peer.Process.Id);

        using var ended = new CancellationTokenSource();
        long began = Stopwatch.GetTimestamp();
        double seconds = 0;
        client.Call("BGSAVE");
        var watcher = new Thread(() => seconds = AwaitSnapshot(peer.Port, began, ended));
        var writer = new Thread(() => ChangeLargeValues(peer.Port, ended.Token));
        watcher.Start();
        writer.Start();
        LoadResult with = LoadGenerator.Run(load with { Duration = TimeSpan.FromSeconds(300), Stop = ended.Token, Seed = 2 });
        watcher.Join();
        writer.Join();

        // A forked child is a process of its own: what it takes is what it and its parent no longer share.
        string info = client.Call("INFO", "everything") + client.Call("INFO", "keyway");
        long extra = name == "redis" ? (long)(Field(info, "rdb_last_cow_size") ?? 0) : ProcessFigures.PeakResidentBytes(peer.Process.Id) - resident;
        return new Round(without, with, seconds, resident, extra, Field(info, "loop_longest_turn_usec") / 1e3);
    }

    private static Peer Start(Workspace workspace, string name, Options options, int port)
    {
        if (port == 0) port = workspace.FreePort();
        string dll = options.Keyway ?? Executables.FindKeyway() ?? throw new InvalidOperationException("keyway is not built");
        string[] arguments =
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", workspace.Folder,
            "--rdbcompression", "no",
        ];
        ChildProcess process = name == "redis"
            ? workspace.Start($"redis-{port}", "redis-server", arguments)
            : workspace.Start($"keyway-{port}", "dotnet", [dll, "shard", .. arguments]);
        if (Readiness.AwaitPong(process, port, TimeSpan.FromSeconds(120))) return new Peer(name, port, process);
        throw new InvalidOperationException($"{name} does not serve:\n{process.LastOutput()}");
    }

    private static double TimeOfLoad(Workspace workspace, string name, Options options, Report report)
    {
        const string Before = "DB loaded from disk: ";
        Peer peer = Start(workspace, name, options, port: 0);
        using (var client = new RespClient(peer.Port)) report.Line($"{name} has {client.Call("DBSIZE").Trim(':', '\r', '\n')} keys again");
        string line = peer.Process.Output().Last(line => line.Contains(Before, StringComparison.Ordinal));
        peer.Process.Dispose();
        line = line[(line.IndexOf(Before, StringComparison.Ordinal) + Before.Length)..];
        return double.Parse(line[..line.IndexOf(' ')], CultureInfo.InvariantCulture);
    }

    private static void Fill(Peer peer, int keys, int elements)
    {
        using var load = new RespLoad(peer.Port);
        for (int i = 0; i < keys; i++) load.Add("SET", $"key:{LoadGenerator.Key(i)}", Text(i, ValueBytes));
        for (int i = 0; i < elements; i++)
        {
            string element = $"element:{i}";
            load.Add("HSET", "hash", element, "value");
            load.Add("SADD", "set", element);
            load.Add("ZADD", "sorted", $"{i * 7919L % 1_000_003}", element);
            load.Add("RPUSH", "list", element);
            load.Add("XADD", "stream", $"{i + 1}-1", "field", element);
        }

        load.Add("SETRANGE", "text", $"{elements * 50}", "end");
        load.Finish();
    }

    // A thousand of them a second beside the others, with a snapshot and without: how long those wait is what is compared.
    private static void ChangeLargeValues(int port, CancellationToken ended)
    {
        using var client = new RespClient(port, timeoutMs: 60_000);
        for (int i = 0; !ended.IsCancellationRequested; i++)
        {
            string element = $"element:{i * 104_729L % 900_000}";
            client.Call("HSET", "hash", element, "another");
            client.Call("SREM", "set", element);
            client.Call("ZINCRBY", "sorted", "500", element);
            client.Call("LPOP", "list");
            client.Call("RPUSH", "list", element);
            client.Call("XADD", "stream", "*", "field", element);
            client.Call("XDEL", "stream", $"{i * 31}-1");
            client.Call("SETRANGE", "text", $"{i * 104_729L % 1_000_000}", element);
            Thread.Sleep(7);
        }
    }

    private static double AwaitSnapshot(int port, long began, CancellationTokenSource ended)
    {
        using var client = new RespClient(port, timeoutMs: 60_000);
        while (client.Call("INFO", "persistence").Contains("rdb_bgsave_in_progress:1", StringComparison.Ordinal)) Thread.Sleep(20);
        ended.Cancel();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    // Hardly to be packed, and cheap to make.
    private static string Text(int seed, int length)
    {
        return string.Create(length, (uint)seed * 2654435761 + 12345, static (text, state) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                state = (state * 1664525) + 1013904223;
                text[i] = (char)('0' + (state >> 26));
            }
        });
    }

    private static double? Field(string info, string name)
    {
        foreach (string line in info.Split('\n'))
        {
            if (line.StartsWith(name + ":", StringComparison.Ordinal)) return double.Parse(line[(name.Length + 1)..].Trim(), CultureInfo.InvariantCulture);
        }

        return null;
    }

    private sealed record Round(LoadResult Without, LoadResult With, double SnapshotSeconds, long ResidentBytes, long ExtraBytes, double? LongestTurnMs);

    /// <summary>Medians of the rounds for what varies with the machine's mood, the worst of them for what must never be.</summary>
    private sealed record Figures
    {
        public required IReadOnlyList<Round> Rounds { get; init; }

        public required double LoadSeconds { get; init; }

        public double P99Without => Without(99);

        public double P99With => With(99);

        public double? LongestTurnMs => Rounds.Max(round => round.LongestTurnMs);

        public Round LargestExtra => Rounds.MaxBy(round => round.ExtraBytes)!;

        public IReadOnlyList<string> Row(string name) =>
        [
            name, Ms(Without(50)), Ms(P99Without), Ms(Without(99.9)), Ms(Max(round => round.Without)), Ms(With(50)), Ms(P99With), Ms(With(99.9)), Ms(Max(round => round.With)),
            Medians.Of(Rounds.Select(round => round.SnapshotSeconds)).ToString("0.0", CultureInfo.InvariantCulture),
            (LargestExtra.ExtraBytes / 1e6).ToString("0", CultureInfo.InvariantCulture), LoadSeconds.ToString("0.00", CultureInfo.InvariantCulture),
        ];

        private double Without(double percentile) => Medians.Of(Rounds.Select(round => round.Without.Latency.Milliseconds(percentile)));

        private double With(double percentile) => Medians.Of(Rounds.Select(round => round.With.Latency.Milliseconds(percentile)));

        private double Max(Func<Round, LoadResult> of) => Rounds.Max(round => of(round).Latency.MaxNanoseconds / 1e6);

        private static string Ms(double milliseconds) => milliseconds.ToString("0.000", CultureInfo.InvariantCulture);
    }
}
