using Keyway.Shard.Blocking;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Transactions;

namespace Keyway.Shard;

/// <summary>Tells those who care for single keys what becomes of them. Installed only while there are such.</summary>
internal sealed class ChangeObserver(BlockedClients blocked, WatchedKeys watched) : IChangeWatcher
{
    public bool IsNeeded => blocked.Count > 0 || watched.Count > 0;

    public void OnChanging(Database database, Entry entry) => blocked.OnChanging(entry.Kind);

    public void OnChanged(Database database, ReadOnlySpan<byte> key, Change change)
    {
        watched.OnChanged(database, key, change);
        blocked.OnChanged(database, key, change);
    }

    public void OnReplacing(Database database, Database? other) => watched.OnReplacing(database, other);

    public void OnReplaced(Database database) => blocked.OnReplaced(database);
}
