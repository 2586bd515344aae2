using System.Collections.Concurrent;
using Keyway.Gateway.Cluster;
using Keyway.Platform;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway.Shards;

/// <summary>The watches over all shards of several servers. They run on the first loop; what they find goes to every loop.</summary>
internal sealed class ShardWatches(EventLoop events, int seed, ILogger log)
{
    private const int TickMs = 10;

    private readonly ConcurrentDictionary<ShardDefinition, ShardWatch> _watches = new();
    private readonly ConcurrentDictionary<ShardDefinition, ClusterWatch> _clusters = new();
    private IReadOnlyList<GatewayLoop> _loops = [];
    private LoopTimer? _tick;

    /// <summary>Whom to tell; once, before anything is watched.</summary>
    public void TellTo(IReadOnlyList<GatewayLoop> loops) => _loops = loops;

    /// <summary>The shard's watch, which begins when it is first asked for. From any loop.</summary>
    public ShardWatch Of(ShardDefinition definition)
    {
        if (_watches.TryGetValue(definition, out ShardWatch? known)) return known;
        ShardWatch watch = _watches.GetOrAdd(definition, Make);
        events.Post(() =>
        {
            _tick ??= events.Every(TickMs, Tick);
            watch.Start();
        });
        return watch;
    }

    /// <summary>The same of a cluster.</summary>
    public ClusterWatch ClusterOf(ShardDefinition definition)
    {
        if (_clusters.TryGetValue(definition, out ClusterWatch? known)) return known;
        ClusterWatch watch = _clusters.GetOrAdd(definition, MakeCluster);
        events.Post(() =>
        {
            _tick ??= events.Every(TickMs, Tick);
            watch.Tick();
        });
        return watch;
    }

    /// <summary>What was found last of a cluster; null for a shard that is none. From any thread.</summary>
    public ClusterState? ClusterStateOf(ShardDefinition definition) => _clusters.TryGetValue(definition, out ClusterWatch? watch) ? watch.State : null;

    /// <summary>What was found last; null for a shard that is not watched. From any thread.</summary>
    public ShardTopology? TopologyOf(ShardDefinition definition) => _watches.TryGetValue(definition, out ShardWatch? watch) ? watch.Topology : null;

    /// <summary>From any loop: something is wrong with the shard.</summary>
    public void LookNow(ShardDefinition definition)
    {
        if (_watches.TryGetValue(definition, out ShardWatch? watch)) events.Post(watch.LookNow);
        else if (_clusters.TryGetValue(definition, out ClusterWatch? cluster) && cluster.WantsLook()) events.Post(cluster.LookNow);
    }

    /// <summary>From any thread: who decides such things has made another server the shard's master.</summary>
    public void Hint(string shard, ServerAddress master, long epoch)
    {
        foreach ((ShardDefinition definition, ShardWatch watch) in _watches)
        {
            if (definition.Name == shard) events.Post(() => watch.Hint(master, epoch));
        }
    }

    /// <summary>The map that is served now: others than its shards are watched no more. On any thread.</summary>
    public void Keep(GatewayOptions options)
    {
        int pollMs = PollMs(options);
        foreach ((ShardDefinition definition, ShardWatch watch) in _watches)
        {
            if (options.Shards.Contains(definition)) events.Post(() => watch.PollMs = pollMs);
            else if (_watches.TryRemove(definition, out _)) events.Post(watch.Stop);
        }
        foreach ((ShardDefinition definition, ClusterWatch watch) in _clusters)
        {
            if (!options.Shards.Contains(definition) && _clusters.TryRemove(definition, out _)) events.Post(watch.Stop);
        }
    }

    public void StopAll()
    {
        foreach ((ShardDefinition definition, ShardWatch watch) in _watches)
        {
            _watches.TryRemove(definition, out _);
            events.Post(watch.Stop);
        }
        foreach ((ShardDefinition definition, ClusterWatch watch) in _clusters)
        {
            _clusters.TryRemove(definition, out _);
            events.Post(watch.Stop);
        }
    }

    private ShardWatch Make(ShardDefinition definition)
    {
        int own = seed;
        foreach (char letter in definition.Name) own = unchecked((own * 31) + letter);
        return new ShardWatch(events, definition, own, log, topology => Tell(definition, topology));
    }

    // How far behind a replica may be can only be told as often as it is looked at.
    private static int PollMs(GatewayOptions options)
    {
        const int Slowest = 1000;
        const int Fastest = 50;
        double least = options.Pools.Where(pool => pool.Reads != ReadsFrom.Master && pool.MaxLag is not null)
            .Select(pool => pool.MaxLag!.Value.TotalMilliseconds).DefaultIfEmpty(double.MaxValue).Min();
        return (int)Math.Clamp(least / 4, Fastest, Slowest);
    }

    private void Tick()
    {
        foreach ((_, ShardWatch watch) in _watches) watch.Tick();
        foreach ((_, ClusterWatch watch) in _clusters) watch.Tick();
    }

    private void Tell(ShardDefinition definition, ShardTopology topology)
    {
        foreach (GatewayLoop loop in _loops)
        {
            if (loop.Events == events) loop.Follow(definition, topology);
            else loop.Events.Post(() => loop.Follow(definition, topology));
        }
    }

    private ClusterWatch MakeCluster(ShardDefinition definition) => new(events, definition, log, state => Tell(definition, state));

    private void Tell(ShardDefinition definition, ClusterState state)
    {
        foreach (GatewayLoop loop in _loops)
        {
            if (loop.Events == events) loop.Follow(definition, state);
            else loop.Events.Post(() => loop.Follow(definition, state));
        }
    }
}
