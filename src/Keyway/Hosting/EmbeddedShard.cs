using System.Net;
using Keyway.Configuration;
using Keyway.Platform;
using Keyway.Shard;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>
/// One shard server inside this process, on one of the gateway's loops: the gateway reaches it without the kernel and, on that loop, without
/// another thread; people reach it at its port. A thread of its own would cost two changes of thread per batch of requests: measured with three
/// shards and one loop at 16 requests a packet, 1.0 million requests/s against 1.7. Who wants shards that do not share a thread runs them in
/// processes of their own.
/// </summary>
internal sealed class EmbeddedShard : IDisposable
{
    private readonly LoopThread _thread;
    private readonly ShardServer _server;

    private EmbeddedShard(ShardConfig config, InProcessEndPoint place, LoopThread thread, ILogger log)
    {
        Config = config;
        Place = place;
        _thread = thread;
        _server = new ShardServer(_thread.Loop, EmbeddedConf.Options(config), new EmbeddedShardLogger(log));
    }

    public ShardConfig Config { get; }

    public InProcessEndPoint Place { get; }

    /// <exception cref="AddressInUseException">Its port is taken.</exception>
    public static EmbeddedShard Start(ShardConfig config, InProcessEndPoint place, LoopThread thread, ILogger log)
    {
        EmbeddedShard? shard = null;
        thread.Invoke(() =>
        {
            var starting = new EmbeddedShard(config, place, thread, log);
            try
            {
                starting._server.Listen(new IPEndPoint(IPAddress.Loopback, ((ShardKind.Embedded)config.Kind).Port));
                starting._server.Listen(place);
            }
            catch
            {
                starting._server.Stop();
                throw;
            }
            shard = starting;
        });
        return shard!;
    }

    public void Dispose() => _thread.Invoke(_server.Stop);
}
