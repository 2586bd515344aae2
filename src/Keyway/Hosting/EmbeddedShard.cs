using System.Net;
using Keyway.Configuration;
using Keyway.Platform;
using Keyway.Shard;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>
/// One shard server inside this process, on a thread of its own: reached by the gateway without the kernel, and by people at its port.
/// </summary>
internal sealed class EmbeddedShard : IDisposable
{
    private readonly LoopThread _thread;
    private readonly ShardServer _server;

    private EmbeddedShard(ShardConfig config, InProcessEndPoint place, ILogger log)
    {
        Config = config;
        Place = place;
        _thread = new LoopThread($"keyway-{config.Name}");
        _thread.Loop.Unhandled = failure => HostLog.ShardBug(log, config.Name, failure);
        _server = new ShardServer(_thread.Loop, EmbeddedConf.Options(config), new EmbeddedShardLogger(log));
    }

    public ShardConfig Config { get; }

    public InProcessEndPoint Place { get; }

    /// <exception cref="AddressInUseException">Its port is taken.</exception>
    public static EmbeddedShard Start(ShardConfig config, InProcessEndPoint place, ILogger log)
    {
        var shard = new EmbeddedShard(config, place, log);
        try
        {
            shard._server.Listen(new IPEndPoint(IPAddress.Loopback, ((ShardKind.Embedded)config.Kind).Port));
            shard._server.Listen(place);
        }
        catch
        {
            shard._server.Stop();
            shard._thread.Dispose();
            throw;
        }

        shard._thread.Start();
        return shard;
    }

    public void Dispose()
    {
        _thread.Invoke(_server.Stop);
        _thread.Dispose();
    }
}
