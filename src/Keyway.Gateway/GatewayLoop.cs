using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Metrics;
using Keyway.Gateway.Monitoring;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Scanning;
using Keyway.Gateway.Scripts;
using Keyway.Gateway.Sessions;
using Keyway.Gateway.Shards;
using Keyway.Gateway.SlowRequests;
using Keyway.Gateway.Subscriptions;
using Keyway.Gateway.Users;
using Keyway.Platform;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway;

/// <summary>
/// One event loop's share of the gateway: its clients, its links, its counters. Loops share nothing but the immutable map, so there are no
/// locks here; everything runs on the loop's thread unless it says otherwise.
/// </summary>
internal sealed partial class GatewayLoop
{
    private const int TickMs = 10;
    private const int KeptBufferBytes = 16 * 1024 * 1024;
    private const int KeptReaders = 64;
    private const int KeptReplies = 64;

    private readonly List<ClientSession?> _sessions = [];
    private readonly Stack<(int Index, uint NextSequence)> _freeSessions = new();
    private readonly Stack<RequestReader> _freeReaders = new();
    private readonly Stack<ReplyBuffer> _freeReplies = new();
    private readonly ResumeQueue _resume;
    private readonly List<ClientSession> _waitForTick = [];
    private readonly List<ShardBackend> _backends = [];
    private readonly int _loops;
    private readonly CrossSlotAdvice _advice;
    private readonly ShardWatches _watches;
    private readonly HashSet<int> _takenSlots = [];
    private PoolState[] _pools = [];
    private PoolState? _readsFor;
    private LoopTimer? _tick;
    private long _nextIdleCheckMs;
    private long _slowTurnsSeen;
    private long _slowTurnsTold;
    private long _longestSlowTicks;
    private long _longestSlowOnCoreTicks;
    private long _nextSlowTurnLogMs;

    public GatewayLoop(EventLoop events, int number, int loops, int seed, CrossSlotAdvice advice, GatewayInfo info, ShardWatches watches, ILogger log)
    {
        Events = events;
        Number = number;
        Log = log;
        Info = info;
        Random = new Random(seed);
        PolicyFor = backend => new ScriptPolicy(backend.MakePolicy(), info.Scripts);
        _loops = loops;
        _advice = advice;
        _watches = watches;
        Buffers = new BufferPool(KeptBufferBytes);
        Gathers = new GatherPool(Buffers);
        Strangers = new StrangerWatch(log);
        _resume = new ResumeQueue();
        Subscriptions = new LoopSubscriptions(this);
        Pushed = new PushedSessions(this);
        Lagging = new LaggingSessions(this);
        Router = new Router(this);
        Pause = new ClientPause(this);
        Monitors = new MonitorFeed(this);
        Slow = new SlowLog(this);
        Outputs = new OutputLimit(this);
        Slow.Apply(info.Settings);
        GuardedReader.Limits = RequestLimits.Unauthenticated;
        events.Unhandled = exception => GatewayLog.Unhandled(log, exception);
    }

    public EventLoop Events { get; }

    public int Number { get; }

    public ILogger Log { get; }

    /// <summary>What all loops say of the gateway as a whole: ids, start time, client numbers.</summary>
    public GatewayInfo Info { get; }

    public Random Random { get; }

    public StrangerWatch Strangers { get; }

    public BufferPool Buffers { get; }

    public GatherPool Gathers { get; }

    public ProcessQuestions ProcessQuestions { get; } = new();

    public Router Router { get; }

    public ClientPause Pause { get; }

    /// <summary>What its clients listen to.</summary>
    public LoopSubscriptions Subscriptions { get; }

    /// <summary>Clients that got something unasked, which has to leave.</summary>
    public PushedSessions Pushed { get; }

    /// <summary>Those that do not take it as fast as it comes.</summary>
    public LaggingSessions Lagging { get; }

    /// <summary>A longer message could not be given to any client.</summary>
    public long LongestMessageBytes => _pools.Length == 0 ? 0 : _pools.Max(pool => pool.Definition.MaxCollected);

    public MonitorFeed Monitors { get; }

    public SlowLog Slow { get; }

    private OutputLimit Outputs { get; }

    public DenialLog Denials { get; } = new();

    /// <summary>For requests that arrive whole; a session takes it along while one of its own is half received.</summary>
    public RequestReader Reader { get; private set; } = new();

    /// <summary>This pool's clients are read now: how long an argument may be is the pool's to say.</summary>
    public void ReadFor(PoolState pool)
    {
        if (pool.Whole == _readsFor) return;
        _readsFor = pool.Whole;
        Reader.Limits = _readsFor.Limits;
    }

    /// <summary>The same for clients that have not said who they are.</summary>
    public RequestReader GuardedReader { get; private set; } = new();

    /// <summary>Where the replies of one receive end; here because only one link at a time reads.</summary>
    public List<int> ReplyEnds { get; } = [];

    /// <summary>Clients in the middle of a large request.</summary>
    public List<ClientSession> Streaming { get; } = [];

    public IReadOnlyList<PoolState> Pools => _pools;

    /// <summary>Exchanged as a whole when it changes, so that another thread may read it.</summary>
    public ShardBackend[] Backends { get; private set; } = [];

    public int BackendSlots { get; private set; }

    public string FileName { get; private set; } = "";

    public int ClientCount => _sessions.Count - _freeSessions.Count;

    /// <summary>What each shard makes of requests that its servers refuse unexecuted. Asked when the shard joins the map.</summary>
    public Func<ShardBackend, IRefusalPolicy> PolicyFor { get; set; }

    public IEnumerable<ClientSession> Sessions => _sessions.OfType<ClientSession>();

    /// <summary>Takes up its work with a first map.</summary>
    public void Start(GatewayOptions options)
    {
        _pools = BuildPools(options, []);
        Subscriptions.Follow(_pools);
        FileName = options.FileName;
        _tick = Events.Every(TickMs, Tick);
    }

    public void Accept(AcceptedConnection accepted, string pool)
    {
        PoolState? state = Array.Find(_pools, candidate => candidate.Definition.Name == pool);
        if (state is null)
        {
            // The pool went away with a reload while this client was on its way from the listener.
            Info.ClientLeft(pool);
            accepted.Refuse(default);
            return;
        }
        (int index, uint sequence) = _freeSessions.Count > 0 ? _freeSessions.Pop() : (_sessions.Count, 0u);
        if (index == _sessions.Count) _sessions.Add(null);
        var session = new ClientSession(this, state, index, sequence);
        _sessions[index] = session;
        session.State.Set(SessionModes.Paused, Pause.IsOn);
        session.State.Set(SessionModes.Observed, Monitors.IsOn);
        state.Counters.Clients++;
        state.Counters.AcceptedClients++;
        Events.Adopt(accepted, session);
    }

    public void Forget(ClientSession session)
    {
        _sessions[session.Index] = null;
        _freeSessions.Push((session.Index, session.NextSequence));
        Streaming.Remove(session);
        session.Pool.Counters.Clients--;
        Info.ClientLeft(session.Pool.Definition.Name);
    }

    public ClientSession? FindSession(int index) => _sessions[index];

    /// <summary>The client that waits for the reply to this request; null when nobody does any more.</summary>
    public ClientSession? FindWaiting(in InFlight request) =>
        request.Session >= 0 && _sessions[request.Session] is { } session && session.WaitsFor(request.Sequence) ? session : null;

    /// <summary>A whole reply, for whoever asked; for nobody if that client has left or has been told otherwise.</summary>
    public void Deliver(ShardBackend backend, in InFlight request, ReadOnlySpan<byte> reply)
    {
        long ticks = Events.NowTicks - request.StartTicks;
        int bucket = LatencyHistogram.BucketOf(ticks);
        backend.Counters.Duration.Record(bucket, ticks);
        if (ticks >= Slow.ThresholdTicks) Slow.Note(backend, in request, ticks);
        if (request.Session < 0)
        {
            if (request.Session == InFlight.Question) ProcessQuestions.OnAnswer(request.Sequence, reply);
            return;
        }
        _sessions[request.Session]?.OnReply(backend, in request, reply, bucket, ticks);
    }

    /// <summary>A piece of a large reply. False: whoever it is for cannot take more now.</summary>
    public bool DeliverPiece(ShardLink link, in InFlight request, ReadOnlySpan<byte> piece, bool isLast)
    {
        if (isLast)
        {
            long ticks = Events.NowTicks - request.StartTicks;
            link.Backend.Counters.Duration.Record(LatencyHistogram.BucketOf(ticks), ticks);
        }
        if (request.Session < 0)
        {
            if (isLast && request.Session == InFlight.Question) ProcessQuestions.OnAnswer(request.Sequence, piece);
            return true;
        }
        return _sessions[request.Session]?.OnReplyPiece(link, in request, piece, isLast) ?? true;
    }

    public void Fail(in InFlight request, ShardFailure failure)
    {
        if (request.Session < 0)
        {
            if (request.Session == InFlight.Question) ProcessQuestions.OnFailure(request.Sequence);
            return;
        }
        _sessions[request.Session]?.OnFailure(in request, failure);
    }

    /// <summary>An unsent request of the client goes again, on another link; false if the client has left.</summary>
    public bool MovesTo(ShardBackend backend, int session, SharedLink next)
    {
        if (_sessions[session] is not { IsClosed: false } client) return false;
        ref LinkUse use = ref client.UseOf(backend);
        use.Link = next;
        return true;
    }

    /// <summary>The session, blocked by <see cref="BlockReason.Hold"/>, tries again with the next tick.</summary>
    public void WaitForTick(ClientSession session) => _waitForTick.Add(session);

    /// <summary>The session will be looked at again before this turn's requests leave.</summary>
    public void QueueResume(ClientSession session)
    {
        _resume.Add(session);
        Events.FlushLater(_resume, FlushPhase.Replies);
    }

    /// <summary>The present request is half received: its reader goes with it.</summary>
    public RequestReader TakeReader(RequestReader reader)
    {
        if (reader == Reader)
        {
            Reader = _freeReaders.TryPop(out RequestReader? free) ? free : new RequestReader();
            Reader.Limits = _readsFor?.Limits ?? RequestLimits.Default;
        }
        else if (reader == GuardedReader) GuardedReader = new RequestReader { Limits = RequestLimits.Unauthenticated };
        return reader;
    }

    public void ReturnReader(RequestReader reader)
    {
        if (_freeReaders.Count >= KeptReaders) return;
        reader.Reset();
        reader.Limits = RequestLimits.Default;
        _freeReaders.Push(reader);
    }

    public ReplyBuffer RentReply() => _freeReplies.TryPop(out ReplyBuffer? reply) ? reply : new ReplyBuffer(Buffers);

    public void ReturnReply(ReplyBuffer reply)
    {
        reply.Clear();
        if (_freeReplies.Count < KeptReplies) _freeReplies.Push(reply);
    }

    /// <summary>This loop's part of a limit that holds for all loops together.</summary>
    public long ShareOf(long limit) => limit / _loops;

    public void AdviseOnCrossSlot(PoolState pool, Command command, ReadOnlySpan<byte> key) => _advice.Give(Log, pool, command, key);

    /// <summary>What the watch of a shard has found.</summary>
    public void Follow(ShardDefinition definition, ShardTopology topology)
    {
        foreach (ShardBackend backend in Backends)
        {
            if (backend is FollowedBackend followed && backend.Definition == definition) followed.Follow(topology);
        }
    }

    /// <summary>The same of a cluster.</summary>
    public void Follow(ShardDefinition definition, ClusterState state)
    {
        foreach (ShardBackend backend in Backends)
        {
            if (backend is ClusterBackend cluster && backend.Definition == definition) cluster.Follow(state);
        }
    }

    /// <summary>A place where sessions keep what they have in flight at one server or shard; nobody else has it until it is returned.</summary>
    public int TakeSlot()
    {
        int slot = 0;
        while (_takenSlots.Contains(slot)) slot++;
        _takenSlots.Add(slot);
        BackendSlots = Math.Max(BackendSlots, slot + 1);
        return slot;
    }

    public void ReturnSlot(int slot) => _takenSlots.Remove(slot);

    /// <summary>Ends everything; clients that are owed replies lose them.</summary>
    public void Shutdown()
    {
        _tick?.Cancel();
        foreach (ClientSession? session in _sessions.ToArray()) session?.Abort();
        Subscriptions.Stop();
        foreach (ShardBackend backend in _backends.ToArray()) backend.EndAll();
    }

    /// <summary>No new requests; each client is closed once it has its replies.</summary>
    public void Drain()
    {
        foreach (ClientSession? session in _sessions.ToArray()) session?.CloseAfterReplies();
    }

    private void Tick()
    {
        long nowMs = Events.NowMs;
        for (int i = _backends.Count - 1; i >= 0; i--)
        {
            ShardBackend backend = _backends[i];
            backend.Tick(nowMs);
            if (!backend.IsGone) continue;
            _backends.RemoveAt(i);
            backend.ReturnSlots();
            Backends = [.. _backends];
        }
        Subscriptions.Tick(nowMs);
        Lagging.Tick(nowMs);
        if (_waitForTick.Count > 0)
        {
            foreach (ClientSession session in _waitForTick) session.Unblock(BlockReason.Hold);
            _waitForTick.Clear();
        }
        CloseStalledReaders(nowMs);
        CloseStalledStreams(nowMs);
        if (nowMs >= _nextIdleCheckMs) CloseIdleClients(nowMs);
        Outputs.Look(nowMs);
        if (IsHolding) CheckDrained();
        if (Events.Statistics.SlowTurns != _slowTurnsTold) TellSlowTurns(nowMs);
    }

    // Everybody on this loop waited for them. Once a second will do, however bad it is.
    private void TellSlowTurns(long nowMs)
    {
        LoopStatistics statistics = Events.Statistics;
        if (statistics.SlowTurns != _slowTurnsSeen && statistics.LastSlowTurnTicks > _longestSlowTicks)
        {
            _longestSlowTicks = statistics.LastSlowTurnTicks;
            _longestSlowOnCoreTicks = statistics.LastSlowTurnOnCoreTicks;
        }

        _slowTurnsSeen = statistics.SlowTurns;
        if (nowMs < _nextSlowTurnLogMs) return;
        double milliseconds = Math.Round(Events.Time.GetElapsedTime(0, _longestSlowTicks).TotalMilliseconds, 1);
        double onCore = Math.Round(Events.Time.GetElapsedTime(0, _longestSlowOnCoreTicks).TotalMilliseconds, 1);
        GatewayLog.SlowTurns(Log, Number, statistics.SlowTurns - _slowTurnsTold, milliseconds, onCore, Math.Round(Info.Uptime.TotalSeconds, 1));
        _slowTurnsTold = statistics.SlowTurns;
        _longestSlowTicks = 0;
        _nextSlowTurnLogMs = nowMs + 1000;
    }

    // A large reply that its client does not take holds up everybody behind it on that link.
    private void CloseStalledReaders(long nowMs)
    {
        foreach (ShardBackend backend in _backends)
        {
            if (backend.LargeReplyCount == 0) continue;
            foreach (ShardLink link in backend.LargeReplies())
            {
                if (!link.IsReadingPaused || link.LargeReplyOwner.Session < 0) continue;
                ClientSession? session = _sessions[link.LargeReplyOwner.Session];
                if (session is null || !(link.OthersWait() || link.Backend.IsStarved(link.Key))) continue;
                if (!session.HasStalled(link.LargeReplyOwner, link.PausedSinceMs, nowMs, backend.TimeoutMs / 2)) continue;
                GatewayLog.SlowReaderClosed(Log, backend.Definition.Name, Reasons.Duration(backend.TimeoutMs / 2));
                session.Abort();
            }
        }
    }

    private void CloseStalledStreams(long nowMs)
    {
        for (int i = Streaming.Count - 1; i >= 0; i--)
        {
            ClientSession session = Streaming[i];
            if (session.Stream is not { Backend: { } backend, WaitsForLink: false } stream || nowMs - stream.LastInputMs < backend.TimeoutMs) continue;
            GatewayLog.ClientOverLimit(Log, session.Pool.Definition.Name, "it stalled in the middle of a large request");
            session.Abort();
        }
    }

    private void CloseIdleClients(long nowMs)
    {
        _nextIdleCheckMs = nowMs + 1000;
        foreach (PoolState pool in _pools)
        {
            long idleMs = (long)Info.Settings.IdleOf(pool.Definition).TotalMilliseconds;
            if (idleMs <= 0) continue;
            foreach (ClientSession? session in _sessions)
            {
                // Who listens has said all that it has to say.
                if (session is not null && session.Pool.Whole == pool && session.RequestsInFlight == 0 && !session.State.Has(SessionModes.Subscribed) && session.Blocked == BlockReason.None && nowMs - session.LastInputMs >= idleMs)
                    session.Abort();
            }
        }
    }

    private PoolState[] BuildPools(GatewayOptions options, IReadOnlyList<PoolState> previous)
    {
        var backends = new ShardBackend[options.Shards.Count];
        for (int i = 0; i < backends.Length; i++)
        {
            ShardDefinition definition = options.Shards[i];
            backends[i] = _backends.Find(backend => !backend.IsRetired && backend.Definition == definition) ?? StartBackend(definition);
        }
        return [.. options.Pools.Select(pool => new PoolState(pool, backends, CountersOf(pool.Name, previous)))];
    }

    private static PoolCounters CountersOf(string pool, IReadOnlyList<PoolState> previous) =>
        previous.FirstOrDefault(state => state.Definition.Name == pool)?.Counters ?? new PoolCounters();

    private ShardBackend StartBackend(ShardDefinition definition)
    {
        int slot = TakeSlot();
        ShardBackend started = definition.IsCluster ? new ClusterBackend(this, definition, slot, _loops, _watches)
            : definition.IsFollowed ? new FollowedBackend(this, definition, slot, _loops, _watches)
            : new LoneBackend(this, definition, slot, _loops);
        _backends.Add(started);
        Backends = [.. _backends];
        started.Start();
        return started;
    }
}
