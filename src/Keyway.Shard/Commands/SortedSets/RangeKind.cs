namespace Keyway.Shard.Commands.SortedSets;

/// <summary>What the ends of a range are.</summary>
internal enum RangeKind
{
    /// <summary>Indexes, unless an option says BYSCORE or BYLEX.</summary>
    Unsaid,

    Rank,

    Score,

    Lex,
}
