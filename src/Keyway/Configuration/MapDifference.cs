using Keyway.Topology;

namespace Keyway.Configuration;

/// <summary>What differs between two maps, pool by pool, in words.</summary>
public static class MapDifference
{
    // pool 'main': slots 5461-6000: s2 -> s1
    public static IReadOnlyList<string> Describe(KeywayConfig old, KeywayConfig next)
    {
        var lines = new List<string>();
        foreach (PoolConfig pool in old.Pools)
        {
            PoolConfig? successor = next.Pools.FirstOrDefault(candidate => candidate.Name == pool.Name);
            if (successor is null) lines.Add($"pool '{pool.Name}' is gone");
            else Compare(lines, pool, successor);
        }

        foreach (PoolConfig pool in next.Pools)
        {
            if (old.Pools.All(candidate => candidate.Name != pool.Name)) lines.Add($"pool '{pool.Name}' is new");
        }

        foreach (ShardConfig shard in old.Shards)
        {
            ShardConfig? successor = next.Shards.FirstOrDefault(candidate => candidate.Name == shard.Name);
            if (successor is not null && Describe(shard) != Describe(successor))
                lines.Add($"shard '{shard.Name}': {Describe(shard)} -> {Describe(successor)}");
        }

        return lines;
    }

    private static void Compare(List<string> lines, PoolConfig old, PoolConfig next)
    {
        lines.AddRange(MapDiff.Compare(old.Map, next.Map).Select(move => $"pool '{old.Name}': {move}"));
        foreach ((int? database, string? user) in old.Units.Concat(next.Units).Select(unit => (unit.Database, unit.User)).Distinct())
        {
            PartitionMap before = old.UnitOf(database, user)?.Map ?? old.Map;
            PartitionMap after = next.UnitOf(database, user)?.Map ?? next.Map;
            lines.AddRange(MapDiff.Compare(before, after).Select(move => $"pool '{old.Name}', {PoolUnit.NameOf(database, user)}: {move}"));
        }
    }

    private static string Describe(ShardConfig shard) => $"{shard.Kind.Name} {string.Join(", ", shard.Kind.Addresses)}";
}
