using Keyway.Configuration;
using Keyway.Topology;

namespace Keyway.State;

/// <summary>
/// What was last served: which keys belonged to which shard, and how to recognize the shards. The next map is compared with it, so
/// that no edit of a file loses sight of a key silently.
/// </summary>
public sealed record ServedMap
{
    /// <summary>In the order of the map that was served. Rules name shards by their index here.</summary>
    public required IReadOnlyList<ServedShard> Shards { get; init; }

    public required IReadOnlyList<ServedPool> Pools { get; init; }

    /// <param name="idOf">An included shard's id; null for others.</param>
    /// <param name="replicationIdsOf">replid and replid2 of a `nodes` shard's master, as last seen; empty when it was not seen.</param>
    /// <param name="keysFileOf">Where an included shard keeps its keys, within its folder.</param>
    public static ServedMap Of(
        KeywayConfig config, Func<ShardConfig, string?> idOf, Func<ShardConfig, IReadOnlyList<string>> replicationIdsOf, Func<ShardConfig, string?> keysFileOf) => new()
    {
        Shards =
        [
            .. config.Shards.Select(shard => new ServedShard
            {
                Name = shard.Name,
                Kind = shard.Kind.Name,
                Addresses = ServedShard.IdentifyingAddresses(shard.Kind),
                Id = shard.Kind.IsIncluded ? idOf(shard) : null,
                KeysFile = shard.Kind.IsIncluded ? keysFileOf(shard) : null,
                ReplicationIds = shard.Kind.IsIncluded ? [] : replicationIdsOf(shard),
            }),
        ],
        Pools = [.. config.Pools.Select(pool => new ServedPool
        {
            Name = pool.Name,
            Moves = pool.Moves,
            Rules = pool.Rules,
            Units = [.. pool.Units.Select(unit => new ServedUnit { Database = unit.Database, User = unit.User, Rules = unit.Rules })],
        })],
    };

    /// <summary>The map of a pool as it was served.</summary>
    public PartitionMap MapOf(ServedPool pool) => Build(pool.Rules);

    /// <summary>The map of a database or a user of it: the pool's own where nothing else was said.</summary>
    public PartitionMap MapOf(ServedPool pool, int? database, string? user) =>
        Build((pool.Units.FirstOrDefault(unit => unit.Database == database && unit.User == user)?.Rules) ?? pool.Rules);

    /// <summary>All maps of a pool.</summary>
    public IEnumerable<PartitionMap> MapsOf(ServedPool pool) => pool.Units.Select(unit => unit.Rules).Prepend(pool.Rules).Select(Build);

    private PartitionMap Build(IReadOnlyList<PartitionRule> rules) => PartitionMap.Build(rules, [.. Shards.Select(shard => shard.Name)]);
}
