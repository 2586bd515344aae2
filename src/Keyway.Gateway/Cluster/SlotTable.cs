using Keyway.Topology;

namespace Keyway.Gateway.Cluster;

/// <summary>
/// Who holds each slot, as one loop knows it: the last view of the cluster, and what redirections have said since. Its version tells clients
/// that have requests in flight that an owner may have changed under them.
/// </summary>
internal sealed class SlotTable<TOwner>
    where TOwner : class
{
    private readonly TOwner?[] _owners = new TOwner?[HashSlot.Count];

    /// <summary>Goes up whenever a slot gets another owner.</summary>
    public int Version { get; private set; }

    public TOwner? this[int slot] => _owners[slot];

    /// <returns>True when the slot had another owner.</returns>
    public bool Set(int slot, TOwner? owner)
    {
        if (_owners[slot] == owner) return false;

        // The first owner of a slot takes it from nobody.
        if (_owners[slot] is not null) Version++;
        _owners[slot] = owner;
        return true;
    }

    /// <summary>The owners of a whole view at once.</summary>
    public void SetAll(ClusterView view, Func<ClusterNode, TOwner> ownerOf)
    {
        var isServed = new bool[HashSlot.Count];
        var named = new HashSet<TOwner>();
        foreach (ClusterShard shard in view.Shards)
        {
            if (shard.Master is not { } master) continue;
            TOwner owner = ownerOf(master);
            named.Add(owner);
            foreach ((int first, int last) in shard.Ranges)
            {
                for (int slot = first; slot <= last; slot++)
                {
                    Set(slot, owner);
                    isServed[slot] = true;
                }
            }
        }

        // Nobody is said to hold it: whoever did, if it is still there, says where it is now, or that nobody serves it.
        for (int slot = 0; slot < isServed.Length; slot++)
        {
            if (!isServed[slot] && _owners[slot] is { } former && !named.Contains(former)) Set(slot, null);
        }
    }
}
