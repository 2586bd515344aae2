using Keyway.Configuration;
using Keyway.Platform;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>
/// The embedded shards that run now. A shard's place inside the process is kept for the process's life, so that after a reload an unchanged
/// shard is the same one to the gateway.
/// </summary>
internal sealed class EmbeddedShards(IReadOnlyList<LoopThread> threads, ILoggerFactory loggers) : IDisposable
{
    private readonly Dictionary<string, InProcessEndPoint> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EmbeddedShard> _running = new(StringComparer.Ordinal);
    private int _nextThread;

    public InProcessEndPoint PlaceOf(ShardConfig shard)
    {
        if (!_places.TryGetValue(shard.Name, out InProcessEndPoint? place)) _places.Add(shard.Name, place = new InProcessEndPoint(shard.Name));
        return place;
    }

    /// <summary>Starts those of the map that do not run yet: all of them or none.</summary>
    /// <returns>The names of the new ones.</returns>
    /// <exception cref="AddressInUseException">A port is taken.</exception>
    public IReadOnlyList<string> StartMissing(KeywayConfig config)
    {
        var started = new List<string>();
        try
        {
            foreach (ShardConfig shard in config.Shards)
            {
                if (shard.Kind is not ShardKind.Embedded || _running.ContainsKey(shard.Name)) continue;
                LoopThread thread = threads[_nextThread++ % threads.Count];
                _running.Add(shard.Name, EmbeddedShard.Start(shard, PlaceOf(shard), thread, loggers.CreateLogger(shard.Name)));
                started.Add(shard.Name);
            }
        }
        catch
        {
            Stop(started);
            throw;
        }

        return started;
    }

    public void Stop(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (_running.Remove(name, out EmbeddedShard? shard)) shard.Dispose();
        }
    }

    /// <summary>Those that the map does not name any more.</summary>
    public void StopAllBut(KeywayConfig config) =>
        Stop([.. _running.Keys.Where(name => !config.Shards.Any(shard => shard.Name == name && shard.Kind is ShardKind.Embedded))]);

    public void Dispose() => Stop([.. _running.Keys]);
}
