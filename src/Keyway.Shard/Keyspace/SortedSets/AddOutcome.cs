namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>What came of adding an element.</summary>
internal enum AddOutcome
{
    /// <summary>The conditions forbade it.</summary>
    Refused,

    Added,

    Updated,

    /// <summary>It has that score already.</summary>
    Unchanged,

    /// <summary>Infinity less infinity; nothing has changed.</summary>
    NotANumber,
}
