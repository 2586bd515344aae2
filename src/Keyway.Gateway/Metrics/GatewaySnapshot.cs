using Keyway.Gateway.Links;
using Keyway.Gateway.Shards;
using Keyway.Platform;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Metrics;

/// <summary>All counters of a gateway at one moment, summed over its loops: what metrics, the status page and INFO are made of.</summary>
public sealed class GatewaySnapshot
{
    public required IReadOnlyList<PoolSnapshot> Pools { get; init; }

    public required IReadOnlyList<ShardSnapshot> Shards { get; init; }

    public required IReadOnlyList<LoopStatistics> Loops { get; init; }

    public required bool IsDraining { get; init; }

    /// <summary>Every range has a live master, on every loop.</summary>
    public bool IsReady => !IsDraining && Pools.All(pool => pool.ShardsInUse.All(shard => Shards[shard].Counters.Up));

    internal static GatewaySnapshot Take(GatewayServer server)
    {
        GatewayOptions options = server.Options;
        return new GatewaySnapshot
        {
            Pools = [.. options.Pools.Select(pool => PoolOf(server, pool))],
            Shards = [.. options.Shards.Select(shard => ShardOf(server, shard))],
            Loops = [.. server.Loops.Select(loop => loop.Events.Statistics)],
            IsDraining = server.IsDraining,
        };
    }

    private static PoolSnapshot PoolOf(GatewayServer server, PoolDefinition pool)
    {
        var counters = server.Loops.SelectMany(loop => loop.Pools).Where(state => state.Definition.Name == pool.Name).Select(state => state.Counters).ToList();
        var commands = new List<CommandSnapshot>();
        for (int id = 0; id <= CommandTable.LearnedId; id++)
        {
            var sum = new CommandCounters();
            bool used = false;
            foreach (PoolCounters one in counters)
            {
                if (one.IfUsed(id) is not { } of) continue;
                used = true;
                sum.Ok += of.Ok;
                sum.Error += of.Error;
                sum.Moved += of.Moved;
                sum.Refused += of.Refused;
                sum.Fragments += of.Fragments;
                of.Duration.AddTo(sum.Duration);
            }
            if (used) commands.Add(new CommandSnapshot(id < CommandTable.LearnedId ? CommandTable.All[id].Name : "other", sum));
        }
        return new PoolSnapshot(pool.Name, counters.Sum(one => one.Clients), counters.Sum(one => one.AcceptedClients), counters.Sum(one => one.Unknown),
            counters.Sum(one => one.ReceivedBytes), counters.Sum(one => one.SentBytes), pool.ShardsInUse, commands)
        {
            BlockedClients = counters.Sum(one => one.BlockedClients),
        };
    }

    private static ShardSnapshot ShardOf(GatewayServer server, ShardDefinition shard)
    {
        var sum = new ShardCounters { Up = true };
        foreach (GatewayLoop loop in server.Loops)
        {
            ShardBackend? backend = Array.Find(loop.Backends, candidate => candidate.Definition == shard);
            if (backend is null)
            {
                sum.Up = false;
                continue;
            }
            ShardCounters one = backend.Counters;
            sum.Requests += one.Requests;
            sum.Timeouts += one.Timeouts;
            sum.Lost += one.Lost;
            sum.Protocol += one.Protocol;
            sum.Refused += one.Refused;
            sum.Breaker += one.Breaker;
            sum.Moved += one.Moved;
            sum.Asked += one.Asked;
            sum.InFlight += one.InFlight;
            sum.QueueBytes += one.QueueBytes;
            sum.SharedLinks += one.SharedLinks;
            sum.PrivateLinks += one.PrivateLinks;
            sum.SubscriptionLinks += one.SubscriptionLinks;
            sum.SubscriptionGaps += one.SubscriptionGaps;
            sum.Up &= one.Up;
            one.Duration.AddTo(sum.Duration);
        }
        if (server.Watches.ClusterStateOf(shard) is { } cluster)
        {
            return new ShardSnapshot(shard.Name, shard.AddressText, shard.Kind, sum)
            {
                Failovers = cluster.Failovers,
                Trouble = cluster.Reason,
                Replicas = cluster.View is null ? [] : [.. cluster.View.Shards.SelectMany(one => one.Replicas).Select(replica => replica.AddressText)],
            };
        }

        ShardTopology? topology = server.Watches.TopologyOf(shard);
        return new ShardSnapshot(shard.Name, topology?.Master?.Text ?? shard.AddressText, shard.Kind, sum)
        {
            Failovers = topology?.Failovers ?? 0,
            Trouble = topology?.Reason ?? "",
            Replicas = topology is null ? [] : [.. topology.Replicas.Select(replica => replica.Server.Text)],
        };
    }
}

public sealed record PoolSnapshot(string Name, long Clients, long AcceptedClients, long Unknown, long ReceivedBytes, long SentBytes,
    IReadOnlyList<int> ShardsInUse, IReadOnlyList<CommandSnapshot> Commands)
{
    /// <summary>Clients that wait for a command that may take any time.</summary>
    public long BlockedClients { get; init; }

    /// <summary>What has been counted since an earlier moment. Clients are those of now.</summary>
    public PoolSnapshot Since(PoolSnapshot before) => this with
    {
        AcceptedClients = AcceptedClients - before.AcceptedClients,
        Unknown = Unknown - before.Unknown,
        ReceivedBytes = ReceivedBytes - before.ReceivedBytes,
        SentBytes = SentBytes - before.SentBytes,
        Commands = [.. Commands.Select(command => before.Commands.FirstOrDefault(one => one.Name == command.Name) is { } counted
            ? new CommandSnapshot(command.Name, command.Counters.Since(counted.Counters)) : command)],
    };
}

public sealed record CommandSnapshot(string Name, CommandCounters Counters);

public sealed record ShardSnapshot(string Name, string Address, string Kind, ShardCounters Counters)
{
    /// <summary>How many times another server became its master.</summary>
    public int Failovers { get; init; }

    /// <summary>Why it has no master; empty while it has one, or where nobody could take over.</summary>
    public string Trouble { get; init; } = "";

    /// <summary>Where its replicas are that could answer reads.</summary>
    public IReadOnlyList<string> Replicas { get; init; } = [];
}
