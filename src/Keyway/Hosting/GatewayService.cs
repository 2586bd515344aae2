using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>The gateway's part in the host's life: started before the admin page, drained while that still answers, stopped after it.</summary>
internal sealed class GatewayService(GatewayRun run, ILoggerFactory loggers) : IHostedLifecycleService, IDisposable
{
    /// <summary>Below the ten seconds that `docker stop` grants before it kills.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(8);

    private readonly ILogger _log = loggers.CreateLogger("keyway");
    private MapWatch? _watch;
    private Timer? _memory;

    public Task StartAsync(CancellationToken cancel)
    {
        run.Gateway = RunningGateway.Start(run.Config, run.State.Folders, run.Version, loggers, run.BeforeServing);
        run.Reloader = new Reloader(run.Gateway, run.State, run.Path, run.Environment, TimeProvider.System, _log);
        var memory = new CrowdMemory(() => run.Gateway?.Server.ClientCount ?? 0, CrowdMemory.Collect);
        _memory = new Timer(_ => memory.Look(), null, CrowdMemory.Period, CrowdMemory.Period);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancel)
    {
        string? file = run.Config.File;
        if (file is not null) _watch = new MapWatch(file, TimeProvider.System, _log, () => run.Reloader!.Begin("the file changed"));
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancel)
    {
        _watch?.Dispose();
        _memory?.Dispose();
        if (run.Gateway is not { } gateway) return;

        HostLog.Draining(_log, $"{DrainLimit.TotalSeconds} s");
        await gateway.Drain(DrainLimit);
    }

    public Task StartingAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancel)
    {
        run.Gateway?.Dispose();
        run.Gateway = null;
        HostLog.Stopped(_log);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _memory?.Dispose();
        run.Gateway?.Dispose();
    }
}
