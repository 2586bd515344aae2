namespace Keyway.Shard.Persistence.Journal;

/// <summary>What a file of the journal is to the others.</summary>
internal enum JournalFileKind
{
    /// <summary>All data at one instant.</summary>
    Base,

    /// <summary>Of no more use: it is deleted when there is time.</summary>
    History,

    /// <summary>The effects of what was written since.</summary>
    Increment,
}
