namespace Keyway.Shard.Commands.SortedSets;

/// <summary>What becomes of the scores of a member that several inputs have.</summary>
internal enum Aggregate
{
    Sum,
    Min,
    Max,
}
