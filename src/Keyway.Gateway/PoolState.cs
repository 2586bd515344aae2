using Keyway.Gateway.Links;
using Keyway.Gateway.Metrics;
using Keyway.Topology;

namespace Keyway.Gateway;

/// <summary>A pool as one loop serves it: its map, and the loop's own backends in the order of the map's shards. A reload makes new ones.</summary>
internal sealed class PoolState(PoolDefinition definition, ShardBackend[] backends, PoolCounters counters)
{
    public PoolDefinition Definition { get; } = definition;

    public PartitionMap Map { get; } = definition.Map;

    public ShardBackend[] Backends { get; } = backends;

    /// <summary>Whether requests that only read may go to replicas.</summary>
    public bool ReadsReplicas { get; } = definition.Reads != ReadsFrom.Master;

    /// <summary>Live on through reloads: a counter never goes back.</summary>
    public PoolCounters Counters { get; } = counters;

    /// <summary>Memory that holds beginnings of requests, of all clients of this loop.</summary>
    public long CollectedBytes { get; set; }

    public int IndexOf(ShardBackend backend) => Array.IndexOf(Backends, backend);
}
