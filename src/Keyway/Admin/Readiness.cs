using Keyway.Gateway.Metrics;

namespace Keyway.Admin;

/// <summary>Whether every key of every pool can be served now, and if not, which cannot.</summary>
internal static class Readiness
{
    /// <returns>One sentence for each reason; empty when the gateway is ready.</returns>
    public static IReadOnlyList<string> Problems(GatewaySnapshot? snapshot)
    {
        if (snapshot is null) return ["starting or stopped"];
        if (snapshot.IsDraining) return ["draining: the process is about to end"];

        var problems = new List<string>();
        foreach (PoolSnapshot pool in snapshot.Pools)
        {
            foreach (int index in pool.ShardsInUse)
            {
                ShardSnapshot shard = snapshot.Shards[index];
                if (!shard.Counters.Up) problems.Add($"pool '{pool.Name}': shard '{shard.Name}' at {shard.Address} has no live master{(shard.Trouble.Length > 0 ? $" ({shard.Trouble})" : "")}");
            }
        }

        return problems;
    }
}
