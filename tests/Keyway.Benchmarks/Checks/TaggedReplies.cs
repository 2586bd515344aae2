using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Keyway.Benchmarks.Checks.Tagged;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>
/// A million requests whose right answers are known, between impolite clients and shards that misbehave: every request must get its own
/// reply or exactly one error, never another's. Transactions, waiting, subscriptions, other databases and silence are among them.
/// </summary>
internal static class TaggedReplies
{
    private const int Clients = 48;

    private static readonly TimeSpan ShardTimeout = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BetweenTwos = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static void Run(Options options, Report report)
    {
        using var workspace = new Workspace();
        int requests = options.Number("requests", options.Quick ? 100_000 : 1_000_000);
        var run = new TagRun(options.Number("seed", 1), ShardTimeout, requests) {
            Calm = options.Calm,
            HasSessions = options.Text("through") is null,
        };
        report.Section($"Tagged replies: {requests:#,0} requests, {Clients} clients, seed {run.Seed}");

        int a = workspace.FreePort();
        int b = workspace.FreePort();
        using var shardA = new FaultyShard(run, 0, a);
        using var shardB = new FaultyShard(run, 1, b);
        Peer? gateway = Gateway(workspace, options, a, b);
        if (gateway is null)
        {
            report.AtMost("tagged replies", null, 0, "");
            return;
        }

        long start = Stopwatch.GetTimestamp();
        Thread[] clients = [.. Enumerable.Range(1, Clients).Select(n => new Thread(new TagClient(gateway.Port, n, run).Run) { IsBackground = true })];
        foreach (Thread client in clients) client.Start();
        int twice = 0;
        while (!run.IsDone && Stopwatch.GetElapsedTime(start) < Limit && gateway.Process.IsRunning)
        {
            Thread.Sleep(200);
            if (run.Calm || Stopwatch.GetElapsedTime(start) < BetweenTwos * (twice + 1)) continue;
            AskForTwo(gateway.Port, run, twice++);
        }

        bool done = run.IsDone;
        run.Stopped = true;
        foreach (Thread client in clients) client.Join();
        Show(report, run.Tally, Stopwatch.GetElapsedTime(start));
        Check(report, run.Tally, done, gateway);
    }

    private static Peer? Gateway(Workspace workspace, Options options, int a, int b)
    {
        // Another gateway has other errors and no rule for our keys; it shows what the test finds.
        if (options.Text("through") == "nutcracker") return Nutcracker.StartWithTimeout(workspace, (int)ShardTimeout.TotalMilliseconds, a, b);

        KeywayMap map = KeywayMap.Over(a, b) with { Prefixes = true, TimeoutMs = (int)ShardTimeout.TotalMilliseconds };
        return KeywayGateway.Start(workspace, options.Keyway, "keyway", map);
    }

    /// <summary>
    /// A reply too many can only be told from a right one while nothing else is in flight: then it must cost the link, not the next
    /// request. So everybody holds still for it.
    /// </summary>
    private static void AskForTwo(int port, TagRun run, int number)
    {
        run.Quiet.EnterWriteLock();
        try
        {
            // Requests of clients that left may still be on their way to a shard that hangs for up to six timeouts.
            Thread.Sleep(run.Tally.Hangs > 0 ? ShardTimeout * 6.5 : ShardTimeout);
            using var client = new RespClient(port);
            foreach (string kind in new[] { "twice", "tag", "tag", "tag" })
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"a:{kind}:0:{(number * 10) + kind.Length}");
                string own = $"${key.Length}\r\n{key}\r\n";
                string reply = client.Call("GET", key);
                if (reply == own) Interlocked.Increment(ref run.Tally.Own);
                else if (reply.StartsWith("-UNCERTAIN ", StringComparison.Ordinal)) Interlocked.Increment(ref run.Tally.Uncertain);
                else if (reply.StartsWith("-TRYAGAIN ", StringComparison.Ordinal)) Interlocked.Increment(ref run.Tally.TryAgain);
                else if (reply[0] == '-') Interlocked.Increment(ref run.Tally.OtherErrors);
                else run.Tally.CountForeign(own, reply);
            }
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            Interlocked.Increment(ref run.Tally.Cut);
            Interlocked.Increment(ref run.Tally.ClosedByGateway);
        }
        finally
        {
            run.Quiet.ExitWriteLock();
        }
    }

    private static void Show(Report report, TagTally tally, TimeSpan elapsed)
    {
        report.Table("requests", ["", ""], [
            ["all", Text(tally.Requests)], ["own reply", Text(tally.Own)], ["TRYAGAIN", Text(tally.TryAgain)],
            ["UNCERTAIN", Text(tally.Uncertain)], ["abandoned by their clients", Text(tally.Abandoned)],
            ["cut off with their clients", Text(tally.Cut)], ["messages", Text(tally.Messages)], ["seconds", Text((long)elapsed.TotalSeconds)],
        ]);
        report.Table("faults", ["", ""], [
            ["garbage", Text(tally.Garbage)], ["half a reply, then gone", Text(tally.Halves)], ["byte by byte", Text(tally.SingleBytes)],
            ["hung", Text(tally.Hangs)], ["two replies", Text(tally.Twice)], ["clients that stalled in a request", Text(tally.Stalls)],
            ["values of 100 MB", Text(tally.LargeValues)],
        ]);
    }

    private static void Check(Report report, TagTally tally, bool done, Peer gateway)
    {
        report.Holds("tagged: all requests made within ten minutes", done, Text(tally.Requests));
        report.Holds("tagged: nobody got another's reply, or one too many", tally.Foreign == 0, $"{Text(tally.Foreign)} {tally.FirstForeign}");
        report.Holds("tagged: nobody waited in vain", tally.Silent == 0, Text(tally.Silent));
        report.Holds("tagged: errors are TRYAGAIN or UNCERTAIN", tally.OtherErrors == 0, $"{Text(tally.OtherErrors)} {tally.FirstOther}");
        report.Holds("tagged: every request reached its shard whole and alone", tally.BadRequests == 0, Text(tally.BadRequests));
        report.Holds(
            "tagged: no more clients closed than shards' replies broken off", tally.ClosedByGateway <= tally.Cutting,
            $"{Text(tally.ClosedByGateway)} of {Text(tally.Cutting)}");
        report.Holds("tagged: the gateway lives", gateway.Process.IsRunning, gateway.Process.IsRunning ? "yes" : gateway.Process.LastOutput());
    }

    private static string Text(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
