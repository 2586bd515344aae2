namespace Keyway.Shard.Persistence.Journal;

/// <summary>A journal cannot be loaded; the message says which file, and what its owner can do.</summary>
internal sealed class JournalException(string message) : Exception(message);
