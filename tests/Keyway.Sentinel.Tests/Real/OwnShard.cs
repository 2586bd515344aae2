using Keyway.Platform;
using Keyway.Shard;
using Keyway.Shard.Configuration;
using Keyway.Testing.RealServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>A shard of ours at a port that it knows itself, as its replicas' masters and their sentinels need it.</summary>
internal sealed class OwnShard : IDisposable
{
    private readonly EventLoop _loop = EventLoops.Create(TimeProvider.System);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyway-shard-");
    private readonly ShardServer _server;
    private readonly Thread _thread;
    private bool _isDisposed;

    public OwnShard(params string[] options)
    {
        Port = ExternalServer.FreePort();
        ShardOptions parsed = ShardOptions.FromCommandLine(["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", "", .. options]);
        _server = new ShardServer(_loop, parsed, NullLogger.Instance, _loop.Stop);
        _server.Load();
        foreach (ListenPlace place in parsed.EndPoints()) _server.Listen(place);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public int Port { get; }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _loop.Stop();
        _thread.Join();
        _folder.Delete(recursive: true);
    }

    private void Run()
    {
        _loop.Run();
        _server.Stop();
        _loop.Dispose();
    }
}
