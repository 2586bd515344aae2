using Keyway.Protocol.Commands;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Keyway.Platform;
using Keyway.Protocol;
using Keyway.Shard.Commands;
using Keyway.Shard.Configuration;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;
using Microsoft.Extensions.Logging;

namespace Keyway.Shard;

/// <summary>
/// A Redis server on one event loop: construct it, <see cref="Listen(EndPoint)"/>, and run the loop. Everything but the constructor belongs to the
/// loop's thread (or to the time before it runs).
/// </summary>
public sealed class ShardServer : IAcceptor
{
    private const int ReleasedPerSlice = 2_000;
    private const int VisitsPerSlice = 400_000;          // a walk in order: about a millisecond
    private const int DeletionsPerSlice = 2_000;
    private const int BucketsPerTick = 2_000;
    private const int SliceDelayMs = 1;                  // other work comes in between
    private const int KeptReaders = 64;
    private const int PoolBytes = 16 * 1024 * 1024;
    private const long WarnEveryMs = 60_000;
    private const string TooManyClients = "-ERR max number of clients reached\r\n";
    private const string ProtectedMode =
        "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. "
        + "In this mode connections are only accepted from the loopback interface. To accept others, set a password (requirepass) or "
        + "turn it off with '--protected-mode no' where only friends can connect.\r\n";

    private readonly List<Listener> _listeners = [];
    private readonly Stack<RequestReader> _spareReaders = new();
    private readonly Action? _onShutdown;
    private LoopTimer? _tickTimer;
    private LoopTimer? _sliceTimer;
    private LoopTimer? _expiryTimer;
    private int _expiryDatabase;
    private long _nextClientId;
    private long _idleCheckedMs;
    private long _nextCrossProtocolWarningMs;

    /// <param name="loop">Whose thread all of this runs on.</param>
    /// <param name="options">With what it starts.</param>
    /// <param name="logger">Told in Redis's words where others wait for them.</param>
    /// <param name="onShutdown">Called on the loop's thread when a client asks for SHUTDOWN; null refuses the command.</param>
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
        Pool = new BufferPool(PoolBytes);
        Unheard = new ReplyBuffer(Pool);
        Databases = new Databases(options.Databases, hash, seed, Propagation);
        Dispatcher = new Dispatcher(this, CommandRegistry.All);
        StartedMs = loop.NowMs;
        RunId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        ReplicationId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        BeginBatch();
        ApplySettings();
        foreach (string directive in options.WithoutEffect) ShardLog.DirectiveWithoutEffect(logger, directive);
        ShardLog.Initialized(logger);
    }

    /// <summary>True if this server has the command; COMMAND and the README's table show the same.</summary>
    public static bool Serves(Command command) => CommandRegistry.All.Serves(command);

    public int ClientCount { get; private set; }

    internal EventLoop Loop { get; }

    internal ShardOptions Options { get; }

    internal ILogger Logger { get; }

    internal Settings Settings { get; }

    internal Databases Databases { get; }

    internal Propagation Propagation { get; } = new();

    internal ServerStatistics Statistics { get; } = new();

    internal Dispatcher Dispatcher { get; }

    internal BufferPool Pool { get; }

    /// <summary>For requests that arrive whole; see <see cref="ReplaceReader"/>.</summary>
    internal RequestReader Reader { get; private set; } = new();

    internal RequestLimits RequestLimits { get; private set; }

    /// <summary>Takes replies that nobody wants to hear.</summary>
    internal ReplyBuffer Unheard { get; }

    internal EntryList ScanResults { get; } = new();

    internal ClientSession? FirstClient { get; private set; }

    internal ClientSession? LastClient { get; private set; }

    internal bool IsStopped { get; private set; }

    internal bool NeedsPassword => Settings.Password.Length > 0;

    /// <summary>Off for tests that want keys to die by being looked at (DEBUG SET-ACTIVE-EXPIRE 0).</summary>
    internal bool ExpiresActively { get; set; } = true;

    internal long StartedMs { get; }

    internal string RunId { get; }

    internal string ReplicationId { get; }

    /// <summary>Where the Unix socket is that this server listens on.</summary>
    internal string UnixPath { get; private set; } = "";

    internal bool CanShutDown => _onShutdown != null;

    /// <summary>Begins to accept. May be called several times, for several endpoints.</summary>
    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    public Listener Listen(EndPoint endPoint)
    {
        Listener listener = Loop.Listen(endPoint, this, new ListenOptions { Backlog = Options.Backlog, UnixSocketMode = Options.UnixSocketMode });
        _listeners.Add(listener);
        if (endPoint is UnixDomainSocketEndPoint) UnixPath = endPoint.ToString() ?? "";
        ShardLog.Listening(Logger, listener.EndPoint);
        if (_listeners.Count == 1)
        {
            StartTicking();
            ShardLog.Ready(Logger);
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
        _expiryTimer?.Cancel();
        foreach (Listener listener in _listeners) listener.Dispose();
        for (ClientSession? client = FirstClient; client != null; client = client.Next)
        {
            client.Flush();
            client.CloseAtOnce();
        }

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

    internal void Remove(ClientSession client)
    {
        if (client.Previous != null) client.Previous.Next = client.Next;
        else FirstClient = client.Next;
        if (client.Next != null) client.Next.Previous = client.Previous;
        else LastClient = client.Previous;
        ClientCount--;
    }

    /// <summary>The wall clock is read once for the requests that arrive together: time stands still within a command, and hardly moves within a batch.</summary>
    internal void BeginBatch() => Databases.SetTime(Loop.Time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>A session has kept the shared reader with its half-received request.</summary>
    internal void ReplaceReader() => Reader = _spareReaders.TryPop(out RequestReader? spare) ? spare : new RequestReader();

    internal void KeepReader(RequestReader reader)
    {
        if (_spareReaders.Count < KeptReaders) _spareReaders.Push(reader);
    }

    /// <summary>CONFIG SET has changed a setting.</summary>
    internal void ApplySettings()
    {
        Settings.Refresh();
        RequestLimits = new RequestLimits(int.MaxValue, Settings.ProtoMaxBulkLength);
        Databases.ExpiresLazily = Settings.LazyExpire;
        Databases.Access.CountsFrequency = Settings.CountsFrequency;
        Databases.Access.LogFactor = Settings.LfuLogFactor;
        Databases.Access.DecayMinutes = Settings.LfuDecayMinutes;
        if (Settings.MaxMemory > 0 && Settings.MaxMemoryPolicy != "noeviction") ShardLog.NothingIsEvicted(Logger, Settings.MaxMemoryPolicy, Settings.MaxMemory);
        if (_tickTimer != null) StartTicking();
    }

    /// <summary>A flush has left memory to give back in slices.</summary>
    internal void ReleaseSoon() => _sliceTimer ??= Loop.Schedule(SliceDelayMs, ReleaseSlice);

    internal void ShutDown()
    {
        ShardLog.ShutdownRequested(Logger);
        _onShutdown?.Invoke();
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
    }

    private string? WhyRefused(EndPoint? remote, out string reason)
    {
        reason = "max number of clients reached";
        if (ClientCount >= Settings.MaxClients) return TooManyClients;

        reason = "protected mode";
        bool isForeign = remote is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address);
        return isForeign && Settings.ProtectedMode && !NeedsPassword ? ProtectedMode : null;
    }

    private void Add(ClientSession client)
    {
        client.Previous = LastClient;
        if (LastClient != null) LastClient.Next = client;
        else FirstClient = client;
        LastClient = client;
        ClientCount++;
    }

    private void StartTicking()
    {
        _tickTimer?.Cancel();
        _tickTimer = Loop.Every(1000 / Settings.Hz, Tick);
    }

    private void Tick()
    {
        BeginBatch();
        Statistics.Sample(Loop.NowMs);
        Statistics.PeakMemory = Math.Max(Statistics.PeakMemory, Databases.Memory.UsedBytes);
        for (int i = 0; i < Databases.Count; i++) Databases[i].MoveBuckets(BucketsPerTick);
        if (ExpiresActively && _expiryTimer == null) ExpireSlice();
        if (Loop.NowMs - _idleCheckedMs >= 1000) CloseIdleClients();
    }

    /// <summary>Deletes what is due; as long as there is more than fits a slice, the next one follows as soon as others have had their turn.</summary>
    private void ExpireSlice()
    {
        _expiryTimer = null;
        BeginBatch();
        int visits = VisitsPerSlice;
        int deletions = DeletionsPerSlice;

        // Each slice begins with another database, so that a large one does not keep the others waiting.
        _expiryDatabase = (_expiryDatabase + 1) % Databases.Count;
        for (int i = 0; i < Databases.Count; i++) Databases[(_expiryDatabase + i) % Databases.Count].DeleteDue(ref visits, ref deletions);
        if (deletions <= 0) _expiryTimer = Loop.Schedule(SliceDelayMs, ExpireSlice);
    }

    private void ReleaseSlice()
    {
        _sliceTimer = null;
        long before = Databases.PendingReleases;
        bool isMore = Databases.ReleaseSome(ReleasedPerSlice);
        Statistics.ReleasedKeys += before - Databases.PendingReleases;
        if (isMore) ReleaseSoon();
    }

    private void CloseIdleClients()
    {
        _idleCheckedMs = Loop.NowMs;
        if (Settings.IdleTimeoutSeconds == 0) return;

        for (ClientSession? client = FirstClient; client != null; client = client.Next)
        {
            if (Loop.NowMs - client.LastActiveMs <= Settings.IdleTimeoutSeconds * 1000L || client.IsClosing) continue;
            ShardLog.IdleClient(Logger, client.Id, client.Address);
            client.CloseAtOnce();
        }
    }
}
