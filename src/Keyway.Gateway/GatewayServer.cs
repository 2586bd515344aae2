using System.Net;
using System.Net.Sockets;
using Keyway.Gateway.Learned;
using Keyway.Gateway.Metrics;
using Keyway.Gateway.Scripts;
using Keyway.Gateway.Shards;
using Keyway.Platform;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway;

/// <summary>
/// The gateway as a whole: its listeners, its loops, and the changes that concern all of them (start, reload, drain). Accepted clients are
/// dealt out to the loops; from then on each loop is on its own.
/// </summary>
public sealed class GatewayServer
{
    private readonly GatewayLoop[] _loops;
    private readonly GatewayInfo _info;
    private readonly ShardWatches _watches;
    private readonly CommandLearner _learner;
    private readonly ILogger _log;
    private readonly List<(PoolAcceptor Acceptor, EndPoint Wanted, Listener Listener)> _listeners = [];
    private int _nextLoop;
    private bool _reloading;

    /// <param name="events">One loop per thread that the caller runs; the first one also accepts.</param>
    /// <param name="seed">For jitter: a simulation repeats itself.</param>
    public GatewayServer(IReadOnlyList<EventLoop> events, GatewayOptions options, ILogger log, string version, string runId, int seed)
    {
        _log = log;
        _info = new GatewayInfo(events[0].Time, runId, version) { Scripts = new ScriptLibrary(events[0].Post) };
        var advice = new CrossSlotAdvice();
        _watches = new ShardWatches(events[0], seed, log);
        _loops = [.. events.Select((loop, i) => new GatewayLoop(loop, i, events.Count, seed + i, advice, _info, _watches, log))];
        _watches.TellTo(_loops);
        _info.PubSub.Count(_loops.Select(loop => loop.Subscriptions));
        _learner = new CommandLearner(events[0], _info, _watches, log);
        Options = options;
        _info.TakeSnapshot = Snapshot;
        _info.Questions = new CrossLoop.LoopQuestions(_loops);
        Advice = advice.Given;
    }

    /// <summary>What is being served now.</summary>
    public GatewayOptions Options { get; private set; }

    public bool IsDraining { get; private set; }

    /// <summary>By prefix, the line of the map that would cure the CROSSSLOT errors of its keys.</summary>
    public IReadOnlyDictionary<string, string> Advice { get; }

    /// <summary>The addresses really bound, by pool.</summary>
    public IReadOnlyList<(string Pool, EndPoint EndPoint)> EndPoints => [.. _listeners.Select(entry => (entry.Acceptor.Pool, entry.Listener.EndPoint))];

    internal IReadOnlyList<GatewayLoop> Loops => _loops;

    internal ShardWatches Watches => _watches;

    /// <summary>Binds all addresses and begins to serve. Before the loops run, or on the first loop's thread when there is only one.</summary>
    /// <exception cref="AddressInUseException">An address is taken; nothing is listening then.</exception>
    public void Start()
    {
        foreach (GatewayLoop loop in _loops) loop.Start(Options);
        _watches.Keep(Options);
        _loops[0].Events.Post(() => _learner.Keep(Options));
        try
        {
            foreach (PoolDefinition pool in Options.Pools)
            {
                foreach (EndPoint address in pool.Listen) Listen(pool.Name, address);
            }
        }
        catch
        {
            StopListening();
            throw;
        }
    }

    /// <summary>
    /// Exchanges the map: holds what moves, drains it, swaps on all loops, releases. From any thread; one at a time.
    /// </summary>
    /// <param name="whileHeld">
    /// Asked once nothing is in flight any more for what moves, and nothing new is let through: only now is what it sees of the losing shards
    /// final. A reason from it keeps the old map.
    /// </param>
    /// <returns>Null when the new map is served; otherwise why the old one still is.</returns>
    public async Task<string?> ReloadAsync(GatewayOptions next, Func<Task<string?>>? whileHeld = null)
    {
        if (_reloading) return "another reload is under way";
        _reloading = true;
        try
        {
            string? refusal = await OnFirstLoop(() => BindNew(next));
            if (refusal is not null) return refusal;
            string? stuck = await DrainForSwap(next, out Task<string?> why) ? null : await why;
            if (stuck is null && whileHeld is not null) stuck = await whileHeld();
            if (stuck is not null)
            {
                await OnAllLoops(loop => loop.Release());
                await OnFirstLoop(() => Unbind(Options));
                return stuck;
            }
            await OnAllLoops(loop => loop.Swap());
            Options = next;
            _info.Change(settings => settings.AsMapped());
            _watches.Keep(next);
            _loops[0].Events.Post(() => _learner.Keep(next));
            await OnAllLoops(loop => loop.Release());
            await OnFirstLoop(() => Unbind(next));
            return null;
        }
        finally
        {
            _reloading = false;
        }
    }

    /// <summary>Stops accepting and lets every client have the replies that it is owed; complete when all have left or the time is over.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        IsDraining = true;
        await OnFirstLoop(() =>
        {
            StopListening();
            return (string?)null;
        });
        await OnAllLoops(loop => loop.Drain());
        long deadline = _info.Time.GetTimestamp() + (long)(limit.TotalSeconds * _info.Time.TimestampFrequency);
        while (_loops.Any(loop => loop.ClientCount > 0) && _info.Time.GetTimestamp() < deadline)
            await _loops[0].Events.Delay(TimeSpan.FromMilliseconds(5));
        _watches.StopAll();
        _loops[0].Events.Post(_learner.Stop);
        await OnAllLoops(loop => loop.Shutdown());
    }

    /// <summary>
    /// Whoever decides such things has made another server the shard's master: it is asked at once, and until it was seen to be the master no
    /// other is written to. From any thread.
    /// </summary>
    /// <param name="epoch">Of that decision; older ones than the newest known are not heeded.</param>
    public void Hint(string shard, ServerAddress master, long epoch) => _watches.Hint(shard, master, epoch);

    /// <summary>Over all pools and loops. From any thread.</summary>
    public int ClientCount => _loops.Sum(loop => loop.ClientCount);

    /// <summary>All counters, summed over the loops. From any thread; a value may be a turn old.</summary>
    public GatewaySnapshot Snapshot() => GatewaySnapshot.Take(this);

    private void Listen(string pool, EndPoint address)
    {
        var acceptor = new PoolAcceptor(this, pool, isLocal: address is UnixDomainSocketEndPoint);
        Listener listener = _loops[0].Events.Listen(address, acceptor);
        _listeners.Add((acceptor, address, listener));
    }

    private void StopListening()
    {
        foreach ((_, _, Listener listener) in _listeners) listener.Dispose();
        _listeners.Clear();
    }

    // New addresses are bound before anything else changes: one that is taken refuses the reload.
    private string? BindNew(GatewayOptions next)
    {
        int before = _listeners.Count;
        try
        {
            foreach (PoolDefinition pool in next.Pools)
            {
                foreach (EndPoint address in pool.Listen)
                {
                    if (!_listeners.Exists(entry => entry.Wanted.Equals(address))) Listen(pool.Name, address);
                }
            }
            return null;
        }
        catch (IOException taken)
        {
            for (int i = _listeners.Count - 1; i >= before; i--)
            {
                _listeners[i].Listener.Dispose();
                _listeners.RemoveAt(i);
            }
            return taken.Message;
        }
    }

    // Closes the addresses that no pool has any more; one that another pool has now brings its new clients to that pool.
    private string? Unbind(GatewayOptions kept)
    {
        for (int i = _listeners.Count - 1; i >= 0; i--)
        {
            (PoolAcceptor acceptor, EndPoint wanted, Listener listener) = _listeners[i];
            PoolDefinition? owner = kept.Pools.FirstOrDefault(pool => pool.Listen.Contains(wanted));
            if (owner is not null)
            {
                acceptor.Pool = owner.Name;
                continue;
            }
            listener.Dispose();
            _listeners.RemoveAt(i);
        }
        return null;
    }

    private Task<bool> DrainForSwap(GatewayOptions next, out Task<string?> stuck)
    {
        TimeSpan hold = next.Pools.Count == 0 ? TimeSpan.FromSeconds(5) : next.Pools.Max(pool => pool.Hold);
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var why = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        stuck = why.Task;
        int missing = _loops.Length;
        IReadOnlyDictionary<string, IReadOnlySet<string>> losing = LosingShards.Of(Options, next);
        foreach (GatewayLoop loop in _loops)
        {
            loop.Events.Post(() =>
            {
                LoopTimer? late = null;
                loop.Hold(next, losing, () =>
                {
                    late?.Cancel();
                    if (Interlocked.Decrement(ref missing) == 0) done.TrySetResult(true);
                });
                if (!loop.IsDrainedForReload)
                {
                    late = loop.Events.Schedule((long)hold.TotalMilliseconds, () =>
                    {
                        why.TrySetResult($"requests to {string.Join(", ", loop.UndrainedShards())} were not answered within {Links.Reasons.Duration((long)hold.TotalMilliseconds)}; the old map is kept");
                        done.TrySetResult(false);
                    });
                }
            });
        }
        return done.Task;
    }

    private Task OnAllLoops(Action<GatewayLoop> action) => Task.WhenAll(_loops.Select(loop => OnLoop(loop, () =>
    {
        action(loop);
        return (string?)null;
    })));

    private Task<string?> OnFirstLoop(Func<string?> action) => OnLoop(_loops[0], action);

    private static Task<string?> OnLoop(GatewayLoop loop, Func<string?> action)
    {
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Events.Post(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception failure)
            {
                // Whoever asked awaits it, and is told there.
                done.SetException(failure);
            }
        });
        return done.Task;
    }

    private void Deal(AcceptedConnection accepted, string pool, bool isLocal)
    {
        PoolDefinition? definition = Options.Pools.FirstOrDefault(candidate => candidate.Name == pool);

        // By what is served now: a reload's certificates are for those who come after it.
        if (!isLocal && definition?.Tls is { } tls) accepted = accepted.Secure(tls);
        int limit = definition is null ? 0 : _info.Settings.MaxClientsOf(definition);
        if (!_info.TryEnter(pool, limit))
        {
            GatewayLog.TooManyClients(_log, pool, _info.Clients(pool), limit);
            accepted.Refuse("-ERR max number of clients reached\r\n"u8);
            return;
        }

        // In turns: clients are alike, and a busy loop cannot be told from an idle one at the moment of accepting.
        GatewayLoop loop = _loops[_nextLoop];
        _nextLoop = (_nextLoop + 1) % _loops.Length;
        if (loop.Events.IsCurrent) loop.Accept(accepted, pool);
        else loop.Events.Post(() => loop.Accept(accepted, pool));
    }

    private sealed class PoolAcceptor(GatewayServer server, string pool, bool isLocal) : IAcceptor
    {
        public string Pool { get; set; } = pool;

        public void OnAccepted(AcceptedConnection accepted) => server.Deal(accepted, Pool, isLocal);
    }
}
