using System.Net;
using Keyway.Configuration;
using Keyway.Platform;
using Keyway.State;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting.Local;

/// <summary>
/// The `local` shards that run now, supervised on one thread of their own: what a loop that serves clients is busy with must not delay a failover.
/// </summary>
internal sealed class LocalShards : IDisposable
{
    /// <summary>A server may wait for its replicas for ten seconds, and then it saves. The system that stops us is rarely so patient.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    /// <summary>How long servers of a former run may take that have just lost their parent.</summary>
    private static readonly TimeSpan FolderLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FolderPeriod = TimeSpan.FromMilliseconds(50);

    private readonly ShardFolders _folders;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly LoopThread _thread = new("keyway-local");
    private readonly Dictionary<string, LocalShard> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LocalShard> _byName = new(StringComparer.Ordinal);     // the supervision's own: whom it hears of
    private LocalSentinel? _sentinel;

    public LocalShards(ShardFolders folders, ILoggerFactory loggers)
    {
        _folders = folders;
        _loggers = loggers;
        _log = loggers.CreateLogger("local");
        _thread.Loop.Unhandled = failure => LocalLog.Bug(_log, failure);
    }

    /// <summary>Hears, on the supervision's thread, that another server is the master of a shard: its name, where, and which master that is, counted.</summary>
    public Action<string, EndPoint, long>? Switched { get; set; }

    /// <summary>Done when the masters of all that run have their data; fails with an <see cref="IOException"/> when one cannot have it.</summary>
    public Task Loaded => Task.WhenAll(_running.Values.Select(shard => shard.Loaded));

    /// <summary>Where the shard's master is now; where it starts, when it does not run.</summary>
    public EndPoint MasterOf(ShardConfig shard)
    {
        int port = _running.TryGetValue(shard.Name, out LocalShard? running) ? running.Master : ((ShardKind.Local)shard.Kind).Ports[0];
        return new IPEndPoint(IPAddress.Loopback, port);
    }

    /// <summary>Takes in those of the map that do not run yet, all of them or none, and decides who is master; their processes start with <see cref="Begin"/>.</summary>
    /// <returns>The names of the new ones.</returns>
    /// <exception cref="IOException">A port is taken.</exception>
    /// <exception cref="StateException">A folder cannot be used.</exception>
    public IReadOnlyList<string> TakeMissing(KeywayConfig config)
    {
        ShardConfig[] missing = [.. config.Shards.Where(shard => shard.Kind is ShardKind.Local && !_running.ContainsKey(shard.Name))];
        if (missing.Length == 0) return [];

        var shards = new List<LocalShard>();
        foreach (ShardConfig shard in missing)
        {
            if (_folders.Prepare(shard.Name, ((ShardKind.Local)shard.Kind).Ports) is { } moved) HostLog.FolderRenamed(_log, shard.Name, moved.To, moved.From);
            AwaitFolders(shard);
        }

        StartThreads();
        _thread.Invoke(() =>
        {
            foreach (ShardConfig shard in missing)
            {
                CheckPorts(shard);
                shards.Add(new LocalShard(shard, _folders, _thread.Loop, _sentinel!, _log, OnSwitched));
            }
        });
        foreach (LocalShard shard in shards) _running.Add(shard.Config.Name, shard);
        return [.. missing.Select(shard => shard.Name)];
    }

    /// <summary>Starts the processes of these.</summary>
    public void Begin(IReadOnlyList<string> names)
    {
        if (names.Count == 0) return;
        LocalShard[] shards = [.. names.Select(name => _running[name])];
        _thread.Loop.Post(() =>
        {
            foreach (LocalShard shard in shards)
            {
                _byName[shard.Config.Name] = shard;
                shard.Begin();
            }
        });
    }

    /// <summary>The end is near: servers that end before it, as when a service's manager ends all its processes, are not started again.</summary>
    public void Hold()
    {
        LocalShard[] shards = [.. _running.Values];
        if (shards.Length > 0) _thread.Loop.Post(() => Array.ForEach(shards, shard => shard.Hold()));
    }

    /// <summary>Returns when none of their processes is left.</summary>
    public void Stop(IEnumerable<string> names)
    {
        var stopping = new List<LocalShard>();
        foreach (string name in names)
        {
            if (_running.Remove(name, out LocalShard? shard)) stopping.Add(shard);
        }

        if (stopping.Count == 0) return;
        _thread.Invoke(() => stopping.ForEach(shard => shard.Stop()));
        Task all = Task.WhenAll(stopping.Select(shard => shard.Ended));
        if (all.Wait(EndLimit)) return;
        _thread.Invoke(() => stopping.ForEach(shard => shard.Kill()));
        all.Wait(EndLimit);
    }

    /// <summary>Those that the map does not name any more.</summary>
    public void StopAllBut(KeywayConfig config) =>
        Stop([.. _running.Keys.Where(name => !config.Shards.Any(shard => shard.Name == name && shard.Kind is ShardKind.Local))]);

    public void Dispose()
    {
        Stop([.. _running.Keys]);
        _sentinel?.Dispose();
        _thread.Dispose();
    }

    private void OnSwitched(LocalShard shard) => Switched?.Invoke(shard.Config.Name, new IPEndPoint(IPAddress.Loopback, shard.Master), shard.Epoch);

    private void StartThreads()
    {
        if (_sentinel is not null) return;
        _sentinel = StartSentinel();
        _thread.Start();
    }

    private LocalSentinel StartSentinel()
    {
        string file = _folders.StatePath("sentinel.conf");
        try
        {
            return new LocalSentinel(file, _loggers.CreateLogger("sentinel"), (name, port) => _thread.Loop.Post(() =>
            {
                if (_byName.TryGetValue(name, out LocalShard? shard)) shard.OnSwitched(port);
            }));
        }
        catch (Exception refused) when (refused is Platform.Disks.DiskException or IOException or UnauthorizedAccessException or Protocol.Configuration.ConfFileException)
        {
            throw new StateException($"'{Path.GetFullPath(file)}', where the sentinel keeps its epochs, cannot be used: {refused.Message}; mend it or remove it", refused);
        }
    }

    // What holds a folder writes to it: neither may it be judged by what it holds now, nor may another server have it.
    private void AwaitFolders(ShardConfig shard)
    {
        using var never = new ManualResetEvent(false);
        foreach (int port in ((ShardKind.Local)shard.Kind).Ports)
        {
            string path = _folders.PathOf(shard.Name, port);
            for (TimeSpan waited = TimeSpan.Zero; ; waited += FolderPeriod)
            {
                try
                {
                    DataFolder.Open(path).Dispose();
                    break;
                }
                catch (StateException) when (waited < FolderLimit)
                {
                    // A server that has just lost its parent is still ending.
                    if (waited == TimeSpan.Zero) LocalLog.WaitingForFolder(_log, shard.Name, path);
                    never.WaitOne(FolderPeriod);
                }
            }
        }
    }

    /// <summary>Says at once, and by whom, what a server would find out after its start.</summary>
    private void CheckPorts(ShardConfig shard)
    {
        foreach (int port in ((ShardKind.Local)shard.Kind).Ports)
        {
            try
            {
                _thread.Loop.Listen(new IPEndPoint(IPAddress.Loopback, port), new NobodyAccepted()).Dispose();
            }
            catch (AddressInUseException taken)
            {
                throw new IOException($"shard '{shard.Name}': {taken.Message}", taken);
            }
        }
    }

    private sealed class NobodyAccepted : IAcceptor
    {
        public void OnAccepted(AcceptedConnection accepted) => accepted.Refuse([]);
    }
}
