using System.Security.Cryptography;
using Keyway.Configuration;
using Keyway.Gateway;
using Keyway.Gateway.Metrics;
using Keyway.Hosting.Local;
using Keyway.Platform;
using Keyway.State;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>The gateway with its threads and the included shards behind it: what a process that serves consists of.</summary>
internal sealed class RunningGateway : IDisposable
{
    private const int MostLooks = 500;

    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(5);

    private readonly EmbeddedShards _embedded;
    private readonly LocalShards _local;
    private readonly LoopThread[] _threads;

    private RunningGateway(KeywayConfig config, EmbeddedShards embedded, LocalShards local, LoopThread[] threads, GatewayServer server)
    {
        Config = config;
        Server = server;
        _embedded = embedded;
        _local = local;
        _threads = threads;
        local.Switched = (shard, master, number) => server.Hint(shard, new ServerAddress(master, master.ToString()!), number);
    }

    /// <summary>The map that is served now.</summary>
    public KeywayConfig Config { get; private set; }

    public GatewayServer Server { get; }

    /// <summary>Done when the included shards have the data that they kept and are served; fails with an <see cref="IOException"/> when one cannot have it.</summary>
    public async Task WaitUntilLoaded()
    {
        await _embedded.Loaded;
        await _local.Loaded;

        // The loops have been refused meanwhile, and look again within moments. Should one not come through, readiness says so, and why.
        for (int looks = 0; looks < MostLooks && !AreIncludedUp(); looks++) await Task.Delay(LookPeriod);
    }

    /// <summary>Binds everything, starts all threads, and serves.</summary>
    /// <param name="beforeServing">Called when all addresses are bound and no request has been read yet; what it throws ends the start.</param>
    /// <exception cref="IOException">An address cannot be bound; nothing runs then.</exception>
    public static RunningGateway Start(KeywayConfig config, ShardFolders folders, string version, ILoggerFactory loggers, Action beforeServing)
    {
        int loops = config.Loops ?? Environment.ProcessorCount;
        LoopThread[] threads = [.. Enumerable.Range(0, loops).Select(number => new LoopThread($"keyway-loop-{number}"))];
        var embedded = new EmbeddedShards(threads, folders, loggers);
        var local = new LocalShards(folders, loggers);
        try
        {
            IReadOnlyList<string> supervised = local.TakeMissing(config);
            embedded.StartMissing(config);
            string runId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
            int seed = RandomNumberGenerator.GetInt32(int.MaxValue);
            GatewayOptions options = GatewayPlan.Of(config, embedded, local);
            EventLoop[] events = [.. threads.Select(thread => thread.Loop)];
            var server = new GatewayServer(events, options, loggers.CreateLogger("gateway"), version, runId, seed);
            server.Start();
            beforeServing();
            foreach (LoopThread thread in threads) thread.Start();

            // Not before: what their start takes of the machine would delay the first answer.
            var running = new RunningGateway(config, embedded, local, threads, server);
            local.Begin(supervised);
            return running;
        }
        catch
        {
            local.Dispose();
            embedded.Dispose();
            foreach (LoopThread thread in threads) thread.Dispose();
            throw;
        }
    }

    /// <summary>Serves the next map; included shards come before it and go after it.</summary>
    /// <param name="whileHeld">Looks at the losing shards once more while nothing can reach them; a reason keeps the old map.</param>
    /// <returns>Null, or why the old map is still served.</returns>
    public async Task<string?> Exchange(KeywayConfig next, Func<string?> whileHeld)
    {
        IReadOnlyList<string> started = [];
        IReadOnlyList<string> startedLocal = [];
        try
        {
            // One that comes back has what it kept: it serves when that is here, and the old map until then.
            startedLocal = _local.TakeMissing(next);
            started = _embedded.StartMissing(next);
            _local.Begin(startedLocal);
            await _embedded.Loaded;
            await _local.Loaded;
        }
        catch (Exception failed) when (failed is IOException or StateException)
        {
            await _embedded.RetireAsync(started);
            _local.Stop(startedLocal);
            return failed.Message;
        }

        string? refusal = await Serve(next, whileHeld);
        if (refusal is not null)
        {
            await _embedded.RetireAsync(started);
            _local.Stop(startedLocal);
            return refusal;
        }

        await _embedded.RetireAllBut(next);
        _local.StopAllBut(next);
        return null;
    }

    public Task Drain(TimeSpan limit)
    {
        _local.Hold();
        return Server.DrainAsync(limit);
    }

    public void Dispose()
    {
        _local.Dispose();
        _embedded.Dispose();
        foreach (LoopThread thread in _threads) thread.Dispose();
    }

    private async Task<string?> Serve(KeywayConfig next, Func<string?> whileHeld)
    {
        try
        {
            string? refusal = await Server.ReloadAsync(GatewayPlan.Of(next, _embedded, _local), () => Task.FromResult(whileHeld()));
            if (refusal is null) Config = next;
            return refusal;
        }
        catch (IOException unusable)
        {
            // A certificate that could be read a moment ago.
            return unusable.Message;
        }
    }

    private bool AreIncludedUp()
    {
        GatewaySnapshot now = Server.Snapshot();
        return now.Pools.SelectMany(pool => pool.ShardsInUse).All(index => now.Shards[index] is { Counters.Up: true } or { Kind: not ("embedded" or "local") });
    }
}
