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

    // Which shards there are, and how slots are divided in clusters.
    private readonly uint _stamp;

    private ScanPlan(PoolState pool)
    {
        var taken = new bool[ScanCursor.Targets];
        var targets = new List<ScanTarget>();
        uint stamp = Stamp.Start;
        foreach (int shard in pool.Map.ShardsInUse.OrderBy(shard => pool.Map.ShardNames[shard], StringComparer.Ordinal))
        {
            string name = pool.Map.ShardNames[shard];
            stamp = Stamp.Add(stamp, name);
            if (pool.Backends[shard] is ClusterBackend cluster) stamp = AddCluster(targets, taken, name, cluster, stamp);
            else targets.Add(Number(taken, Stamp.Add(Stamp.Start, name), pool.Backends[shard]));
        }
        _stamp = stamp;
        _targets = [.. targets.OrderBy(target => target.Id)];
    }

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

    public ScanTarget First => _targets[0];

    public bool TryGet(int id, out ScanTarget target)
    {
        foreach (ScanTarget candidate in _targets)
        {
            target = candidate;
            if (candidate.Id == id) return true;
        }
        target = default;
        return false;
    }

    /// <summary>
    /// What a cursor carries to be known again: of the process whose own cursor is in it (zero between two masters), and of this plan. A walk that began
    /// with another plan begins anew: a shard that was renamed may have another place now, and keys of a cluster another master. Never zero.
    /// </summary>
    public int MarkOf(uint process)
    {
        uint stamp = Stamp.Add(_stamp, unchecked((int)process));
        return 1 + (int)((stamp ^ (stamp >> 16)) % (ScanCursor.Marks - 1));
    }

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

    private uint AddCluster(List<ScanTarget> targets, bool[] taken, string name, ClusterBackend cluster, uint stamp)
    {
        _clusters.Add((cluster, cluster.Masters));
        if (!cluster.IsWhole)
        {
            // Of slots that nobody serves nothing can be said: the cluster itself answers, by an error.
            targets.Add(Number(taken, Stamp.Add(Stamp.Start, name), cluster));
            return stamp;
        }
        for (int i = 0; i < cluster.Masters.Count; i++) targets.Add(Number(taken, Stamp.Add(Stamp.Add(Stamp.Start, name), i + 1), cluster.Masters[i]));
        return AddSlots(stamp, cluster);
    }

    // How the slots are divided, whoever the servers are: a failover changes nothing here.
    private static uint AddSlots(uint stamp, ClusterBackend cluster)
    {
        ShardBackend? before = null;
        for (int slot = 0; slot < HashSlot.Count; slot++)
        {
            ShardBackend owner = cluster.OwnerOf(slot);
            if (owner == before) continue;
            stamp = Stamp.Add(Stamp.Add(stamp, slot), IndexOf(cluster.Masters, owner));
            before = owner;
        }
        return stamp;
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
            return new ScanTarget(id, backend);
        }
        IsTooLarge = true;
        return new ScanTarget(0, backend);
    }
}
