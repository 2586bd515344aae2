using Keyway.Configuration;
using Keyway.Hosting.Local;
using Keyway.Platform;
using Keyway.State;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>
/// The embedded shards that run now. A shard's place inside the process is kept for the process's life, so that after a reload an unchanged
/// shard is the same one to the gateway.
/// </summary>
internal sealed class EmbeddedShards(IReadOnlyList<LoopThread> threads, ShardFolders folders, ILoggerFactory loggers) : IDisposable
{
    private readonly Dictionary<string, InProcessEndPoint> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EmbeddedShard> _running = new(StringComparer.Ordinal);
    private int _nextThread;

    /// <summary>Done when all that run have their data; fails with an <see cref="IOException"/> when one cannot have it.</summary>
    public Task Loaded => Task.WhenAll(_running.Values.Select(shard => shard.Loaded));

    public InProcessEndPoint PlaceOf(ShardConfig shard)
    {
        if (!_places.TryGetValue(shard.Name, out InProcessEndPoint? place)) _places.Add(shard.Name, place = new InProcessEndPoint(shard.Name));
        return place;
    }

    /// <summary>Starts those of the map that do not run yet: all of them or none.</summary>
    /// <returns>The names of the new ones.</returns>
    /// <exception cref="IOException">A port is taken, or a file cannot be used.</exception>
    /// <exception cref="StateException">A folder cannot be made.</exception>
    public IReadOnlyList<string> StartMissing(KeywayConfig config)
    {
        var started = new List<string>();
        try
        {
            foreach (ShardConfig shard in config.Shards)
            {
                if (shard.Kind is not ShardKind.Embedded || _running.ContainsKey(shard.Name)) continue;
                LoopThread thread = threads[_nextThread++ % threads.Count];
                _running.Add(shard.Name, Start(shard, thread));
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

    /// <summary>Ends these while the others go on; done when they have come to their end.</summary>
    public async Task RetireAsync(IEnumerable<string> names)
    {
        string[] going = [.. names.Where(_running.ContainsKey)];
        await Task.WhenAll(going.Select(name => _running[name].RetireAsync()));
        foreach (string name in going) _running.Remove(name);
    }

    /// <summary>Those that the map does not name any more.</summary>
    public Task RetireAllBut(KeywayConfig config) =>
        RetireAsync(_running.Keys.Where(name => !config.Shards.Any(shard => shard.Name == name && shard.Kind is ShardKind.Embedded)));

    public void Dispose() => Stop([.. _running.Keys]);

    private EmbeddedShard Start(ShardConfig shard, LoopThread thread)
    {
        ILogger log = loggers.CreateLogger(shard.Name);
        int port = ((ShardKind.Embedded)shard.Kind).Port;
        string folder = folders.PathOf(shard.Name, port);
        if (folders.Prepare(shard.Name, port) is { } before) HostLog.FolderRenamed(log, shard.Name, folder, before);
        if (ServerFolder.RoleIn(folder) == FolderRole.Replica)
        {
            throw new StateException($"shard '{shard.Name}' would start alone with '{Path.GetFullPath(folder)}', which is a replica's: its keys may not be all. "
                + $"Its master is the server at port {folders.NotedMaster(shard.Name)}: declare that one `embedded`, or all of them `local`");
        }

        return EmbeddedShard.Start(shard, PlaceOf(shard), folder, thread, log);
    }
}
