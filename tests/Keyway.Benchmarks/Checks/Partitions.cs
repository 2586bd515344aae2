using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.Checks.Failing;
using Keyway.Benchmarks.Checks.Parted;
using Keyway.Benchmarks.Peers;
using Keyway.Benchmarks.Peers.Networks;

namespace Keyway.Benchmarks.Checks;

/// <summary>
/// Servers, sentinels, gateways and clients on machines of their own (network namespaces), whose network is cut in every way that matters. After each cut
/// all must agree again: one master, nothing acknowledged lost but what a master took that had been replaced already, no epoch twice.
/// </summary>
internal static class Partitions
{
    private const int Writers = 2;
    private const string Directly = "the few, directly";
    private const int CalmMs = 1000;
    private const int ShortestFlapMs = 200;
    private const int LongestFlapMs = 1500;
    private const double AgreementLimitSeconds = 30;
    private const double AgainLimitMs = 1500;
    private const double GapLimitMs = 5000;

    // What was on its way to a replica when the cut came may be lost with asynchronous replication.
    private static readonly TimeSpan UnderWay = TimeSpan.FromMilliseconds(200);

    // How long a master that was replaced may still be written to: until the promotion is known and the sentinels have said so.
    private const double StaleLimitMs = 3000;

    public static void Run(Options options, Report report)
    {
        bool real = (options.Text("peer") ?? "keyway") switch
        {
            "keyway" => false,
            "redis" => true,
            var other => throw new ArgumentException($"--peer is keyway or redis, not '{other}'"),
        };
        string dll = options.Keyway ?? Executables.FindKeyway() ?? throw new InvalidOperationException("keyway is not built");
        if (Executables.Find("redis-server") is null) throw new InvalidOperationException("redis-server is not installed (Debian: apt install redis)");
        int seed = options.Number("seed", 1);
        report.Section($"Partitions of three {(real ? "redis-servers" : "keyway shards")}, two keyway sentinels and a redis-sentinel, from seed {seed}");

        using var workspace = new Workspace();
        var network = new BridgedNetwork();
        workspace.AtEnd(network.Dispose);
        try
        {
            RunAll(new PartitionedWorld(workspace, network, dll, real), options, new Random(seed), report);
        }
        catch (Exception e) when (workspace.IsInterrupted)
        {
            // The servers are gone because the run is being ended, by another thread, which has still to clear away: this one has nothing to add.
            Console.WriteLine($"interrupted: {e.Message}");
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private static void RunAll(PartitionedWorld world, Options options, Random random, Report report)
    {
        var watch = new EpochWatch(world.Eye, PartitionedWorld.Name, world.Sentinels);
        watch.Start();
        var rows = new List<IReadOnlyList<string>>();
        foreach (PartitionCase one in PartitionCase.All)
        {
            // Drawn for each, so that a case is the same whether others are left out or not.
            int number = random.Next();
            string[] few = ["sentinels", "gateway", "minority"];
            if (!options.Wants(one.Name) || options.Quick && !few.Contains(one.Name)) continue;
            if (!TryRun(one, world, watch, new Random(number), rows, report)) break;
        }

        watch.Stop();
        report.Table(
            "writes", ["case", "clients", "longest gap, ms", "again after, ms", "acknowledged", "present", "lost", "lost over, ms", "phantom", "in doubt", "refused"], rows);
        report.Holds("epochs never fell and never had two masters", watch.Violations.Count == 0, string.Join("; ", watch.Violations.Take(3)));
    }

    private static bool TryRun(PartitionCase one, PartitionedWorld world, EpochWatch watch, Random random, List<IReadOnlyList<string>> rows, Report report)
    {
        Console.WriteLine($"\n{one.Name}: {one.Title}");
        if (world.AwaitAgreement(out string? atOdds) is null)
        {
            report.Holds($"{one.Name}: all agree before", holds: false, atOdds!);
            return false;
        }

        foreach ((string name, string value, _) in one.Settings) SetAll(world, name, value);
        Machine master = world.Servers[world.Master()];
        int masters = watch.Masters;
        int[] switches = [.. world.Gateways.Select(world.Switches)];
        List<(WriterGroup Group, bool IsFew)> groups = Clients(one, world, master);
        foreach ((WriterGroup group, _) in groups) group.Start();
        Thread.Sleep(CalmMs);
        foreach ((WriterGroup group, _) in groups) group.BeginRound();
        long cut = Stopwatch.GetTimestamp();
        if (one.Flaps) Flap(one, world, master, random);
        else Hold(one, world, master, random);
        long healed = Stopwatch.GetTimestamp();
        double? seconds = world.AwaitAgreement(out atOdds);
        Thread.Sleep(CalmMs);
        foreach ((WriterGroup group, _) in groups) group.EndRound();
        foreach ((WriterGroup group, _) in groups) group.Stop();
        foreach ((string name, _, string value) in one.Settings) SetAll(world, name, value);
        if (seconds is null)
        {
            report.Holds($"{one.Name}: all agree afterwards", holds: false, atOdds!);
            return false;
        }

        report.AtMost($"{one.Name}: time until all agree", seconds, AgreementLimitSeconds, " s");
        world.AwaitCopies(world.Master());
        TellSwitches(one, world, watch.Masters - masters, switches, report);
        foreach ((WriterGroup group, bool isFew) in groups)
        {
            using RespClient server = world.Servers[world.Master()].Connect();
            SetComparison seen = group.Compare(server);
            rows.Add(Row(one, group, seen, healed));
            Judge(one, group, isFew, seen, cut, healed, report);
        }

        return true;
    }

    private static List<(WriterGroup Group, bool IsFew)> Clients(PartitionCase one, PartitionedWorld world, Machine master)
    {
        var groups = new List<(WriterGroup, bool)>
        {
            (Group("by sentinel", one, world.Crowd, world.Gateways[0], isGateway: true), false),
            (Group("by nodes", one, world.Crowd, world.Gateways[1], isGateway: true), false),
        };
        if (one.HasFew)
        {
            groups.Add((Group("the few, by sentinel", one, world.FewClients, world.Gateways[2], isGateway: true), true));
            groups.Add((Group(Directly, one, world.FewClients, master, isGateway: false), true));
        }

        return groups;
    }

    private static WriterGroup Group(string name, PartitionCase one, Place place, Machine server, bool isGateway)
    {
        var group = new WriterGroup(name);
        for (int i = 0; i < Writers; i++) group.Add(new PlacedWriter(place, server.EndPoint, isGateway, $"{one.Name}:{name}:{i}", group.Note));
        return group;
    }

    private static void Hold(PartitionCase one, PartitionedWorld world, Machine master, Random random)
    {
        world.Apply(one.Cuts(world, master, random.Next()));
        Thread.Sleep(TimeSpan.FromSeconds(one.Seconds));
        world.Heal();
    }

    private static void Flap(PartitionCase one, PartitionedWorld world, Machine master, Random random)
    {
        Cut[] cuts = [.. one.Cuts(world, master, random.Next())];
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(one.Seconds))
        {
            world.Apply(cuts);
            Thread.Sleep(random.Next(ShortestFlapMs, LongestFlapMs));
            world.Heal();
            Thread.Sleep(random.Next(ShortestFlapMs, LongestFlapMs));
        }
    }

    private static void SetAll(PartitionedWorld world, string name, string value)
    {
        foreach (Machine server in world.Servers) server.Ask("CONFIG", "SET", name, value);
    }

    private static void TellSwitches(PartitionCase one, PartitionedWorld world, int failovers, int[] before, Report report)
    {
        int[] switches = [.. world.Gateways.Select((gateway, i) => world.Switches(gateway) - before[i])];
        string told = $"{failovers} by the sentinels; gateways went to another master {string.Join(", ", switches)} times";
        if (one.Failovers is not { } expected)
        {
            report.Holds($"{one.Name}: no gateway goes more often than the sentinels", switches.All(count => count <= failovers), told);
            return;
        }

        report.Holds($"{one.Name}: failovers, {expected} expected", failovers == expected && switches.All(count => count == expected), told);
    }

    private static void Judge(PartitionCase one, WriterGroup group, bool isFew, SetComparison seen, long cut, long healed, Report report)
    {
        string who = $"{one.Name}, {group.Name}";
        report.Holds($"{who}: nothing is there that was said not to have been executed", seen.Phantoms == 0, $"{seen.Phantoms}");
        report.Holds($"{who}: no other error than the allowed", group.Unexpected.Count == 0, string.Join(", ", group.Unexpected.Take(3)));
        long under = cut - (long)(UnderWay.TotalSeconds * Stopwatch.Frequency);
        report.Holds($"{who}: nothing is lost from before the cut", seen.LostAt.All(when => when >= under), $"{seen.LostAt.Count(when => when < under)}");

        // Who speaks to a server and not to a gateway is left with a replica.
        if (group.Name != Directly) report.AtMost($"{who}: written again after the healing", group.FirstAfterMs(healed), AgainLimitMs, " ms");
        if (one.Failovers == 0) report.AtMost($"{who}: lost", seen.Lost, 0, "");
        if (isFew) return;
        if (one.Failovers > 0) report.AtMost($"{who}: time in which a master that had been replaced was written to", WindowMs(seen), StaleLimitMs, " ms");
        if (!one.StopsGateways && !one.Flaps) report.AtMost($"{who}: longest gap without a write", group.GapsMs[0], GapLimitMs, " ms");
    }

    private static double WindowMs(SetComparison seen) =>
        seen.Lost == 0 ? 0 : Stopwatch.GetElapsedTime(seen.LostAt[0], seen.LostAt[^1]).TotalMilliseconds;

    private static string[] Row(PartitionCase one, WriterGroup group, SetComparison seen, long healed) =>
    [
        one.Name, group.Name, Number(group.GapsMs[0]), Number(group.FirstAfterMs(healed) ?? double.NaN), Number(group.Acknowledged), Number(seen.Present), Number(seen.Lost), Number(WindowMs(seen)),
        Number(seen.Phantoms), Number(group.Doubtful), Number(group.Refused),
    ];

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
