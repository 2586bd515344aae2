using System.Net;
using Keyway.Platform;
using Keyway.Shard;
using Keyway.Shard.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyway.Differential.Servers;

/// <summary>A shard on a real loop and a real port in this process, for whoever speaks to it as to a redis-server.</summary>
internal sealed class LiveShard : IDisposable
{
    private readonly EventLoop _loop = EventLoops.Create(TimeProvider.System);
    private readonly ShardServer _server;
    private readonly Thread _thread;
    private readonly DirectoryInfo? _folder;      // what one test saves must not be what another finds at its start
    private Exception? _bug;

    public LiveShard(params string[] options)
    {
        _loop.Unhandled = failure => _bug ??= failure;
        ShardOptions parsed = ShardOptions.FromCommandLine(options);
        if (!options.Contains("--dir"))
        {
            _folder = Directory.CreateTempSubdirectory("keyway-live-");
            parsed = parsed.With("dir", _folder.FullName);
        }

        _server = new ShardServer(_loop, parsed, NullLogger.Instance, _loop.Stop);
        _server.Load();
        EndPoint = _server.Listen(new IPEndPoint(IPAddress.Loopback, 0)).EndPoint;
        foreach (ListenPlace place in parsed.EndPoints().Where(place => place.IsTls)) _server.Listen(place);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public EndPoint EndPoint { get; }

    public int Port => ((IPEndPoint)EndPoint).Port;

    /// <summary>The first exception that no handler should have let out.</summary>
    public Exception? Bug => Volatile.Read(ref _bug);

    public void Dispose()
    {
        _loop.Stop();
        _thread.Join();
        _folder?.Delete(recursive: true);
    }

    private void Run()
    {
        _loop.Run();
        _server.Stop();
        _loop.Dispose();
    }
}
