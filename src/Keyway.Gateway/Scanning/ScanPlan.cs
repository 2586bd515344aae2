using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Topology;

namespace Keyway.Gateway.Scanning;

/// <summary>
/// The masters of a pool in the order in which a walk visits them. Numbers follow from names: a shard keeps its own when others come and go, and
/// every gateway with this map gives it the same.
/// </summary>
internal sealed class ScanPlan
{
    private readonly List<(ClusterBackend Cluster, IReadOnlyList<ClusterNodeBackend> Masters)> _clusters = [];
    private readonly ScanTarget[] _targets;

    private ScanPlan(PoolState pool)
    {
        var taken = new bool[ScanCursor.Targets];
        var targets = new List<ScanTarget>();
        uint stamp = Stamp.Start;
        foreach (int shard in pool.Map.ShardsInUse.OrderBy(shard => pool.Map.ShardNames[shard], StringComparer.Ordinal))
        {
            string name = pool.Map.ShardNames[shard];
            stamp = Stamp.Add(stamp, name);
            if (pool.Backends[shard] is ClusterBackend cluster) AddCluster(targets, taken, name, cluster);
            else targets.Add(Number(taken, Stamp.Add(Stamp.Start, name), pool.Backends[shard]));
        }

        // Never zero: so no cursor on the way is the zero that stands for the end.
        Shards = 1 + (int)(stamp % ScanCursor.ShardsMask);
        _targets = [.. targets.OrderBy(target => target.Id)];
    }

    /// <summary>Which shards there are. A walk that began when there were others begins anew: one that was renamed may have another place now.</summary>
    public int Shards { get; }

    public IReadOnlyList<ScanTarget> Targets => _targets;

    /// <summary>More masters than a cursor has numbers for.</summary>
    public bool IsTooLarge { get; private set; }

    public static ScanPlan Of(PoolState pool)
    {
        if (pool.ScanPlan is { } known && known.IsCurrent) return known;
        var plan = new ScanPlan(pool);
        pool.ScanPlan = plan;
        return plan;
    }

    /// <summary>Where a walk with this cursor goes on, and at which position there; the beginning where the cursor has no meaning any more.</summary>
    public ScanTarget Find(ScanCursor cursor, out ulong position)
    {
        position = cursor.Position;
        if (cursor.Shards == Shards)
        {
            foreach (ScanTarget target in _targets)
            {
                if (target.Id == cursor.Target) return target;
            }
        }
        position = 0;
        return _targets[0];
    }

    public ScanTarget Get(int id) => Array.Find(_targets, target => target.Id == id);

    /// <summary>-1 where a walk is at its end behind this one.</summary>
    public int After(int id)
    {
        foreach (ScanTarget target in _targets)
        {
            if (target.Id > id) return target.Id;
        }
        return -1;
    }

    private bool IsCurrent => _clusters.TrueForAll(entry => ReferenceEquals(entry.Cluster.Masters, entry.Masters));

    private void AddCluster(List<ScanTarget> targets, bool[] taken, string name, ClusterBackend cluster)
    {
        _clusters.Add((cluster, cluster.Masters));
        if (!cluster.IsWhole)
        {
            // Of slots that nobody serves nothing can be said: the cluster itself answers, by an error.
            targets.Add(Number(taken, Stamp.Add(Stamp.Start, name), cluster));
            return;
        }
        uint salt = SaltOf(cluster);
        int first = targets.Count;
        for (int i = 0; i < cluster.Masters.Count; i++)
            targets.Add(Number(taken, Stamp.Add(Stamp.Add(Stamp.Start, name), i + 1), cluster.Masters[i]) with { Salt = salt });
        int restart = targets[first..].Min(target => target.Id);
        for (int i = first; i < targets.Count; i++) targets[i] = targets[i] with { RestartId = restart };
    }

    // How the slots are divided, whoever the servers are: a failover changes nothing here.
    private static uint SaltOf(ClusterBackend cluster)
    {
        uint salt = Stamp.Start;
        ShardBackend? before = null;
        for (int slot = 0; slot < HashSlot.Count; slot++)
        {
            ShardBackend owner = cluster.OwnerOf(slot);
            if (owner == before) continue;
            salt = Stamp.Add(Stamp.Add(salt, slot), IndexOf(cluster.Masters, owner));
            before = owner;
        }
        return salt;
    }

    private static int IndexOf(IReadOnlyList<ClusterNodeBackend> masters, ShardBackend owner)
    {
        for (int i = 0; i < masters.Count; i++)
        {
            if (masters[i] == owner) return i;
        }
        return -1;
    }

    // The number that its name comes to, or the next free one.
    private ScanTarget Number(bool[] taken, uint stamp, ShardBackend backend)
    {
        for (int i = 0; i < taken.Length; i++)
        {
            int id = (int)((stamp + (uint)i) % (uint)taken.Length);
            if (taken[id]) continue;
            taken[id] = true;
            return new ScanTarget(id, backend, id, 0);
        }
        IsTooLarge = true;
        return new ScanTarget(0, backend, 0, 0);
    }
}
