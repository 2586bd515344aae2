using System.Diagnostics;
using System.Globalization;
using Keyway.Gateway.Metrics;
using Keyway.Hosting;
using Keyway.Platform;

namespace Keyway.Metrics;

/// <summary>Reads all metrics of this process at one moment. Off every loop: what a loop counts is read as it stands.</summary>
internal sealed class MetricsReader(GatewayRun run)
{
    public MetricSet Read()
    {
        var set = new MetricSet();
        set.Add(MetricTable.BuildInfo, 1, run.Version);
        if (run.Gateway is { } gateway)
        {
            GatewaySnapshot snapshot = gateway.Server.Snapshot();
            set.Add(MetricTable.MapInfo, 1, gateway.Server.Options.Digest);
            AddPools(set, snapshot);
            AddShards(set, snapshot);
            AddLoops(set, snapshot);
        }

        if (run.Reloader is { } reloader) AddReloads(set, reloader);
        ProcessMetrics.AddTo(set);
        RuntimeMetrics.AddTo(set);
        return set;
    }

    private static void AddReloads(MetricSet set, Reloader reloader)
    {
        foreach (ReloadOutcome outcome in Enum.GetValues<ReloadOutcome>())
            set.Add(MetricTable.MapReloads, reloader.Count(outcome), ReloadResult.NameOf(outcome));
        set.Add(MetricTable.MapLastReload, reloader.LastSuccess.ToUnixTimeMilliseconds() / 1000.0);
    }

    private static void AddPools(MetricSet set, GatewaySnapshot snapshot)
    {
        var fragments = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (PoolSnapshot pool in snapshot.Pools)
        {
            set.Add(MetricTable.ClientConnections, pool.Clients, pool.Name);
            set.Add(MetricTable.ClientConnectionsAccepted, pool.AcceptedClients, pool.Name);
            set.Add(MetricTable.ClientReceivedBytes, pool.ReceivedBytes, pool.Name);
            set.Add(MetricTable.ClientSentBytes, pool.SentBytes, pool.Name);
            foreach (CommandSnapshot command in pool.Commands)
            {
                CommandCounters of = command.Counters;
                set.Add(MetricTable.Commands, of.Ok, pool.Name, command.Name, "ok");
                set.Add(MetricTable.Commands, of.Error, pool.Name, command.Name, "error");
                set.Add(MetricTable.Commands, of.Moved, pool.Name, command.Name, "moved");
                set.Add(MetricTable.Commands, of.Refused, pool.Name, command.Name, "refused");
                set.Add(MetricTable.CommandDuration, of.Duration, pool.Name, command.Name);
                if (of.Fragments > 0) fragments[command.Name] = fragments.GetValueOrDefault(command.Name) + of.Fragments;
            }

            // Clients make such names up: one figure for all of them.
            set.Add(MetricTable.Commands, pool.Unknown, pool.Name, "other", "unknown");
        }

        foreach ((string command, long pieces) in fragments) set.Add(MetricTable.Fragments, pieces, command);
    }

    private static void AddShards(MetricSet set, GatewaySnapshot snapshot)
    {
        foreach (ShardSnapshot shard in snapshot.Shards)
        {
            ShardCounters of = shard.Counters;
            set.Add(MetricTable.ShardUp, of.Up ? 1 : 0, shard.Name, shard.Address);
            set.Add(MetricTable.ShardRequests, of.Requests, shard.Name);
            set.Add(MetricTable.ShardErrors, of.Timeouts, shard.Name, "timeout");
            set.Add(MetricTable.ShardErrors, of.Lost, shard.Name, "lost");
            set.Add(MetricTable.ShardErrors, of.Protocol, shard.Name, "protocol");
            set.Add(MetricTable.ShardErrors, of.Refused, shard.Name, "refused");
            set.Add(MetricTable.ShardErrors, of.Breaker, shard.Name, "breaker");
            set.Add(MetricTable.ShardRequestDuration, of.Duration, shard.Name);
            set.Add(MetricTable.ShardInFlight, of.InFlight, shard.Name);
            set.Add(MetricTable.ShardQueueBytes, of.QueueBytes, shard.Name);
            set.Add(MetricTable.ShardLinks, of.SharedLinks, shard.Name, "shared");
            set.Add(MetricTable.ShardLinks, of.PrivateLinks, shard.Name, "private");
            set.Add(MetricTable.ShardLinks, of.SubscriptionLinks, shard.Name, "subscription");
            set.Add(MetricTable.SubscriptionGaps, of.SubscriptionGaps, shard.Name);
            set.Add(MetricTable.ShardLinks, 0, shard.Name, "subscription");   // SUBSCRIBE is refused, so there are none
            set.Add(MetricTable.Failovers, shard.Failovers, shard.Name);
        }

        set.Add(MetricTable.Redirects, snapshot.Shards.Sum(shard => shard.Counters.Moved), "moved");
        set.Add(MetricTable.Redirects, snapshot.Shards.Sum(shard => shard.Counters.Asked), "ask");
    }

    private static void AddLoops(MetricSet set, GatewaySnapshot snapshot)
    {
        for (int i = 0; i < snapshot.Loops.Count; i++)
        {
            string name = i.ToString(CultureInfo.InvariantCulture);
            LoopStatistics of = snapshot.Loops[i];
            set.Add(MetricTable.LoopTurns, of.Turns, name);
            set.Add(MetricTable.LoopTurnMax, (double)of.LongestTurnTicks / Stopwatch.Frequency, name);
            set.Add(MetricTable.LoopSlowTurns, of.SlowTurns, name);
        }
    }
}
