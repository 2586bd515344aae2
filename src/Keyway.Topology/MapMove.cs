namespace Keyway.Topology;

/// <summary>Keys that one map gives another owner than the other.</summary>
/// <param name="Where">Which keys: <c>slots 5461-6000</c>, <c>user: 1-20000</c>, <c>evt: 2025..2026</c>, <c>bull:*</c>.</param>
/// <param name="From">The shards that own them in the old map; empty where it refuses them, and so has none of them.</param>
/// <param name="To">The shards that own them in the new map; empty where it refuses them.</param>
/// <param name="May">
/// True where the keys are known only roughly, because several measures meet (slots before, ranges now; what one rule hands to
/// another): some of them move as told, some may stay. False: every one of them moves.
/// </param>
public sealed record MapMove(string Where, IReadOnlyList<string> From, IReadOnlyList<string> To, bool May)
{
    public override string ToString() => $"{Where}: {Names(From)} -> {Names(To)}{(May ? " (some may stay)" : "")}";

    private static string Names(IReadOnlyList<string> shards) => shards.Count == 0 ? "(refused)" : string.Join(", ", shards);
}
