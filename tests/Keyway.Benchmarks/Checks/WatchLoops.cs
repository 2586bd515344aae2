using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>
/// Hundreds of clients that each read a number, add one and write it back under WATCH, all at once on a few keys: no update may be lost, and the links
/// that watching takes go back.
/// </summary>
internal static class WatchLoops
{
    private const int Shards = 2;
    private const int PatienceMs = 60_000;

    // A private link that nobody wants any more ends after ten seconds.
    private const int LinksEndWithinMs = 15_000;

    public static void Run(Options options, Report report)
    {
        int clients = options.Number("clients", options.Quick ? 50 : 500);
        int rounds = options.Number("rounds", options.Quick ? 10 : 40);
        int keys = options.Number("keys", Math.Max(2, clients / 10));
        foreach (string kind in new[] { "keyway", "redis" })
        {
            if (!options.Wants(kind)) continue;
            using var workspace = new Workspace();
            report.Section(string.Create(CultureInfo.InvariantCulture, $"{clients:#,0} WATCH loops on {keys} keys over two shards: {kind}"));
            List<Peer> shards = [];
            for (int i = 0; i < Shards; i++)
            {
                string name = $"{kind} {(char)('a' + i)}";
                Peer? shard = kind == "keyway" ? KeywayShard.Start(workspace, options.Keyway, name) : RedisServer.Start(workspace, name, 0);
                if (shard is not null) shards.Add(shard);
            }
            KeywayMap map = KeywayMap.Over([.. shards.Select(shard => shard.Port)]) with { Prefixes = true, MaxClients = clients + 1_000, PrivateLinks = 2 * clients + 100 };
            Peer? gateway = shards.Count == Shards ? KeywayGateway.Start(workspace, options.Keyway, $"keyway over {kind}", map) : null;
            if (gateway is null) report.Holds("no update is lost", false, "something does not start");
            else Measure(report, gateway, clients, rounds, keys);
        }
    }

    private static void Measure(Report report, Peer gateway, int clients, int rounds, int keys)
    {
        // What every process takes once, and what is compiled only once.
        Loops(gateway, clients, rounds, keys, "warm");
        AwaitLinks(gateway);
        int process = gateway.Process.Id;
        long before = Least(process);
        int filesBefore = OpenFiles(process);

        long begun = Stopwatch.GetTimestamp();
        long cpu = ProcessFigures.CpuNanoseconds(process);
        (long attempts, double links) = Loops(gateway, clients, rounds, keys, "count");
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        double busy = (ProcessFigures.CpuNanoseconds(process) - cpu) / 1e9 / seconds;
        long with = ProcessFigures.ResidentBytes(process);
        long updates = (long)clients * rounds;
        report.Line(string.Create(CultureInfo.InvariantCulture,
            $"{updates:#,0} updates in {attempts:#,0} attempts, {seconds:0.0} s: {attempts / seconds:#,0} attempts a second, {busy:0.00} cores of the gateway; private links {links:0} at most; {MemoryUse.Megabytes(before)} before, {MemoryUse.Megabytes(with)} at the end of it"));

        using (var control = new RespClient(gateway.Port, PatienceMs))
        {
            long sum = 0;
            for (int i = 0; i < keys; i++) sum += Number(control.Call("GET", KeyOf("count", i)));
            report.Holds("no update is lost and none is made twice", sum == updates, string.Create(CultureInfo.InvariantCulture, $"{sum:#,0} of {updates:#,0}"));
        }
        report.AtMost("private links for each client", links / clients, 1, "");
        report.AtMost("private links when all have left", AwaitLinks(gateway), 0, "");
        report.AtMost("sockets more than before", Math.Max(0, OpenFiles(process) - filesBefore), 4, "");
        report.AtMost("memory afterwards, against before", Least(process) / (double)before, 1.25, "x");
    }

    private static (long Attempts, double Links) Loops(Peer gateway, int clients, int rounds, int keys, string name)
    {
        long attempts = 0;
        var failures = new List<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, clients).Select(number => new Thread(
            () =>
            {
                try
                {
                    Interlocked.Add(ref attempts, Loop(gateway, KeyOf(name, number % keys), rounds));
                }
                catch (Exception failure)
                {
                    lock (failures) failures.Add(failure);
                }
            },
            256 * 1024))];
        foreach (Thread thread in threads) thread.Start();
        double links = 0;
        foreach (Thread thread in threads)
        {
            while (!thread.Join(200)) links = Math.Max(links, Links(gateway));
        }
        if (failures.Count > 0) throw new IOException($"{failures.Count} clients failed, the first: {failures[0].Message}", failures[0]);
        return (attempts, links);
    }

    private static long Loop(Peer gateway, string key, int rounds)
    {
        using var client = new RespClient(gateway.Port, PatienceMs);
        long attempts = 0;
        for (int done = 0; done < rounds; attempts++)
        {
            Expect(client.Call("WATCH", key), "+OK\r\n");
            long next = Number(client.Call("GET", key)) + 1;
            Expect(client.Call("MULTI"), "+OK\r\n");
            Expect(client.Call("SET", key, next.ToString(CultureInfo.InvariantCulture)), "+QUEUED\r\n");
            string exec = client.Call("EXEC");
            if (exec == "*1\r\n+OK\r\n") done++;
            else Expect(exec, "*-1\r\n");
        }
        return attempts;
    }

    private static string KeyOf(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{(char)('a' + (number % Shards))}:{name}:{number}");

    // "$2\r\n17\r\n"; "$-1\r\n" before there is any.
    private static long Number(string reply) =>
        reply == "$-1\r\n" ? 0 : long.Parse(reply.Split("\r\n")[1], CultureInfo.InvariantCulture);

    private static double Links(Peer gateway) => Metrics.Sum(gateway, "keyway_shard_links", "kind=\"private\"") ?? double.NaN;

    private static double AwaitLinks(Peer gateway)
    {
        double links = Links(gateway);
        for (int waited = 0; links > 0 && waited < LinksEndWithinMs; waited += 100)
        {
            Thread.Sleep(100);
            links = Links(gateway);
        }
        return links;
    }

    private static int OpenFiles(int process) => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;

    private static long Least(int process)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 15; i++)
        {
            Thread.Sleep(200);
            least = Math.Min(least, ProcessFigures.ResidentBytes(process));
        }
        return least;
    }

    private static void Expect(string reply, string wanted)
    {
        if (reply != wanted) throw new IOException($"expected {wanted.Trim()}, got {reply.Trim()}");
    }
}
