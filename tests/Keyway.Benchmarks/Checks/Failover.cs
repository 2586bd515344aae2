using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.Checks.Failing;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>
/// Masters are killed and stopped, one after the other, under redis-sentinels that give one a second. Clients write to the shard through the
/// gateway and, in the same run, by themselves: how long nobody's write succeeds, what of the acknowledged is gone, and whether another shard
/// notices.
/// </summary>
internal static class Failover
{
    private const int DownAfterMs = 1000;
    private const int Writers = 4;
    private const double LongestGapMs = 3000;

    public static void Run(Options options, Report report)
    {
        int rounds = options.Number("rounds", options.Quick ? 2 : 10);
        foreach (string kind in new[] { "sentinel", "nodes" })
        {
            if (options.Wants(kind)) Measure(kind, rounds, options, report);
        }
    }

    private static void Measure(string kind, int rounds, Options options, Report report)
    {
        report.Section($"A master is killed or stopped, {rounds} times; the gateway finds the next by {kind}");
        using var workspace = new Workspace();
        var shard = new SentinelGroup(workspace, replicas: 2, DownAfterMs);
        Peer other = Peers.RedisServer.Start(workspace, "other");
        string place = kind == "sentinel"
            ? $"sentinel: {{ master: {SentinelGroup.Name}, nodes: [{string.Join(", ", shard.Sentinels.Select(port => $"127.0.0.1:{port}"))}] }}"
            : $"nodes: [{string.Join(", ", shard.Servers.Select(server => $"127.0.0.1:{server.Port}"))}]";
        var map = new KeywayMap { Shards = [("a", place), ("b", $"nodes: [127.0.0.1:{other.Port}]")], Prefixes = true };
        Peer gateway = KeywayGateway.Start(workspace, options.Text("keyway"), $"keyway-{kind}", map) ?? throw new InvalidOperationException("there is no gateway to measure");

        var through = new WriterGroup("through the gateway");
        var direct = new WriterGroup("clients that follow redis-sentinel");
        for (int i = 0; i < Writers; i++)
        {
            through.Add(new GatewayWriter(gateway.Port, $"a:{i}", through.Note));
            direct.Add(new SentinelWriter(shard, $"direct:{i}", direct.Note));
        }

        var neighbour = new SteadyReader(gateway.Port, "b:key");
        through.Start();
        direct.Start();
        neighbour.Start();
        Thread.Sleep(options.Quick ? 2000 : 5000);
        double calm = neighbour.TakeP99Ms();
        for (int round = 0; round < rounds; round++) Fail(shard, round, through, direct);
        double troubled = neighbour.TakeP99Ms();
        through.Stop();
        direct.Stop();
        neighbour.Stop();
        Tell(kind, shard, through, direct, calm, troubled, report);
    }

    private static void Fail(SentinelGroup shard, int round, WriterGroup through, WriterGroup direct)
    {
        bool stops = round % 2 == 1;
        int master = shard.Master();
        through.BeginRound();
        direct.BeginRound();
        if (stops) shard.Servers[master].Process.Signal(Signals.Stop);
        else shard.Servers[master].Process.Kill();
        SentinelGroup.Await(() => shard.Master() != master, "another master");
        Thread.Sleep(2000);
        if (stops) shard.Servers[master].Process.Signal(Signals.Continue);
        else shard.Restart(master);
        shard.AwaitReplicas();
        through.EndRound();
        direct.EndRound();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  round {round + 1}, {(stops ? "stopped" : "killed")}: no write for {through.GapsMs[^1]:0} ms {through.Name}, {direct.GapsMs[^1]:0} ms by {direct.Name}"));
    }

    private static void Tell(string kind, SentinelGroup shard, WriterGroup through, WriterGroup direct, double calm, double troubled, Report report)
    {
        using var master = new RespClient(shard.Servers[shard.Master()].Port, timeoutMs: 60_000);
        SetComparison ours = through.Compare(master);
        SetComparison theirs = direct.Compare(master);
        report.Table("writes", ["", "longest gap, ms", "median gap, ms", "acknowledged", "lost", "lost of a million", "phantom", "in doubt", "refused"],
            [Row(through, ours), Row(direct, theirs)]);
        report.Line(string.Create(CultureInfo.InvariantCulture, $"Another shard's p99 was {calm:0.00} ms before and {troubled:0.00} ms meanwhile."));
        report.AtMost($"{kind}: longest gap without a write", through.GapsMs.Max(), LongestGapMs, " ms");
        report.AtMost($"{kind}: median gap, against clients that follow redis-sentinel", Median(through), 1.1 * Median(direct), " ms");
        report.AtMost($"{kind}: lost of the acknowledged, per million", PerMillion(ours.Lost, through), (1.5 * PerMillion(theirs.Lost, direct)) + 200, "");
        report.Holds($"{kind}: nothing is there that was said not to have been executed", ours.Phantoms == 0, $"{ours.Phantoms}");
        report.Holds($"{kind}: no other error than the allowed", through.Unexpected.Count == 0, string.Join(", ", through.Unexpected.Take(3)));
        report.AtMost($"{kind}: another shard's p99", troubled, (1.2 * calm) + 0.2, " ms");
    }

    private static string[] Row(WriterGroup group, SetComparison seen) =>
    [
        group.Name, Number(group.GapsMs.Max()), Number(Median(group)), Number(group.Acknowledged), Number(seen.Lost), Number(PerMillion(seen.Lost, group)), Number(seen.Phantoms),
        Number(group.Doubtful), Number(group.Refused),
    ];

    private static double Median(WriterGroup group) => Workloads.Medians.Of(group.GapsMs);

    private static double PerMillion(int lost, WriterGroup group) => group.Acknowledged == 0 ? 0 : 1e6 * lost / group.Acknowledged;

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
