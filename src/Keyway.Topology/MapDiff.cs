using Keyway.Topology.Comparison;

namespace Keyway.Topology;

/// <summary>
/// Which keys change owner between two maps. Shards are compared by name. It never calls a move nothing; where two maps measure keys
/// differently (slots before, ranges now) it names the region whose keys may move instead of the single keys.
/// </summary>
public static class MapDiff
{
    /// <returns>The moves in order of prefix; empty when every key keeps its owner.</returns>
    public static IReadOnlyList<MapMove> Compare(PartitionMap before, PartitionMap after)
    {
        var moves = new List<MapMove>();
        Region[] regions = Region.All(before, after);
        foreach (Region region in regions) new RegionComparison(before, after, region, moves).Run();
        AddEmptyKey(before, after, moves);
        return moves;
    }

    /// <summary>twemproxy's placements do not hash the empty key: it stays with the first server, whatever else moves.</summary>
    private static void AddEmptyKey(PartitionMap before, PartitionMap after, List<MapMove> moves)
    {
        Route from = before.Find([]);
        Route to = after.Find([]);
        bool isHashed = before.Rules[from.Rule].Placement is not Placement.Twemproxy && after.Rules[to.Rule].Placement is not Placement.Twemproxy;
        var old = Side.Owned(before, from.Shard);
        var now = Side.Owned(after, to.Shard);
        if (!isHashed && old.Owner != now.Owner) moves.Add(new MapMove("the empty key", old.Names, now.Names, May: false));
    }
}
