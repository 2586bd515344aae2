namespace Keyway.Shard.Persistence.Journal;

/// <summary>One file of a journal, as its manifest names it: in the journal's folder, without a path.</summary>
internal sealed record JournalFile(string Name, long Sequence, JournalFileKind Kind);
