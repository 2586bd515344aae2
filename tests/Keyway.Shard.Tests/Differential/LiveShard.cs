using System.Net;
using Keyway.Platform;
using Keyway.Shard.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyway.Shard.Tests.Differential;

/// <summary>A shard on a real loop and a real port, for whoever speaks to it as to a redis-server.</summary>
internal sealed class LiveShard : IDisposable
{
    private readonly EventLoop _loop = EventLoops.Create(TimeProvider.System);
    private readonly ShardServer _server;
    private readonly Thread _thread;

    public LiveShard(params string[] options)
    {
        _server = new ShardServer(_loop, ShardOptions.FromCommandLine(options), NullLogger.Instance, _loop.Stop);
        Port = ((IPEndPoint)_server.Listen(new IPEndPoint(IPAddress.Loopback, 0)).EndPoint).Port;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public int Port { get; }

    public void Dispose()
    {
        _loop.Stop();
        _thread.Join();
    }

    private void Run()
    {
        _loop.Run();
        _server.Stop();
        _loop.Dispose();
    }
}
