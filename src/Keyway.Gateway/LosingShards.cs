using Keyway.Gateway.Users;
using Keyway.Topology;

namespace Keyway.Gateway;

/// <summary>Which shards lose keys in a change of the map: what is in flight there must be answered before the new owners are asked.</summary>
internal static class LosingShards
{
    /// <returns>By pool that is served now, the names of its losing shards.</returns>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Of(GatewayOptions now, GatewayOptions next) =>
        now.Pools.ToDictionary(pool => pool.Name, pool => OfPool(pool, now, next));

    private static IReadOnlySet<string> OfPool(PoolDefinition pool, GatewayOptions now, GatewayOptions next)
    {
        PoolDefinition? after = next.Pools.FirstOrDefault(candidate => candidate.Name == pool.Name);
        if (after is null) return now.Shards.Select(shard => shard.Name).ToHashSet();

        // By a map, or because the shard of that name is reached elsewhere from now on.
        var names = MapDiff.Compare(pool.Map, after.Map).SelectMany(move => move.From).ToHashSet();
        foreach (int database in pool.DatabaseMaps.Keys.Union(after.DatabaseMaps.Keys))
            names.UnionWith(MapDiff.Compare(pool.MapOf(null, database), after.MapOf(null, database)).SelectMany(move => move.From));
        foreach (string name in pool.Users.Concat(after.Users).Where(user => user.Map is not null).Select(user => user.Name).Distinct())
        {
            UserDefinition? former = pool.Users.FirstOrDefault(user => user.Name == name);
            UserDefinition? then = after.Users.FirstOrDefault(user => user.Name == name);
            names.UnionWith(MapDiff.Compare(pool.MapOf(former, 0), after.MapOf(then, 0)).SelectMany(move => move.From));
        }
        names.UnionWith(now.Shards.Where(shard => !next.Shards.Contains(shard)).Select(shard => shard.Name));
        return names;
    }
}
