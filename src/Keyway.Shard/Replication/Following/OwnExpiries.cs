using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Replication.Following;

/// <summary>
/// Keys to which clients of a writable replica have given a time. The master knows nothing of that and will never say that they are to go, so the replica
/// ends them itself.
/// </summary>
internal sealed class OwnExpiries
{
    private const int KeysPerTick = 1000;

    private readonly ShardServer _server;
    private readonly HashSet<byte[]>[] _keys;
    private readonly List<byte[]> _gone = [];

    public OwnExpiries(ShardServer server)
    {
        _server = server;
        var comparer = new KeyComparer(server.Databases.Hash);
        _keys = new HashSet<byte[]>[server.Databases.Count];
        for (int i = 0; i < _keys.Length; i++) _keys[i] = new HashSet<byte[]>(comparer);
    }

    public long Count { get; private set; }

    /// <summary>A client has written. What has got a time by it stands first or second behind the command's name.</summary>
    public void Note(Database database, Arguments arguments)
    {
        for (int i = 1; i < Math.Min(arguments.Count, 3); i++)
        {
            Place place = database.FindAnyway(arguments[i]);
            if (!place.Exists || !place.Entry.IsVolatile || _keys[database.Index].GetAlternateLookup<ReadOnlySpan<byte>>().Contains(arguments[i])) continue;
            _keys[database.Index].Add(arguments[i].ToArray());
            Count++;
        }
    }

    /// <summary>Ten times a second: ends those whose time has run out, and forgets those that have none any more.</summary>
    public void Tick()
    {
        if (Count == 0) return;
        _server.Databases.ReplicaDeletesDead = true;
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_keys[i].Count > 0) Look(_server.Databases[i], _keys[i]);
        }

        _server.Databases.ReplicaDeletesDead = false;
    }

    /// <summary>Other data are here now.</summary>
    public void Clear()
    {
        foreach (HashSet<byte[]> keys in _keys) keys.Clear();
        Count = 0;
    }

    private void Look(Database database, HashSet<byte[]> keys)
    {
        int looked = 0;
        foreach (byte[] key in keys)
        {
            if (looked++ == KeysPerTick) break;

            // To look for a dead one is to delete it.
            Place place = database.Find(key);
            if (!place.Exists || !place.Entry.IsVolatile) _gone.Add(key);
        }

        foreach (byte[] key in _gone) keys.Remove(key);
        Count -= _gone.Count;
        _gone.Clear();
    }
}
