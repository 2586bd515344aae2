using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>What clients feel when a shard fails: killed, frozen, busy, or speaking nonsense.</summary>
internal static class Faults
{
    public static void Run(Options options, Report report)
    {
        // Short ones often, long ones as often as patience allows: it is medians that count.
        (int Seconds, int Times)[] outages = options.Quick ? [(1, 3)] : [(1, 12), (5, 6), (30, 2)];
        foreach (bool killed in new[] { true, false })
        {
            if (!options.Wants(killed ? "killed" : "frozen")) continue;
            foreach ((int seconds, int times) in outages)
            {
                WithGateway(options, report, (gateway, a, workspace) =>
                    ShardOutage.Measure(report, workspace, gateway, a, killed, seconds, options.Number("rounds", times)));
            }
        }

        if (options.Wants("slow"))
            WithGateway(options, report, (gateway, a, _) => SlowCommand.Measure(report, gateway, a));
        if (options.Wants("tagged"))
            TaggedReplies.Run(options, report);
    }

    private static void WithGateway(Options options, Report report, Action<Peer, Peer, Workspace> measure)
    {
        using var workspace = new Workspace();
        Peer a = RedisServer.Start(workspace, "a");
        Peer b = RedisServer.Start(workspace, "b");
        KeywayMap map = KeywayMap.Over(a.Port, b.Port) with { Loops = 1, Prefixes = true };
        if (KeywayGateway.Start(workspace, options.Keyway, "keyway", map) is { } gateway) measure(gateway, a, workspace);
        else report.AtMost("keyway under faults", null, 0, "");
    }
}
