namespace Keyway.Shard.Keyspace;

/// <summary>Hears of every change to every key, and of nothing else.</summary>
internal interface IChangeWatcher
{
    /// <summary>The entry is about to change, or to go: its value is still the one that it had.</summary>
    void OnChanging(Database database, Entry entry);

    void OnChanged(Database database, ReadOnlySpan<byte> key, Change change);

    /// <summary>All keys of the database are about to go, or, where another is named, to be swapped with the other's: they are still there.</summary>
    void OnReplacing(Database database, Database? other);

    /// <summary>All keys of the database have changed at once: flushed, or swapped with another's.</summary>
    void OnReplaced(Database database);
}
