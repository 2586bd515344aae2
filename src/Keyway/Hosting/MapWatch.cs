using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>
/// Notices that the map's file has another content. Watched is its folder, since editors and deployments replace the file (or a link
/// to it) rather than write into it; and now and then the file is looked at, since some file systems report nothing.
/// </summary>
internal sealed class MapWatch : IDisposable
{
    /// <summary>An editor's several steps are one change.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly Action _changed;
    private readonly object _gate = new();
    private readonly ITimer _look;
    private readonly FileSystemWatcher? _watcher;
    private byte[] _digest;

    /// <param name="changed">Called, one call at a time, on a thread of the pool.</param>
    public MapWatch(string path, TimeProvider time, ILogger log, Action changed)
    {
        _path = Path.GetFullPath(path);
        _changed = changed;
        _digest = Digest() ?? [];
        _look = time.CreateTimer(_ => Look(), null, Period, Period);
        try
        {
            _watcher = new FileSystemWatcher(Path.GetDirectoryName(_path)!)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            FileSystemEventHandler soon = (_, _) => _look.Change(Settle, Period);
            _watcher.Changed += soon;
            _watcher.Created += soon;
            _watcher.Renamed += (_, _) => _look.Change(Settle, Period);
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or PlatformNotSupportedException)
        {
            // Such as: this user may have no more inotify instances.
            _watcher?.Dispose();
            _watcher = null;
            HostLog.CannotWatch(log, _path, refused.Message, "5 s");
        }
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _look.Dispose();
    }

    private void Look()
    {
        lock (_gate)
        {
            // Gone, or being replaced: there is nothing to load, and what is served stays.
            if (Digest() is not { } now || now.AsSpan().SequenceEqual(_digest)) return;
            _digest = now;
            _changed();
        }
    }

    private byte[]? Digest()
    {
        try
        {
            return SHA256.HashData(File.ReadAllBytes(_path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
