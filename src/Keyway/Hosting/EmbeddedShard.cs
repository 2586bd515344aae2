using Keyway.Configuration;
using Keyway.Platform;
using Keyway.Platform.Tls;
using Keyway.Shard;
using Keyway.Shard.Configuration;
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
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EmbeddedShard(ShardConfig config, InProcessEndPoint place, string folder, LoopThread thread, ILogger log)
    {
        Config = config;
        Place = place;
        _thread = thread;
        Options = IncludedConf.Options(config, folder);
        _server = new ShardServer(_thread.Loop, Options, new EmbeddedLogger(log)) { WhenLoaded = () => _loaded.TrySetResult(), OnLoadFailed = FailToLoad };
    }

    public ShardConfig Config { get; }

    public InProcessEndPoint Place { get; }

    /// <summary>Done when it has its data; fails with an <see cref="IOException"/> when it cannot have it. Clients are told to wait meanwhile.</summary>
    public Task Loaded => _loaded.Task;

    private ShardOptions Options { get; }

    /// <summary>Begins to load what it has kept, and to listen.</summary>
    /// <exception cref="IOException">Its port is taken (<see cref="AddressInUseException"/>), or a file that its `conf:` names cannot be used.</exception>
    public static EmbeddedShard Start(ShardConfig config, InProcessEndPoint place, string folder, LoopThread thread, ILogger log)
    {
        EmbeddedShard? shard = null;
        thread.Invoke(() =>
        {
            try
            {
                shard = new EmbeddedShard(config, place, folder, thread, log);
                shard.Begin();
            }
            catch (TlsConfigurationException wrong)
            {
                throw new IOException($"shard '{config.Name}': {wrong.Message}", wrong);
            }
            catch
            {
                shard?._server.Stop();
                throw;
            }
        });
        return shard!;
    }

    /// <summary>Ends it while the other servers of its loop go on: they do not wait for its disk. Done when its files are closed.</summary>
    public Task RetireAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread.Invoke(() => _server.StopBesideOthers(() => done.TrySetResult()));
        return done.Task;
    }

    /// <summary>The process ends: nobody else's loop has to go on.</summary>
    public void Dispose() => _thread.Invoke(_server.SaveAndStop);

    private void Begin()
    {
        _server.Load();
        if (_loaded.Task.IsFaulted) return;

        foreach (ListenPlace listened in Options.EndPoints()) _server.Listen(listened);
        _server.Listen(Place);
        if (!_server.IsLoading) _loaded.TrySetResult();
    }

    private void FailToLoad() => _loaded.TrySetException(new IOException($"shard '{Config.Name}' cannot load its data; the log says why"));
}
