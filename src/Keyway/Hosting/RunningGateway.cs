using System.Security.Cryptography;
using Keyway.Configuration;
using Keyway.Gateway;
using Keyway.Gateway.Metrics;
using Keyway.Platform;
using Keyway.State;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>The gateway with its threads and the embedded shards behind it: what a process that serves consists of.</summary>
internal sealed class RunningGateway : IDisposable
{
    private const int MostLooks = 500;

    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(5);

    private readonly EmbeddedShards _embedded;
    private readonly LoopThread[] _threads;

    private RunningGateway(KeywayConfig config, EmbeddedShards embedded, LoopThread[] threads, GatewayServer server)
    {
        Config = config;
        Server = server;
        _embedded = embedded;
        _threads = threads;
    }

    /// <summary>The map that is served now.</summary>
    public KeywayConfig Config { get; private set; }

    public GatewayServer Server { get; }

    /// <summary>Done when the embedded shards have the data that they kept and are served; fails with an <see cref="IOException"/> when one cannot have it.</summary>
    public async Task WaitUntilLoaded()
    {
        await _embedded.Loaded;

        // The loops have been refused meanwhile, and look again within moments. Should one not come through, readiness says so, and why.
        for (int looks = 0; looks < MostLooks && !AreEmbeddedUp(); looks++) await Task.Delay(LookPeriod);
    }

    /// <summary>Binds everything, starts all threads, and serves.</summary>
    /// <param name="beforeServing">Called when all addresses are bound and no request has been read yet; what it throws ends the start.</param>
    /// <exception cref="IOException">An address cannot be bound; nothing runs then.</exception>
    public static RunningGateway Start(KeywayConfig config, ShardFolders folders, string version, ILoggerFactory loggers, Action beforeServing)
    {
        int loops = config.Loops ?? Environment.ProcessorCount;
        LoopThread[] threads = [.. Enumerable.Range(0, loops).Select(number => new LoopThread($"keyway-loop-{number}"))];
        var embedded = new EmbeddedShards(threads, folders, loggers);
        try
        {
            embedded.StartMissing(config);
            string runId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
            int seed = RandomNumberGenerator.GetInt32(int.MaxValue);
            GatewayOptions options = GatewayPlan.Of(config, embedded);
            EventLoop[] events = [.. threads.Select(thread => thread.Loop)];
            var server = new GatewayServer(events, options, loggers.CreateLogger("gateway"), version, runId, seed);
            server.Start();
            beforeServing();
            foreach (LoopThread thread in threads) thread.Start();
            return new RunningGateway(config, embedded, threads, server);
        }
        catch
        {
            embedded.Dispose();
            foreach (LoopThread thread in threads) thread.Dispose();
            throw;
        }
    }

    /// <summary>Serves the next map; embedded shards come before it and go after it.</summary>
    /// <param name="whileHeld">Looks at the losing shards once more while nothing can reach them; a reason keeps the old map.</param>
    /// <returns>Null, or why the old map is still served.</returns>
    public async Task<string?> Exchange(KeywayConfig next, Func<string?> whileHeld)
    {
        IReadOnlyList<string> started = [];
        try
        {
            // One that comes back has what it kept: it serves when that is here, and the old map until then.
            started = _embedded.StartMissing(next);
            await _embedded.Loaded;
        }
        catch (Exception failed) when (failed is IOException or StateException)
        {
            _embedded.Stop(started);
            return failed.Message;
        }

        string? refusal = await Server.ReloadAsync(GatewayPlan.Of(next, _embedded), () => Task.FromResult(whileHeld()));
        if (refusal is not null)
        {
            _embedded.Stop(started);
            return refusal;
        }

        Config = next;
        _embedded.StopAllBut(next);
        return null;
    }

    public Task Drain(TimeSpan limit) => Server.DrainAsync(limit);

    public void Dispose()
    {
        _embedded.Dispose();
        foreach (LoopThread thread in _threads) thread.Dispose();
    }

    private bool AreEmbeddedUp()
    {
        GatewaySnapshot now = Server.Snapshot();
        return now.Pools.SelectMany(pool => pool.ShardsInUse).All(index => now.Shards[index] is { Counters.Up: true } or { Kind: not "embedded" });
    }
}
