using Keyway.Configuration;

namespace Keyway.State;

/// <summary>What the world says about shards while two maps are compared.</summary>
public interface IShardFacts
{
    /// <summary>
    /// Of a shard as it was last served, at its addresses then. At a start an embedded shard is Empty when its files are; at a reload its
    /// live keys count.
    /// </summary>
    Emptiness EmptinessOf(ServedShard shard);

    /// <summary>replid and replid2 of the master that the next map's shard has now; empty when it cannot be reached.</summary>
    IReadOnlyList<string> ReplicationIdsOf(ShardConfig shard);

    /// <summary>The id in the folder of an included shard of the next map; null when it has none.</summary>
    string? IdOf(ShardConfig shard);

    /// <summary>Where an included shard of the next map looks for its keys when it starts, within its folder; null where that is not known.</summary>
    string? KeysFileOf(ShardConfig shard);

    /// <summary>Whether a server of this included shard has its folder still.</summary>
    bool HasFolder(ServedShard shard);
}
