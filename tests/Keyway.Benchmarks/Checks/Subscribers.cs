using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.Checks.Listening;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>
/// Thousands of clients of the gateway that all listen to one channel, and a hundred messages a second for all of them, over shards in processes of
/// their own: is every message there, once, in order; what does it cost; and what is left when they have gone?
/// </summary>
internal static class Subscribers
{
    private const int Loops = 2;
    private const int Shards = 2;

    public static void Run(Options options, Report report)
    {
        int count = options.Number("clients", options.Quick ? 400 : 4_000);
        int rate = options.Number("rate", 100);
        int seconds = options.Number("seconds", options.Quick ? 3 : 20);
        using var workspace = new Workspace();
        if (options.Wants("redis"))
        {
            report.Section(Title(count, rate, "two redis-servers"));
            Measure(workspace, options, report, RedisServer.Start(workspace, "a"), RedisServer.Start(workspace, "b"), count, rate, seconds);
        }

        if (options.Wants("keyway"))
        {
            report.Section(Title(count, rate, "two shards of Keyway"));
            Peer? a = KeywayShard.Start(workspace, options.Keyway, "shard-a");
            Peer? b = KeywayShard.Start(workspace, options.Keyway, "shard-b");
            if (a is null || b is null) report.Holds("shards", false, "absent");
            else Measure(workspace, options, report, a, b, count, rate, seconds);
        }
    }

    private static string Title(int count, int rate, string shards) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,0} subscribers, {rate} messages of 100 bytes a second to each, over {shards}");

    private static void Measure(Workspace workspace, Options options, Report report, Peer a, Peer b, int count, int rate, int seconds)
    {
        KeywayMap map = KeywayMap.Over(a.Port, b.Port) with { Loops = Loops, MaxClients = count + 100 };
        if (KeywayGateway.Start(workspace, options.Keyway, "keyway-" + a.Name, map) is not { } gateway)
        {
            report.Holds("the gateway", false, "absent");
            return;
        }

        using (gateway.Process)
        using (a.Process)
        using (b.Process)
        {
            // What every process takes once, and what is compiled only once.
            Round(gateway, count: Math.Min(count, 500), rate, messages: rate, report: null);
            AwaitNoLinks(gateway);
            long before = Returned(gateway.Process.Id, 0);
            Round(gateway, count, rate, rate * seconds, report);
            report.Holds("no subscription link is left when they have gone", AwaitNoLinks(gateway), $"{Links(gateway)}");
            long after = Returned(gateway.Process.Id, (long)(before * 1.1));
            report.Line($"resident memory: {MemoryUse.Megabytes(before)} before, {MemoryUse.Megabytes(after)} after");
            report.AtMost("memory after they left, against before", after / (double)before, 1.3, "x");
        }
    }

    private static void Round(Peer gateway, int count, int rate, int messages, Report? report)
    {
        using var crowd = new ListenerCrowd(gateway.Port, count, messages);
        int answers = 0;
        int wrong = 0;
        bool isDone = false;
        var publisher = new Thread(() =>
        {
            using var client = new RespClient(gateway.Port, timeoutMs: 60_000);
            string right = $":{count}\r\n";
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < messages; i++)
            {
                TimeSpan due = TimeSpan.FromSeconds((double)i / rate) - Stopwatch.GetElapsedTime(start);
                if (due > TimeSpan.Zero) Thread.Sleep(due);
                crowd.NoteSent(i);
                client.Send(ListenerCrowd.Message(i));
            }

            for (; answers < messages; answers++)
            {
                if (System.Text.Encoding.ASCII.GetString(client.ReadReply()) != right) wrong++;
            }

            Volatile.Write(ref isDone, true);
        });
        double links = Links(gateway);
        long cpu = ProcessFigures.CpuNanoseconds(gateway.Process.Id);
        long start = Stopwatch.GetTimestamp();
        publisher.Start();
        crowd.Read(messages, () => !Volatile.Read(ref isDone));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        publisher.Join();
        if (report is null) return;

        double used = (ProcessFigures.CpuNanoseconds(gateway.Process.Id) - cpu) / 1e9;
        long most = ProcessFigures.PeakResidentBytes(gateway.Process.Id);
        double? turn = Metrics.Largest(gateway, "keyway_loop_turn_seconds_max");
        report.Line(string.Create(CultureInfo.InvariantCulture,
            $"{crowd.Delivered:#,0} messages in {seconds:0.0} s; the last subscriber had each after {crowd.LatencyMs(0.5):0.0} ms (median), {crowd.LatencyMs(0.99):0.0} ms (p99)"));
        report.Line(string.Create(CultureInfo.InvariantCulture,
            $"gateway: {used / seconds * 100:0} % of a core, {used * 1e6 / Math.Max(1, crowd.Delivered):0.00} us a message, {MemoryUse.Megabytes(most)} at most, longest turn {turn * 1000:0.0} ms"));
        report.Holds("every message came to everybody, once and in order", crowd.Trouble is null && crowd.Delivered == (long)messages * count, crowd.Trouble ?? $"{crowd.Delivered:#,0}");
        report.Holds("PUBLISH told the number of subscribers", wrong == 0 && answers == messages, $"{wrong} wrong of {answers}");
        report.Holds("one subscription link for each loop and shard", links == Loops * Shards, $"{links}");
        report.AtMost("time to deliver, against the time it was published in", seconds / ((double)messages / rate), 1.2, "x");
    }

    private static double Links(Peer gateway) => Metrics.Sum(gateway, "keyway_shard_links", "kind=\"subscription\"") ?? double.NaN;

    private static bool AwaitNoLinks(Peer gateway)
    {
        for (int i = 0; i < 100; i++)
        {
            if (Links(gateway) == 0) return true;
            Thread.Sleep(100);
        }

        return false;
    }

    /// <summary>The least within fifteen seconds, or the first figure that is low enough.</summary>
    private static long Returned(int processId, long enough)
    {
        long least = long.MaxValue;
        for (int i = 0; i < (enough == 0 ? 10 : 75) && least > enough; i++)
        {
            Thread.Sleep(200);
            least = Math.Min(least, ProcessFigures.ResidentBytes(processId));
        }

        return least;
    }
}
