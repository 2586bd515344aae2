namespace Keyway.Topology;

/// <summary>Where a key lives.</summary>
/// <param name="Shard">Index into <see cref="PartitionMap.ShardNames"/>; -1 when no range holds the key.</param>
/// <param name="Unit">
/// Equal exactly for keys that one shard can serve together: one slot; one number or text range (what no range of the rule holds
/// is a unit of its own); the rule's shard for the other placements. Unique across the rules of a map.
/// </param>
/// <param name="Rule">Index into <see cref="PartitionMap.Rules"/> of the rule that decided, or that refused; never -1.</param>
public readonly record struct Route(int Shard, int Unit, int Rule);
