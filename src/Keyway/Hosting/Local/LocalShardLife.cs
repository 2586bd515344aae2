namespace Keyway.Hosting.Local;

/// <summary>
/// Decides what becomes of the servers of one shard: who starts and when, who is master, when another is to take a master's place. It sees what happens and
/// the time, and says what is to be done; what it says is done by <see cref="LocalShard"/>. A server that ends is started again, sooner or later the more
/// often it has ended just after its start. A master that ends is not: as long as somebody may take its place it waits to come back as his replica. When all
/// start together the replicas wait until the master listens: so it serves the sooner, and they do not ask in vain.
/// </summary>
internal sealed class LocalShardLife
{
    /// <summary>Who has run so long has not ended because of how he was started.</summary>
    public const long HealthyMs = 10_000;

    /// <summary>A failover is over in less, or it will not succeed.</summary>
    public const long FailoverMs = 10_000;

    private const long FirstDelayMs = 100;
    private const long LongestDelayMs = 10_000;

    private readonly Server[] _servers;
    private long _failoverUntilMs = long.MinValue;
    private bool _hasBegun;                              // the first master listens, or has shown that it will not

    /// <param name="ports">Of its servers, in the order of the map.</param>
    /// <param name="master">One of them.</param>
    public LocalShardLife(IEnumerable<int> ports, int master)
    {
        _servers = [.. ports.Select(port => new Server(port))];
        Master = Find(master).Port;
    }

    private enum State
    {
        Down,
        Starting,
        Listening,
        Serving,
    }

    public int Master { get; private set; }

    /// <summary>Nobody is started any more.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Counts the masters that there have been since the start.</summary>
    public long Epoch { get; private set; } = 1;

    /// <summary>The master is gone, and who takes its place is not known yet.</summary>
    public bool IsFailingOver => _failoverUntilMs != long.MinValue;

    /// <summary>Somebody has a process.</summary>
    public bool IsAnyAlive => _servers.Any(server => server.State != State.Down);

    public bool IsServing(int port) => Find(port).State == State.Serving;

    public bool IsAlive(int port) => Find(port).State != State.Down;

    /// <summary>Those that could take a master's place.</summary>
    public IReadOnlyList<int> ServingReplicas => [.. _servers.Where(server => server.State == State.Serving && server.Port != Master).Select(server => server.Port)];

    /// <summary>When <see cref="Tick"/> has something to do; null when it has nothing to wait for.</summary>
    public long? NextMs
    {
        get
        {
            if (IsStopping) return null;
            long next = IsFailingOver ? _failoverUntilMs : long.MaxValue;
            foreach (Server server in _servers)
            {
                if (server.State == State.Down && !IsHeld(server)) next = Math.Min(next, server.StartMs);
            }

            return next == long.MaxValue ? null : next;
        }
    }

    /// <summary>Starts who is to be started, and ends a failover that does not come to its end.</summary>
    public void Tick(long nowMs, List<LocalAction> actions)
    {
        if (IsStopping) return;
        if (IsFailingOver && nowMs >= _failoverUntilMs) _failoverUntilMs = long.MinValue;

        // The master first: the others would ask for it in vain.
        foreach (Server server in _servers.OrderBy(server => server.Port == Master ? 0 : 1))
        {
            if (server.State != State.Down || nowMs < server.StartMs || IsHeld(server)) continue;
            server.State = State.Starting;
            server.StartedMs = nowMs;
            actions.Add(new LocalAction(LocalActionKind.Start, server.Port));
        }
    }

    /// <summary>It listens; clients may be told to wait.</summary>
    public void OnListening(int port, long nowMs, List<LocalAction> actions)
    {
        Server server = Find(port);
        if (server.State == State.Starting) server.State = State.Listening;
        if (port != Master || _hasBegun) return;
        _hasBegun = true;
        Tick(nowMs, actions);
    }

    /// <summary>It has its data and answers.</summary>
    public void OnServing(int port, long nowMs, List<LocalAction> actions)
    {
        OnListening(port, nowMs, actions);
        Server server = Find(port);
        if (server.State == State.Listening) server.State = State.Serving;
    }

    /// <summary>Its process has ended, or could not be started.</summary>
    public void OnExited(int port, long nowMs, List<LocalAction> actions)
    {
        Server server = Find(port);
        bool wasHealthy = server.State != State.Down && nowMs - server.StartedMs >= HealthyMs;
        server.State = State.Down;
        server.Failures = wasHealthy ? 0 : server.Failures + 1;
        server.StartMs = nowMs + DelayMs(server.Failures);
        _hasBegun |= port == Master;
        if (IsStopping) return;

        if (port == Master && ServingReplicas.Count > 0)
        {
            _failoverUntilMs = nowMs + FailoverMs;
            actions.Add(new LocalAction(LocalActionKind.Replace, port));
        }

        Tick(nowMs, actions);
    }

    /// <summary>Another is the master: because this shard's supervisor or a sentinel made it so.</summary>
    public void OnSwitched(int master, long nowMs, List<LocalAction> actions)
    {
        _failoverUntilMs = long.MinValue;
        if (master != Master)
        {
            Master = Find(master).Port;
            Epoch++;
            foreach (Server server in _servers)
            {
                // Who starts just now may have read the role of before.
                if (server.State != State.Down && server.Port != Master) actions.Add(new LocalAction(LocalActionKind.Follow, server.Port));
            }
        }

        Tick(nowMs, actions);
    }

    /// <summary>Nobody can take the master's place: it is to come back as it was.</summary>
    public void OnNoSuccessor(long nowMs, List<LocalAction> actions)
    {
        _failoverUntilMs = long.MinValue;
        Tick(nowMs, actions);
    }

    /// <summary>From now on nobody is started.</summary>
    public void Stop() => IsStopping = true;

    private bool IsHeld(Server server) => server.Port == Master ? IsFailingOver : !_hasBegun;

    // At once after a long life: whatever ended it was not the start.
    private static long DelayMs(int failures) => failures <= 1 ? 0 : Math.Min(LongestDelayMs, FirstDelayMs << Math.Min(failures - 2, 10));

    private Server Find(int port) => Array.Find(_servers, server => server.Port == port) ?? throw new ArgumentException($"the shard has no server at port {port}");

    private sealed class Server(int port)
    {
        public int Port { get; } = port;

        public State State { get; set; }

        public long StartedMs { get; set; }

        public long StartMs { get; set; } = long.MinValue;

        /// <summary>In a row.</summary>
        public int Failures { get; set; }
    }
}
