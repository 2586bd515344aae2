using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Transactions;

/// <summary>All keys that clients watch (WATCH): a change of one lets the next EXEC of its watchers fail.</summary>
internal sealed class WatchedKeys
{
    private readonly ShardServer _server;
    private readonly Dictionary<byte[], WatchedKey>[] _byDatabase;

    public WatchedKeys(ShardServer server)
    {
        _server = server;
        _byDatabase = new Dictionary<byte[], WatchedKey>[server.Databases.Count];
        var comparer = new KeyComparer(server.Databases.Hash);
        for (int i = 0; i < _byDatabase.Length; i++) _byDatabase[i] = new Dictionary<byte[], WatchedKey>(comparer);
    }

    /// <summary>Watches, not keys: two clients may watch the same one.</summary>
    public int Count { get; private set; }

    public void Add(TransactionState transaction, Database database, ReadOnlySpan<byte> name)
    {
        Dictionary<byte[], WatchedKey> keys = _byDatabase[database.Index];
        if (!keys.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out WatchedKey? key))
        {
            key = new WatchedKey(database, name.ToArray());
            keys.Add(key.Name, key);
        }

        var watch = new Watch(transaction, key) { BeganDead = database.HoldsDead(name) };
        if (!transaction.Watches.TryAdd(key, watch)) return;
        key.Add(watch);
        Count++;
        _server.HeedChanges();
    }

    public void RemoveAll(TransactionState transaction)
    {
        if (transaction.Watches.Count == 0) return;
        foreach (Watch watch in transaction.Watches.Values)
        {
            watch.Key.Remove(watch);
            if (watch.Key.First == null) _byDatabase[watch.Key.Database.Index].Remove(watch.Key.Name);
            Count--;
        }

        transaction.ForgetWatches();
        _server.HeedChanges();
    }

    public void OnChanged(Database database, ReadOnlySpan<byte> name, Change change)
    {
        if (Count == 0 || !_byDatabase[database.Index].GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out WatchedKey? key)) return;

        Watch? next;
        for (Watch? watch = key.First; watch != null; watch = next)
        {
            next = watch.Next;

            // What was dead when the watch began has now been cleared away. From here on it is a key that is missing.
            if (watch.BeganDead && change == Change.Expired) watch.BeganDead = false;
            else Break(watch.Transaction);
        }
    }

    /// <summary>All keys of the database are about to go, or to change places with the other's.</summary>
    public void OnReplacing(Database database, Database? other)
    {
        if (Count == 0) return;

        var broken = new List<TransactionState>();
        foreach (WatchedKey key in _byDatabase[database.Index].Values)
        {
            bool existed = database.Holds(key.Name);
            bool willExist = other != null && other.Holds(key.Name);
            if (!existed && !willExist) continue;
            bool willBeDead = willExist && other!.HoldsDead(key.Name);

            for (Watch? watch = key.First; watch != null; watch = watch.Next)
            {
                bool staysAsGone = watch.BeganDead ? !willExist || willBeDead : !existed && willBeDead;
                if (staysAsGone) watch.BeganDead = willBeDead;
                else broken.Add(watch.Transaction);
            }
        }

        foreach (TransactionState transaction in broken) Break(transaction);
    }

    // Nothing more can happen to it, so it need not watch on.
    private void Break(TransactionState transaction)
    {
        transaction.IsBroken = true;
        RemoveAll(transaction);
    }
}
