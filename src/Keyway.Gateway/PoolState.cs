using Keyway.Gateway.Links;
using Keyway.Gateway.Metrics;
using Keyway.Gateway.Sessions;
using Keyway.Gateway.Users;
using Keyway.Protocol;
using Keyway.Topology;

namespace Keyway.Gateway;

/// <summary>A pool as one loop serves it: its map, and the loop's own backends in the order of the map's shards. A reload makes new ones.</summary>
internal sealed class PoolState
{
    private readonly Dictionary<PartitionMap, PoolState> _views = [];
    private long _collectedBytes;

    public PoolState(PoolDefinition definition, ShardBackend[] backends, PoolCounters counters)
    {
        Definition = definition;
        Map = definition.Map;
        Backends = backends;
        Counters = counters;
        Users = UserTable.Of(definition);
        Limits = RequestLimits.Default with { MaxBulkLength = definition.MaxValue };
        LongFrom = (int)Math.Min(ClientSession.LargestShared, definition.MaxKey);
        ReadsReplicas = definition.Reads != ReadsFrom.Master;
        Whole = this;
    }

    private PoolState(PoolState whole, PartitionMap map)
    {
        Definition = whole.Definition;
        Map = map;
        Backends = whole.Backends;
        Counters = whole.Counters;
        Users = whole.Users;
        Limits = whole.Limits;
        LongFrom = whole.LongFrom;
        ReadsReplicas = whole.ReadsReplicas;
        Whole = whole;
    }

    public PoolDefinition Definition { get; }

    /// <summary>Where the keys live of the clients that see the pool so.</summary>
    public PartitionMap Map { get; }

    /// <summary>The pool that this is a view of; itself, if it is none.</summary>
    public PoolState Whole { get; }

    public UserTable Users { get; }

    public RequestLimits Limits { get; }

    /// <summary>A longer request cannot take the straight road: it is too long for a shared link, or may hold a key that is too long.</summary>
    public int LongFrom { get; }

    public ShardBackend[] Backends { get; }

    /// <summary>Whether requests that only read may go to replicas.</summary>
    public bool ReadsReplicas { get; }

    /// <summary>Live on through reloads: a counter never goes back.</summary>
    public PoolCounters Counters { get; }

    /// <summary>Memory that holds beginnings of requests, of all clients of this loop.</summary>
    public long CollectedBytes
    {
        get => Whole._collectedBytes;
        set => Whole._collectedBytes = value;
    }

    /// <summary>
    /// The pool as this user sees it in this database. All is the pool's own but the map, so that a client whose keys live elsewhere costs no more than
    /// another: its session holds the view, and nothing is asked of a request. What binds a user holds in every database.
    /// </summary>
    public PoolState ViewOf(User user, int database) => ViewOf(user.Map ?? Definition.DatabaseMaps.GetValueOrDefault(database));

    public PoolState ViewOf(PartitionMap? map)
    {
        if (Whole != this) return Whole.ViewOf(map);
        if (map is null || map == Map) return this;
        if (!_views.TryGetValue(map, out PoolState? view)) _views[map] = view = new PoolState(this, map);
        return view;
    }

    /// <summary>The masters that SCAN visits, as they were last; null until somebody asks.</summary>
    public Scanning.ScanPlan? ScanPlan { get; set; }

    public int IndexOf(ShardBackend backend) => Array.IndexOf(Backends, backend);
}
