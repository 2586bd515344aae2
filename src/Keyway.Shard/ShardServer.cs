using System.Diagnostics;
using Keyway.Protocol.Commands;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Keyway.Platform;
using Keyway.Protocol;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Blocking;
using Keyway.Shard.Commands;
using Keyway.Shard.Configuration;
using Keyway.Shard.Effects;
using Keyway.Shard.Eviction;
using Keyway.Shard.Expiry;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Limits;
using Keyway.Shard.Monitoring;
using Keyway.Shard.PubSub;
using Keyway.Shard.Rdb;
using Keyway.Shard.Replication;
using Keyway.Shard.Replication.Serving;
using Keyway.Shard.Transactions;
using Keyway.Shard.Timing;
using Microsoft.Extensions.Logging;

namespace Keyway.Shard;

/// <summary>
/// A Redis server on one event loop: construct it, <see cref="Listen(EndPoint)"/>, and run the loop. Everything but the constructor belongs to the
/// loop's thread (or to the time before it runs).
/// </summary>
public sealed partial class ShardServer : IAcceptor
{
    private const int ReleasedPerSlice = 2_000;
    private const int BucketsPerTick = 2_000;
    private const int SliceDelayMs = 1;                  // other work comes in between
    private const int KeptReaders = 64;
    private const int PoolBytes = 16 * 1024 * 1024;
    private const long WarnEveryMs = 60_000;
    internal const long StartupBytes = 512 * 1024;       // about what an empty server takes; it is not counted piece by piece
    private const int ClientsPerTick = 200;
    private const int ReservedDescriptors = 32;          // listeners, files, the log

    private readonly ServerListeners _listeners;
    private readonly Dictionary<long, ClientSession> _clientsById = [];
    private readonly Stack<RequestReader> _spareReaders = new();
    private readonly Action? _onShutdown;
    private readonly ChangeObserver _changes;
    private readonly KeyspaceNotifier _notifier;
    private LoopTimer? _tickTimer;
    private LoopTimer? _sliceTimer;
    private long _nextClientId;
    private long _idleCheckedMs;
    private long _nextCrossProtocolWarningMs;

    /// <param name="loop">Whose thread all of this runs on.</param>
    /// <param name="options">With what it starts.</param>
    /// <param name="logger">Told in Redis's words where others wait for them.</param>
    /// <param name="onShutdown">Called on the loop's thread when a client asks for SHUTDOWN; null: it goes on when it is ready to end.</param>
    public ShardServer(EventLoop loop, ShardOptions options, ILogger logger, Action? onShutdown = null)
        : this(loop, options, logger, onShutdown, KeyHash.WithRandomSecret(), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)))
    {
    }

    internal ShardServer(EventLoop loop, ShardOptions options, ILogger logger, Action? onShutdown, KeyHash hash, ulong seed)
    {
        Loop = loop;
        Options = options;
        Logger = logger;
        _onShutdown = onShutdown;
        Settings = new Settings(options);
        _listeners = new ServerListeners(loop, this);
        if (NeedsTls) ConfigureTls();
        LimitClients();
        Pool = new BufferPool(PoolBytes);
        Unheard = new ReplyBuffer(Pool);
        Databases = new Databases(options.Databases, hash, seed, Propagation);
        Databases.Values.OnDropped = ReleaseSoon;
        Messages = new MessageBroker(hash, loop);
        _notifier = new KeyspaceNotifier(Messages);
        Monitors = new MonitorFeed(this);
        OutputWatch = new OutputWatch(this);
        ClientEvictor = new ClientEvictor(this);
        Pause = new ClientPause(this);
        Blocked = new BlockedClients(this);
        Watched = new WatchedKeys(this);
        _changes = new ChangeObserver(Blocked, Watched);
        Times = new CallTimes(Statistics, () => Databases.NowMs);
        Evictor = new Evictor(this);
        Expiry = new ExpiryCycle(this);
        Replicas = new ReplicaSet(this);
        Syncs = new Synchronization(this);
        Feed = new ReplicaFeed(this);
        Failover = new Failover(this);
        _replicationSink = new ReplicationSink(History);
        JoinReplication();
        Dispatcher = new Dispatcher(this, CommandRegistry.All);
        Hz = Settings.Hz;
        StartedMs = loop.NowMs;
        StartedAt = loop.Time.GetUtcNow();
        RunId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        BeginBatch();
        ApplySettings();
        foreach (string directive in options.WithoutEffect) ShardLog.DirectiveWithoutEffect(logger, directive);
        ShardLog.Initialized(logger);
    }

    /// <summary>True if this server has the command; COMMAND and the README's table show the same.</summary>
    public static bool Serves(Command command) => CommandRegistry.All.Serves(command);

    public int ClientCount { get; private set; }

    /// <summary>Told of "loglevel" when CONFIG SET has changed a setting: debug, verbose, notice or warning. For who owns the log.</summary>
    public Action<string>? OnLogLevel { get; set; }

    internal EventLoop Loop { get; }

    internal ShardOptions Options { get; }

    internal ILogger Logger { get; }

    internal Settings Settings { get; }

    internal Databases Databases { get; }

    internal Propagation Propagation { get; } = new();

    internal ServerStatistics Statistics { get; } = new();

    /// <summary>How long calls took: SLOWLOG and LATENCY.</summary>
    internal CallTimes Times { get; }

    internal Evictor Evictor { get; }

    internal Dispatcher Dispatcher { get; }

    internal BlockedClients Blocked { get; }

    internal WatchedKeys Watched { get; }

    internal MessageBroker Messages { get; }

    internal MonitorFeed Monitors { get; }

    internal OutputWatch OutputWatch { get; }

    internal ClientEvictor ClientEvictor { get; }

    internal ClientPause Pause { get; }

    internal BufferPool Pool { get; }

    /// <summary>For requests that arrive whole; see <see cref="ReplaceReader"/>.</summary>
    internal RequestReader Reader { get; private set; } = new();

    internal RequestLimits RequestLimits { get; private set; }

    internal LookAhead LookAhead { get; } = new();

    /// <summary>Takes replies that nobody wants to hear.</summary>
    internal ReplyBuffer Unheard { get; }

    internal BlockList ScanResults { get; } = new();

    /// <summary>For DUMP: made when it first comes.</summary>
    internal RdbWriter DumpWriter => field ??= new RdbWriter();

    /// <summary>For RESTORE, likewise.</summary>
    internal RdbValueReader DumpReader => field ??= new RdbValueReader(Databases.Values, Settings);

    internal ClientSession? FirstClient { get; private set; }

    internal ClientSession? LastClient { get; private set; }

    /// <summary>All that maxmemory limits: keys and values, the tables that hold them, and what is on its way from and to clients.</summary>
    internal long UsedMemory => StartupBytes + Databases.Memory.UsedBytes + Pool.LentBytes + History.BacklogMemory;

    internal bool IsStopped { get; private set; }

    internal bool NeedsPassword => Settings.Password.Length > 0;

    internal ExpiryCycle Expiry { get; }

    internal bool ExpiresActively
    {
        get => Expiry.IsActive;
        set => Expiry.IsActive = value;
    }

    internal long StartedMs { get; }

    internal DateTimeOffset StartedAt { get; }

    /// <summary>How often a second it looks after itself: more often than configured when there are very many clients.</summary>
    internal int Hz { get; private set; }

    internal string RunId { get; }

    /// <summary>For tests: payloads of RESTORE with a wrong checksum are taken too (DEBUG SET-SKIP-CHECKSUM-VALIDATION).</summary>
    internal bool SkipsChecksums { get; set; }

    /// <summary>For tests: what the server does by itself ten times a second is left (DEBUG PAUSE-CRON).</summary>
    internal bool IsTickPaused { get; set; }

    /// <summary>Where the Unix socket is that this server listens on.</summary>
    internal string UnixPath { get; private set; } = "";

    private ListenOptions ListenOptions =>
        new() { Backlog = Options.Backlog, UnixSocketMode = Options.UnixSocketMode, KeepAliveSeconds = Settings.KeepAliveSeconds, Tls = _tls };

    internal bool CanShutDown => _onShutdown != null;

    /// <summary>Begins to accept. May be called several times, for several endpoints.</summary>
    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    public Listener Listen(EndPoint endPoint) => Listen(new ListenPlace(endPoint));

    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    public Listener Listen(ListenPlace place)
    {
        Listener listener = _listeners.Add(place, ListenOptions);
        if (place.EndPoint is UnixDomainSocketEndPoint) UnixPath = place.EndPoint.ToString() ?? "";
        ShardLog.Listening(Logger, listener.EndPoint);
        if (_listeners.Count == 1)
        {
            StartTicking();
            Following.Start();
            if (!Loading.IsOn) ShardLog.Ready(Logger);
        }

        return listener;
    }

    /// <summary>Closes everything and gives the memory back. Replies that have not left are lost.</summary>
    public void Stop()
    {
        if (IsStopped) return;
        IsStopped = true;
        _tickTimer?.Cancel();
        _sliceTimer?.Cancel();
        Following.Stop();
        Expiry.Stop();
        Evictor.Stop();
        _listeners.Dispose();
        Aof.Stop();
        for (ClientSession? client = FirstClient; client != null; client = client.Next)
        {
            client.Flush();
            client.CloseAtOnce();
        }

        StopPersistence();
        Databases.Dispose();
        ShardLog.Stopped(Logger, "Redis");
    }

    void IAcceptor.OnAccepted(AcceptedConnection accepted)
    {
        string? lastWord = WhyRefused(accepted.RemoteEndPoint, out string reason);
        if (lastWord != null)
        {
            Statistics.RejectedConnections++;
            ShardLog.ConnectionRefused(Logger, accepted.RemoteEndPoint?.ToString() ?? "", reason);
            accepted.Refuse(System.Text.Encoding.ASCII.GetBytes(lastWord));
            return;
        }

        Statistics.Connections++;
        var client = new ClientSession(this, ++_nextClientId, isAuthenticated: !NeedsPassword);
        Loop.Adopt(accepted, client);
        Add(client);
    }

    internal ClientSession? FindClient(long id) => _clientsById.GetValueOrDefault(id);

    /// <summary>Nobody finds the client any more. A second time nothing happens.</summary>
    internal void Remove(ClientSession client)
    {
        if (!_clientsById.Remove(client.Id)) return;
        if (client.Previous != null) client.Previous.Next = client.Next;
        else FirstClient = client.Next;
        if (client.Next != null) client.Next.Previous = client.Previous;
        else LastClient = client.Previous;
        ClientCount--;
    }

    /// <summary>The wall clock is read once for the requests that arrive together: time stands still within a command, and hardly moves within a batch.</summary>
    internal void BeginBatch()
    {
        Databases.SetTime(Loop.Time.GetUtcNow().ToUnixTimeMilliseconds());
        Statistics.ClockTicks = Stopwatch.GetTimestamp();
    }

    /// <summary>A session has kept the shared reader with its half-received request.</summary>
    internal void ReplaceReader() => Reader = _spareReaders.TryPop(out RequestReader? spare) ? spare : new RequestReader();

    internal void KeepReader(RequestReader reader)
    {
        if (_spareReaders.Count < KeptReaders) _spareReaders.Push(reader);
    }

    /// <summary>CONFIG SET has changed these settings; if one cannot hold after all, all are as they were before.</summary>
    /// <param name="changed">In the order in which the client gave them.</param>
    /// <param name="before">Their former values.</param>
    /// <param name="failed">Which of them cannot hold.</param>
    internal bool TryApplySettings(IReadOnlyList<Directive> changed, IReadOnlyList<string> before, out int failed, out string reason)
    {
        ApplySettings();
        reason = "";
        for (failed = 0; failed < changed.Count; failed++)
        {
            // The file behind a name may have changed while the name has not.
            if (Settings[changed[failed]] == before[failed] && !changed[failed].NamesFile) continue;
            if (WhyNotApplied(changed[failed]) is not { } why) continue;

            reason = why;
            ShardLog.SettingNotApplied(Logger, changed[failed].Name, why);
            for (int i = changed.Count - 1; i >= 0; i--) Settings.Set(changed[i], before[i]);
            ApplySettings();
            RestoreListening(changed, failed);
            return false;
        }

        return true;
    }

    /// <summary>A flush has left memory to give back in slices.</summary>
    internal void ReleaseSoon() => _sliceTimer ??= Loop.Schedule(SliceDelayMs, ReleaseSlice);

    /// <summary>Gives back some of what was dropped; false when nothing is left.</summary>
    internal bool ReleaseSome(int effort)
    {
        long before = Databases.ReleasedObjects;
        bool isMore = Databases.ReleaseSome(effort);
        Statistics.ReleasedKeys += Databases.ReleasedObjects - before;
        return isMore;
    }

    /// <summary>One line a minute at most: whoever scans us must not fill the log.</summary>
    internal void NoteCrossProtocol(ClientSession client)
    {
        if (Loop.NowMs < _nextCrossProtocolWarningMs) return;
        _nextCrossProtocolWarningMs = Loop.NowMs + WarnEveryMs;
        ShardLog.CrossProtocol(Logger, client.Address);
    }

    /// <summary>An event of the keyspace has happened; see notify-keyspace-events.</summary>
    internal void Notify(KeyspaceEvents kind, ReadOnlySpan<byte> what, ReadOnlySpan<byte> key, int database)
    {
        if ((_notifier.Wanted & kind) != 0) _notifier.OnEvent(kind, what, key, database);
    }

    private void ApplySettings()
    {
        Settings.Refresh();
        OutputWatch.Apply(Settings.OutputLimits);
        ClientEvictor.Apply(Settings.MaxMemoryClients, Settings.MaxMemory);
        _notifier.Wanted = Settings.NotifiedEvents;
        HeedEvents();
        RequestLimits = new RequestLimits(int.MaxValue, Settings.ProtoMaxBulkLength);
        Times.Apply(Settings);
        Databases.ExpiresLazily = Settings.LazyExpire;
        Databases.Values.ListLimits = Databases.Values.ListLimits.WithNodeSize(Settings.ListMaxListpackSize);
        Databases.Access.CountsFrequency = Settings.CountsFrequency;
        Databases.Access.LogFactor = Settings.LfuLogFactor;
        Databases.Access.DecayMinutes = Settings.LfuDecayMinutes;
        Evictor.Apply(Settings);
        History.BacklogBytes = Settings.ReplicationBacklogBytes;
        Replicas.CountGood();
        Aof.Apply();
        _listeners.SetKeepAlive(Settings.KeepAliveSeconds);
        OnLogLevel?.Invoke(Settings.LogLevel);
        if (_tickTimer != null) StartTicking();
    }

    /// <summary>Somebody has begun or ceased to care for changes of keys. While nobody does, a write asks nobody.</summary>
    internal void HeedChanges() => Databases.Watcher = _changes.IsNeeded ? _changes : null;

    /// <summary>Somebody has begun or ceased to listen to what happens to keys. Nothing does happen to those that are loaded.</summary>
    internal void HeedEvents()
    {
        bool isHeard = (Settings.NotifiedEvents & (KeyspaceEvents.New | KeyspaceEvents.KeyMiss | KeyspaceEvents.Expired)) != 0;
        Databases.Events = isHeard && !Loading.IsOn ? _notifier : null;
    }

    private string? WhyNotApplied(Directive directive)
    {
        switch (directive.Name)
        {
            case "port":
                return TryListenAnew() ? null : "Unable to listen on this port. Check server logs.";
            case "bind":
                return ListenPlace.WhyUnreadable(Settings.Bind) == null && TryListenAnew() ? null : "Failed to bind to specified addresses.";
            case "appendonly":
                return TurnJournal(Settings.KeepsJournal);
            case "maxclients":
                long possible = DescriptorLimit.Raise(Settings.MaxClients + ReservedDescriptors) - ReservedDescriptors;
                return possible >= Settings.MaxClients ? null : $"The operating system is not able to handle the specified number of clients, try with {possible}";
            case "tls-port":
                if (Settings.TlsPort != 0 && !TryConfigureTls()) return TlsNotUpdated;
                return TryListenAnew() ? null : "Unable to listen on this port. Check server logs.";
            case ['t', 'l', 's', '-', ..]:
                return !NeedsTls || TryConfigureTls() ? null : TlsNotUpdated;
            default:
                return null;
        }
    }

    private bool TryListenAnew()
    {
        bool isDone = _listeners.TryReplace(ListenPlace.Of(Settings.Bind, Settings.Port, Settings.TlsPort), ListenOptions, out string reason);
        if (!isDone) ShardLog.NotListening(Logger, reason);
        return isDone;
    }

    // Fewer clients, told of in time, rather than refusals when the system has no more descriptors.
    private void LimitClients()
    {
        long possible = DescriptorLimit.Raise(Settings.MaxClients + ReservedDescriptors) - ReservedDescriptors;
        if (possible >= Settings.MaxClients) return;

        ShardLog.FewerClients(Logger, Settings.MaxClients, possible);
        Settings.Set(DirectiveTable.Find("maxclients")!, $"{Math.Max(1, possible)}");
        Settings.Refresh();
    }

    private string? WhyRefused(EndPoint? remote, out string reason)
    {
        reason = "max number of clients reached";
        if (ClientCount >= Settings.MaxClients) return AcceptErrors.TooManyClients;

        reason = "protected mode";
        bool isForeign = remote is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address);
        return isForeign && Settings.ProtectedMode && !NeedsPassword ? AcceptErrors.ProtectedMode : null;
    }

    private void Add(ClientSession client)
    {
        client.Previous = LastClient;
        if (LastClient != null) LastClient.Next = client;
        else FirstClient = client;
        LastClient = client;
        _clientsById.Add(client.Id, client);
        ClientCount++;
    }

    private void StartTicking()
    {
        _tickTimer?.Cancel();
        Hz = WantedHz();
        _tickTimer = Loop.Every(1000 / Hz, Tick);
    }

    private int WantedHz()
    {
        int hz = Settings.Hz;
        while (Settings.DynamicHz && hz < Settings.FastestHz && ClientCount / hz > ClientsPerTick) hz = Math.Min(hz * 2, Settings.FastestHz);
        return hz;
    }

    private void Tick()
    {
        if (IsTickPaused || IsEnding) return;
        BeginBatch();
        if (Hz != WantedHz()) StartTicking();
        Statistics.Sample(Loop.NowMs);
        Statistics.PeakMemory = Math.Max(Statistics.PeakMemory, UsedMemory);
        for (int i = 0; i < Databases.Count; i++) Databases[i].MoveBuckets(BucketsPerTick);
        if (!Loading.IsOn) Expiry.Tick();
        Saves.Tick();
        Aof.Tick();
        Shutdown.Tick();
        if (Blocked.HasReady) Blocked.Serve();
        if (Loop.NowMs - _idleCheckedMs < 1000) return;
        LookAtClients();
        Replicas.EachSecond();
    }

    private void ReleaseSlice()
    {
        _sliceTimer = null;
        if (ReleaseSome(ReleasedPerSlice)) ReleaseSoon();
    }

    private void LookAtClients()
    {
        _idleCheckedMs = Loop.NowMs;
        long idleMs = Settings.IdleTimeoutSeconds == 0 ? long.MaxValue : Settings.IdleTimeoutSeconds * 1000L;
        ClientSession? next;
        for (ClientSession? client = FirstClient; client != null; client = next)
        {
            next = client.Next;
            if (client.PendingOutput >= OutputWatch.LowestBytes || client.AboveSoftLimitSinceMs != 0) OutputWatch.Check(client);
            if (Loop.NowMs - client.LastActiveMs <= idleMs || client.MayBeIdle) continue;
            ShardLog.IdleClient(Logger, client.Id, client.Address);
            client.CloseAtOnce();
        }
    }
}
