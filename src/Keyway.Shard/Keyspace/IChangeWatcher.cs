namespace Keyway.Shard.Keyspace;

/// <summary>Hears of every change to every key, and of nothing else.</summary>
internal interface IChangeWatcher
{
    void OnChanged(Database database, ReadOnlySpan<byte> key, Change change);

    /// <summary>All keys of the database have changed at once: flushed, or swapped with another's.</summary>
    void OnReplaced(Database database);
}
