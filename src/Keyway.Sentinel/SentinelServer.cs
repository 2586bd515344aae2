using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Disks;
using Keyway.Platform.Tls;
using Keyway.Protocol;
using Keyway.Protocol.Configuration;
using Keyway.Sentinel.Commands;
using Keyway.Sentinel.Configuration;
using Keyway.Sentinel.Core;
using Keyway.Sentinel.Links;
using Keyway.Sentinel.Scripts;
using Keyway.Sentinel.Sessions;
using Microsoft.Extensions.Logging;

namespace Keyway.Sentinel;

/// <summary>
/// A sentinel on one event loop: construct it, <see cref="Listen"/> if others are to reach it, <see cref="Start"/>, and run the loop. Everything but the constructor
/// belongs to the loop's thread (or to the time before it runs). The loop must be the sentinel's own: votes wait for the disk on it, and a loop that is
/// late makes a sentinel that trusts nobody.
/// </summary>
public sealed partial class SentinelServer : IAcceptor
{
    private const int PoolBytes = 4 * 1024 * 1024;
    private const int ReservedDescriptors = 32;
    private const int RunIdBytes = 20;

    private readonly Disk _disk;
    private readonly Action? _onShutdown;
    private readonly ServerListeners _listeners;
    private readonly Dictionary<long, SentinelClient> _clientsById = [];
    private readonly List<SentinelClient> _clients = [];
    private TlsServerSettings? _tls;
    private LoopTimer? _timer;
    private long _nextClientId;
    private readonly long _maxClients;
    private bool _isStopped;

    /// <param name="loop">Whose thread all of this runs on.</param>
    /// <param name="options">With what it starts.</param>
    /// <param name="disk">Where its file is.</param>
    /// <param name="logger">Told in Redis's words.</param>
    /// <param name="onShutdown">Called on the loop's thread when a client asks for SHUTDOWN; null: nobody can end it so.</param>
    /// <exception cref="ConfFileException">A statement about masters is wrong.</exception>
    /// <exception cref="TlsConfigurationException">Certificates are missing or wrong.</exception>
    public SentinelServer(EventLoop loop, SentinelOptions options, Disk disk, ILogger logger, Action? onShutdown = null)
        : this(loop, options, disk, logger, onShutdown, new ProcessRunner(loop), RandomNumberGenerator.GetInt32(int.MaxValue))
    {
    }

    internal SentinelServer(EventLoop loop, SentinelOptions options, Disk disk, ILogger logger, Action? onShutdown, IScriptRunner runner, int seed)
    {
        Loop = loop;
        Options = options;
        Logger = logger;
        _disk = disk;
        _onShutdown = onShutdown;
        _listeners = new ServerListeners(loop, this);
        Pool = new BufferPool(PoolBytes);
        GlobalSettings = new GlobalSettings();
        Hosts = new HostResolver(loop, GlobalSettings);
        Saved = SentinelStatements.Read(options.Statements, GlobalSettings, Hosts, newId: NewId());
        var constants = new SentinelConstants();
        Links = new SentinelLinks(this);
        Events = new EventChannels();
        var output = new CoreOutput(this);
        Output = output;
        Core = new SentinelCore(new SentinelState(Saved.MyId), constants, seed, output, Hosts);
        File = new SentinelFile(disk, options, GlobalSettings, constants);
        Scripts = new ScriptQueue(runner, constants, (level, type, text) => output.Publish(new SentinelEvent(level, type, text)));
        Dispatcher = new Dispatcher(this);
        RunId = NewId();
        StartedMs = loop.NowMs;
        _maxClients = Math.Max(1, Math.Min(options.MaxClients, DescriptorLimit.Raise(options.MaxClients + ReservedDescriptors) - ReservedDescriptors));
        if (options.TlsPort != 0 || options.TlsLinks) ConfigureTls();
        ApplyGlobalSettings();
    }

    /// <summary>Called on the loop's thread when a master is another server from now on; what led there is on the disk.</summary>
    public Action<MasterChange>? OnMasterSwitched { get; set; }

    /// <summary>Called where SENTINEL SIMULATE-FAILURE wants the process to end.</summary>
    public Action? OnCrash { get; set; }

    /// <summary>Forty hex digits, by which other sentinels know this one.</summary>
    public string MyId => Core.State.MyId;

    internal EventLoop Loop { get; }

    internal SentinelOptions Options { get; }

    internal ILogger Logger { get; }

    internal BufferPool Pool { get; }

    internal GlobalSettings GlobalSettings { get; }

    internal HostResolver Hosts { get; }

    internal SentinelCore Core { get; }

    internal SentinelLinks Links { get; }

    internal EventChannels Events { get; }

    internal SentinelFile File { get; }

    internal ScriptQueue Scripts { get; }

    internal Dispatcher Dispatcher { get; }

    internal SentinelStatistics Statistics { get; } = new();

    internal IReadOnlyList<SentinelClient> Clients => _clients;

    internal IReadOnlyList<MonitoredMaster> Masters => Core.State.Masters.Values;

    internal string RunId { get; }

    internal long StartedMs { get; }

    /// <summary>How often a second its timer comes, at present.</summary>
    internal int Hz { get; private set; } = 10;

    internal string UnixPath { get; private set; } = "";

    internal bool NeedsPassword => Options.Password.Length > 0;

    internal string PasswordText => ByteText.ToText(Options.Password);

    /// <summary>What must not be forgotten was on the disk when last it had to be.</summary>
    internal bool IsSaved { get; set; }

    private CoreOutput Output { get; }

    private SavedSentinel Saved { get; }

    /// <summary>Begins to watch.</summary>
    /// <exception cref="DiskException">Its file cannot be written: it could not keep a promise.</exception>
    public void Start()
    {
        foreach (string directive in Options.WithoutEffect) SentinelLog.DirectiveWithoutEffect(Logger, directive);

        File.Write(Saved);
        IsSaved = true;
        SentinelLog.Running(Logger, Options.Port != 0 ? Options.Port : Options.TlsPort);
        SentinelLog.Saved(Logger);
        SentinelLog.Id(Logger, MyId);
        // The loop may have looked at its clock long before it runs: what is counted from then would be the others' silence.
        Core.Start(Loop.Time.GetTimestamp() / Math.Max(1, Loop.Time.TimestampFrequency / 1000), Saved);
        _timer = Loop.Schedule(0, Tick);
        SentinelLog.Ready(Logger);
    }

    /// <summary>Begins to accept. May be called several times, for several places.</summary>
    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    public Listener Listen(ListenPlace place)
    {
        var options = new ListenOptions { Backlog = Options.Backlog, UnixSocketMode = Options.UnixSocketMode, KeepAliveSeconds = Options.KeepAliveSeconds, Tls = _tls };
        Listener listener = _listeners.Add(place, options);
        if (place.EndPoint is UnixDomainSocketEndPoint) UnixPath = place.EndPoint.ToString() ?? "";
        SentinelLog.Listening(Logger, listener.EndPoint);
        return listener;
    }

    /// <summary>Closes everything. What it knows is on the disk already.</summary>
    public void Stop()
    {
        if (_isStopped) return;
        _isStopped = true;
        _timer?.Cancel();
        _listeners.Dispose();
        foreach (SentinelClient client in _clients.ToArray())
        {
            client.Flush();
            client.CloseAtOnce();
        }

        Links.CloseAll();
        SentinelLog.Stopped(Logger);
    }

    /// <summary>A signal asks it to end.</summary>
    public void OnSignal(string name)
    {
        SentinelLog.SignalReceived(Logger, name);
        TryShutDown();
    }

    void IAcceptor.OnAccepted(AcceptedConnection accepted)
    {
        string? lastWord = null;
        bool isForeign = accepted.RemoteEndPoint is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address);
        if (_clients.Count >= _maxClients) lastWord = AcceptErrors.TooManyClients;
        else if (isForeign && Options.ProtectedMode && !NeedsPassword) lastWord = AcceptErrors.ProtectedMode;
        if (lastWord != null)
        {
            Statistics.RejectedConnections++;
            SentinelLog.ConnectionRefused(Logger, accepted.RemoteEndPoint?.ToString() ?? "", lastWord.TrimEnd());
            accepted.Refuse(Encoding.ASCII.GetBytes(lastWord));
            return;
        }

        Statistics.Connections++;
        var client = new SentinelClient(this, ++_nextClientId, isAuthenticated: !NeedsPassword);
        Loop.Adopt(accepted, client);
        _clientsById.Add(client.Id, client);
        _clients.Add(client);
    }

    internal SentinelClient? FindClient(long id) => _clientsById.GetValueOrDefault(id);

    internal MonitoredMaster? FindMaster(string name) => Core.State.Masters.GetValueOrDefault(name);

    internal void Remove(SentinelClient client)
    {
        if (_clientsById.Remove(client.Id)) _clients.Remove(client);
    }

    internal void OnHello(string text) => Core.OnHello(Loop.NowMs, text);

    internal void Save() => Output.Persist();

    /// <summary>What others are told of this sentinel follows what is set.</summary>
    internal void ApplyGlobalSettings()
    {
        Core.State.AnnounceIp = GlobalSettings.AnnounceIp.Length == 0 ? null : GlobalSettings.AnnounceIp;
        int listened = Options.TlsLinks && Options.TlsPort != 0 ? Options.TlsPort : Options.Port;
        Core.State.AnnouncePort = GlobalSettings.AnnouncePort != 0 ? GlobalSettings.AnnouncePort : listened;
    }

    /// <summary>SENTINEL MONITOR. The client is answered once it is known what the host stands for.</summary>
    internal void Monitor(SentinelClient client, string name, string host, long port, int quorum)
    {
        client.Park();
        Hosts.ResolveThen(host, () =>
        {
            string? error = WhyNotMonitored(name, host, port, quorum);
            if (error != null) client.Reply.WriteError($"ERR {error}");
            else client.Reply.WriteOk();
            client.Unpark();
        });
    }

    /// <summary>How to log in has changed: all links are made anew.</summary>
    internal void DropLinks()
    {
        foreach (MonitoredMaster master in Masters) DropLinks(master);
    }

    /// <inheritdoc cref="DropLinks()"/>
    internal void DropLinks(MonitoredMaster master)
    {
        foreach (Instance instance in (IEnumerable<Instance>)[master, .. master.Replicas.Values, .. master.Sentinels.Values])
        {
            Keyway.Sentinel.Core.Links.Close(instance.Link, LinkKind.Command, Output);
            Keyway.Sentinel.Core.Links.Close(instance.Link, LinkKind.PubSub, Output);
        }
    }

    internal bool TryShutDown()
    {
        SentinelLog.ShutdownRequested(Logger);
        if (_onShutdown == null) return false;
        _onShutdown();
        return true;
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RunIdBytes));

    private string? WhyNotMonitored(string name, string host, long port, int quorum)
    {
        // A host is looked at before a port, whatever that is.
        if (Hosts.Resolve(host, 0) == null) return "Invalid IP address or hostname specified";
        if (port is < 0 or > ushort.MaxValue || Hosts.Resolve(host, (int)port) is not { } address) return "Invalid port number.";
        if (Core.Monitor(Loop.NowMs, name, address, quorum) == null) return "Duplicate master name.";
        return IsSaved ? null : "Failed to save config changes. Check server logs.";
    }

    private void ConfigureTls()
    {
        _tls = TlsServerSettings.Load(Options.Tls());
        Links.Tls = Options.TlsLinks ? TlsClientSettings.Load(Options.TlsOfLinks()) : null;
    }

    private void Tick()
    {
        int againInMs = Core.Tick(Loop.NowMs);
        Hz = 1000 / Math.Max(1, againInMs);
        Scripts.Tick(Loop.NowMs);
        if (Options.IdleSeconds != 0) CloseIdleClients();
        _timer = Loop.Schedule(againInMs, Tick);
    }

    private void CloseIdleClients()
    {
        foreach (SentinelClient client in _clients.ToArray())
        {
            if (client.SubscriptionCount > 0 || Loop.NowMs - client.LastActiveMs <= Options.IdleSeconds * 1000L) continue;
            SentinelLog.IdleClient(Logger, client.Id, client.Address);
            client.CloseAtOnce();
        }
    }
}
