using System.Net;
using Keyway.Platform.Disks;
using Keyway.Sentinel;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting.Local;

/// <summary>
/// The sentinel inside this process. That a server has died its supervisor sees at once; that one hangs, a sentinel sees, and puts a replica in its place. It
/// has a thread of its own, so that nothing else makes it late, and nobody can connect to it.
/// </summary>
internal sealed class LocalSentinel : IDisposable
{
    /// <summary>A server that says nothing for so long is down. Longer than any collection or fork, short enough for people.</summary>
    private static readonly TimeSpan DownAfter = TimeSpan.FromSeconds(1);

    /// <summary>All of it happens on one machine: what has not succeeded by now is tried again.</summary>
    private static readonly TimeSpan FailoverTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan InfoPeriod = TimeSpan.FromSeconds(1);

    private const int Quorum = 1;

    private readonly LoopThread _thread = new("keyway-sentinel");
    private readonly SentinelServer _sentinel;
    private readonly ILogger _log;

    /// <param name="file">Where it keeps its epochs.</param>
    /// <param name="switched">Hears, on the sentinel's thread, the name of a shard and its new master's port.</param>
    /// <exception cref="DiskException">The file cannot be written.</exception>
    public LocalSentinel(string file, ILogger log, Action<string, int> switched)
    {
        _log = log;
        _thread.Loop.Unhandled = failure => LocalLog.Bug(_log, failure);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        _sentinel = new SentinelServer(_thread.Loop, SentinelOptions.FromLines([], file), RealDisk.Instance, new EmbeddedLogger(log))
        {
            InfoPeriod = InfoPeriod,
            OnMasterSwitched = change => switched(change.Name, change.New.Port),
        };
        _thread.Start();
        _thread.Invoke(_sentinel.Start);
    }

    /// <summary>From now on it sees to it that this shard has a master that answers.</summary>
    public void Watch(string shard, int master, IReadOnlyList<int> replicas, string? password) => _thread.Loop.Post(() =>
    {
        _sentinel.Unwatch(shard);
        if (!_sentinel.Watch(shard, Local(master), Quorum, DownAfter, FailoverTimeout, out string reason, [.. replicas.Select(Local)], password))
            LocalLog.NotWatched(_log, shard, reason);
    });

    /// <summary>From now on somebody else sees to it. What it has just done may still be told.</summary>
    public void Unwatch(string shard) => _thread.Loop.Post(() => _sentinel.Unwatch(shard));

    public void Dispose()
    {
        _thread.Invoke(_sentinel.Stop);
        _thread.Dispose();
    }

    private static IPEndPoint Local(int port) => new(IPAddress.Loopback, port);
}
