using System.Buffers.Text;
using Keyway.Platform;
using Keyway.Platform.Disks;
using Keyway.Protocol.Commands;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Persistence;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Replication.Following;

/// <summary>
/// This server as somebody's replica: whom it follows, and what is to be done about the link once a second and when it ends. A link that is lost is taken
/// up again where it stopped, under whatever name the history goes by then; only when that cannot be, all data come anew.
/// </summary>
internal sealed class Follower
{
    private const int TickMs = 1000;

    private static readonly Directive ReplicaOf = DirectiveTable.Find("replicaof")!;

    private readonly ShardServer _server;
    private LoopTimer? _timer;
    private MasterLink? _link;
    private long _connectedMs = long.MinValue;
    private long _downSinceMs = -1;
    private int _streamDatabase;
    private long _owedAck;                               // up to where the master waits to hear from us; 0: not at all
    private bool _wantsJournal;                          // it was stopped for data to be loaded
    private Databases? _beside;                          // where the data that come now are loaded, beside the old ones

    public Follower(ShardServer server)
    {
        _server = server;
        Master = MasterAddress.Parse(server.Settings[ReplicaOf]);
    }

    /// <summary>Null while this server is a master.</summary>
    public MasterAddress? Master { get; private set; }

    public LinkState State => Master == null ? LinkState.None : _link?.State ?? LinkState.Connect;

    public bool IsUp => _link is { State: LinkState.Connected };

    public MasterLink? Link => _link;

    /// <summary>What is here is a part of a history, and whoever has the rest may let this server go on from it.</summary>
    public bool HasPosition { get; private set; }

    /// <summary>How often all data of a master have been loaded.</summary>
    public long FullSyncs { get; private set; }

    /// <summary>The database that the master's stream has selected.</summary>
    public int StreamDatabase => _link?.Stream?.Session.Database.Index ?? _streamDatabase;

    /// <summary>Received from masters, all in all.</summary>
    public long ReceivedBytes { get; set; }

    /// <summary>Clients may not see what is here: the master cannot be heard, and data of unknown age are not wanted (replica-serve-stale-data).</summary>
    public bool HidesData => Master != null && !_server.Settings.ServesStaleData && !IsUp;

    /// <summary>How long the link has been down; -1 while it is up, or was never.</summary>
    public long DownSeconds => _downSinceMs < 0 ? -1 : (_server.Loop.NowMs - _downSinceMs) / 1000;

    /// <summary>A replica keeps what its master has, until the master says that it is to go.</summary>
    public RdbLoadOptions LoadOptions => new() { DropsExpired = false, Functions = _server.Functions };

    /// <summary>What clients of this replica have written and given a time.</summary>
    public OwnExpiries OwnExpiries => field ??= new OwnExpiries(_server);

    /// <summary>Writes and reads what comes from a master: made when it is first needed.</summary>
    public DiskWorker Worker => field ??= _server.NewDiskWorker("replication");

    private ReplicationHistory History => _server.History;

    /// <summary>The server serves: from now on it looks after the link.</summary>
    public void Start()
    {
        if (Master == null) return;
        _server.OnRoleChanged();
        BeginTicking();
    }

    public void Stop()
    {
        _timer?.Cancel();
        _link?.Drop();
        _link = null;
    }

    /// <summary>The data that were found at the start are a master's up to this byte: it is asked for what follows.</summary>
    public void Resume(string historyId, long offset, int database)
    {
        History.Replace(ReplicationIdentity.Resumed(historyId, offset));
        History.KeepLog();
        KeepPosition(database);
    }

    public void Follow(MasterAddress master)
    {
        bool wasMaster = Master == null;
        DropLink();
        _server.Blocked.ReleaseAll("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)"u8);
        SetMaster(master);
        if (wasMaster)
        {
            // What it has written itself is a history too, and the new master may have been its replica.
            History.KeepLog();
            KeepPosition(database: 0);
            BeginTicking();
        }

        ReplicaLog.ConnectingTo(_server.Logger, master.Host, master.Port);
        Connect();
    }

    public void Promote()
    {
        if (Master == null) return;
        DropLink();
        SetMaster(null);
        ForgetPosition();
        OwnExpiries.Clear();
        _timer?.Cancel();
        _timer = null;
        _downSinceMs = -1;

        // Whoever followed the same master may follow this server from where they are, but not believe a byte of that name beyond what is here.
        History.Rename(History.Identity.Promoted(ReplicationHistory.NewId()));
        History.SelectedDatabase = ReplicationHistory.NoDatabase;
        ReplicaLog.HistoryBegun(_server.Logger, History.FormerId, History.FormerEnd, History.Id);
        _server.Replicas.DisconnectAll();
        _server.Replicas.RestartEmptyClock();
        _server.HeedEffects();
        RestartJournal();
    }

    /// <summary>Before each command of a replica: what keys are to it whose time has run out.</summary>
    public void Prepare(ClientSession client, Command command)
    {
        Databases databases = _server.Databases;
        if (databases.IsReplaying != client.IsMaster) databases.IsReplaying = client.IsMaster;
        databases.ReplicaDeletesDead = !client.IsMaster && !_server.Settings.ReplicaIsReadOnly && command.Is(CommandFlags.Write);
    }

    /// <summary>
    /// Tells the master how far its stream has been applied. Where nothing acknowledged may be lost, only what is on the disk counts; of the rest the master
    /// hears when it is there.
    /// </summary>
    public void SendAck()
    {
        long safe = _server.Feed.SafeOffset;
        if (safe < History.Offset) _owedAck = History.Offset;
        SendAck(safe);
    }

    /// <summary>More is on the disk.</summary>
    public void SendOwedAck()
    {
        if (_owedAck == 0 || _server.Feed.SafeOffset < _owedAck) return;
        _owedAck = 0;
        SendAck(_server.Feed.SafeOffset);
    }

    private void SendAck(long offset)
    {
        if (_link is not { State: LinkState.Connected, IsUncounted: false }) return;
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(offset, digits, out int length);
        Span<byte> command = stackalloc byte[64];
        "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$"u8.CopyTo(command);
        int at = "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$"u8.Length;
        Utf8Formatter.TryFormat(length, command[at..], out int written);
        at += written;
        "\r\n"u8.CopyTo(command[at..]);
        digits[..length].CopyTo(command[(at + 2)..]);
        at += length + 2;
        "\r\n"u8.CopyTo(command[at..]);
        _link.Say(command[..(at + 2)]);
    }

    /// <summary>The master lets this server go on.</summary>
    public void Continue(MasterLink link)
    {
        if (!History.Id.Equals(link.HistoryId, StringComparison.OrdinalIgnoreCase))
        {
            ReplicaLog.HistoryRenamed(_server.Logger, link.HistoryId);
            History.Rename(History.Identity.Continued(link.HistoryId));
            _server.Replicas.DisconnectAll();       // they are told the new name when they come back
        }

        History.KeepLog();
        _server.Failover.Finish(hasTakenOver: true);
        BeginStream(link, _streamDatabase);
        ReplicaLog.PartialAccepted(_server.Logger);
    }

    /// <summary>The master will send all its data.</summary>
    public void OnFullResync(MasterLink link) => _server.Failover.Finish(hasTakenOver: !link.IsUncounted);

    public Transfer BeginTransfer(MasterLink link, TransferHeader header)
    {
        string mode = _server.Settings.DisklessLoad;
        bool swaps = mode == "swapdb";
        bool usesFile = !swaps && (mode != "on-empty-db" || _server.Databases.TotalKeys > 0);
        string where = usesFile ? "to disk" : "to parser";
        if (header.EndMark == null) ReplicaLog.Receiving(_server.Logger, header.Bytes, where);
        else ReplicaLog.ReceivingStreamed(_server.Logger, where);
        if (usesFile) return new FileTransfer(_server, link, header);

        // The old data are another moment of the same history only if the name is the same: then they may be served meanwhile.
        bool servesOldData = swaps && History.Id.Equals(link.HistoryId, StringComparison.OrdinalIgnoreCase);
        if (swaps) MakeRoomBeside();
        else ThrowAwayOldData();
        ReplicaLog.LoadingData(_server.Logger);
        _server.Loading.Begin(header.Bytes, servesOldData);
        return new SocketTransfer(_server, link, this, header, _beside ?? _server.Databases);
    }

    /// <summary>The master's data lie in this file, which is open.</summary>
    public void LoadFile(MasterLink link, DiskFile file)
    {
        ThrowAwayOldData();
        ReplicaLog.LoadingData(_server.Logger);
        _server.Loading.Begin(file.Length);
        var loader = new RdbLoader(_server.Databases, _server.Settings, LoadOptions);
        new RdbFileLoad(_server, loader, file, Worker, error =>
        {
            RemoveFile();
            if (error == null) FinishSync(link, loader);
            else FailLoading(link, error.Message);
        }).Begin();
    }

    /// <summary>Nobody wants a file of what is about to go, least of all over the one that has just come.</summary>
    public void AbandonSnapshots()
    {
        _server.Saves.Abandon();
        _server.Snapshots.Abandon(PersistenceLog.Abandoned);
    }

    /// <summary>All data have been loaded.</summary>
    public void FinishSync(MasterLink link, RdbLoader loader)
    {
        FullSyncs++;
        PersistenceLog.Loaded(_server.Logger, loader.KeysLoaded, loader.KeysExpired);
        if (_beside != null) SwapDatabases();
        _server.Loading.End();
        string id = link.IsUncounted ? ReplicationHistory.NewId() : link.HistoryId;
        History.Replace(ReplicationIdentity.Copied(id, link.SnapshotOffset));
        History.KeepLog();
        HasPosition = !link.IsUncounted;
        bool hadMark = link.Transfer?.Header.EndMark != null;
        BeginStream(link, loader.Aux.ReplicationDatabase ?? 0);
        ReplicaLog.Finished(_server.Logger);
        RestartJournal();

        // A master that did not know how much it would send waits for this before it goes on.
        if (hadMark) SendAck();
        link.TakeHeld();
    }

    /// <summary>What was loaded so far is damaged, or will not be whole.</summary>
    public void ThrowAwayLoaded()
    {
        _server.Loading.End();
        if (_beside == null)
        {
            ClearDatabases();
            return;
        }

        ReplicaLog.DiscardingNewData(_server.Logger);
        _beside.ClearAll();
        _beside = null;
    }

    public void OnEnded(MasterLink link, LinkState reached, LinkEnd end)
    {
        _link = null;
        if (reached == LinkState.Connected) NoteLost(link, isPositionGood: end != LinkEnd.Broken);
        if (Master == null || reached is LinkState.Connecting or LinkState.Handshake) return;

        // At once, before the master has forgotten what this server lacks; but never in a circle.
        if (_server.Loop.NowMs - _connectedMs < TickMs) return;
        if (reached == LinkState.Connected) ReplicaLog.Reconnecting(_server.Logger, Master.Host, Master.Port);
        else ReplicaLog.ReconnectingAfterFailure(_server.Logger, Master.Host, Master.Port);
        Connect();
    }

    /// <summary>A server that keeps nothing on a disk need not leave there what came from its master (rdb-del-sync-files).</summary>
    private void RemoveFile()
    {
        Settings settings = _server.Settings;
        if (!settings.RemovesSyncFiles || settings.SavePoints.Length > 0 || settings.KeepsJournal) return;
        ReplicaLog.RemovingFile(_server.Logger);
        string path = RdbFiles.PathOf(settings);
        Worker.Run(() => RdbFiles.TryDelete(_server.Disk, path), static _ => { });
    }

    private void FailLoading(MasterLink link, string reason)
    {
        ReplicaLog.NotLoadedFromDisk(_server.Logger, reason);
        ThrowAwayLoaded();
        link.FailLoading();
    }

    /// <summary>Once a second.</summary>
    private void Tick()
    {
        if (_server.IsTickPaused || Master == null) return;
        if (_link == null && _server.Loading.IsOn) return;       // what is found at the start comes first
        _server.BeginBatch();
        if (_link != null && IsSilent(_link)) EndSilent(_link);
        if (_link == null)
        {
            ReplicaLog.ConnectingTo(_server.Logger, Master.Host, Master.Port);
            Connect();
        }

        SendAck();
        if (IsUp) RestartJournal();

        // A master that waits for its data to be loaded must not believe that nobody is there.
        if (_link is { IsLoading: true }) _link.Say("\n"u8);
    }

    private bool IsSilent(MasterLink link) => !link.IsLoading && _server.Loop.NowMs - link.LastHeardMs > _server.Settings.ReplicationTimeoutSeconds * 1000L;

    private void EndSilent(MasterLink link)
    {
        LinkState reached = link.State;
        if (reached == LinkState.Connected) ReplicaLog.MasterTimeout(_server.Logger);
        else if (reached == LinkState.Transfer) ReplicaLog.TransferTimeout(_server.Logger);
        else ReplicaLog.ConnectTimeout(_server.Logger);
        link.Drop();
        OnEnded(link, reached, LinkEnd.Lost);
    }

    private void Connect()
    {
        if (Master == null || _link != null) return;
        if (!_server.DiskError.IsEmpty && !_server.Settings.ReplicaIgnoresDiskErrors) return;
        _connectedMs = _server.Loop.NowMs;
        Settings settings = _server.Settings;
        var plan = new HandshakePlan(
            settings.MasterUser, settings.MasterPassword, settings.PortForMaster, settings.ReplicaAnnounceAddress,
            HasPosition ? History.Id : null, History.Offset + 1)
        {
            IsFailover = _server.Failover.IsInProgress,
        };

        var link = new MasterLink(_server, this, plan);
        try
        {
            _server.Loop.Connect(Master.EndPoint, link, _server.TlsToMaster);
        }
        catch (ArgumentException impossible)
        {
            // A name that can be none: the next attempt will say so again, until somebody gives another.
            ReplicaLog.CannotConnect(_server.Logger, impossible.Message);
            return;
        }

        _link = link;
        ReplicaLog.SyncStarted(_server.Logger);
    }

    private void BeginStream(MasterLink link, int database)
    {
        var session = _server.AdoptMaster(database);
        _downSinceMs = -1;
        _owedAck = 0;
        link.BeginStream(new MasterStream(_server, History, session));
        History.SelectedDatabase = session.Database.Index;
    }

    private void DropLink()
    {
        if (_link is not { } link) return;
        _link = null;
        bool wasUp = link.State == LinkState.Connected;
        link.Drop();
        if (wasUp) NoteLost(link, isPositionGood: true);
    }

    private void NoteLost(MasterLink link, bool isPositionGood)
    {
        ReplicaLog.Lost(_server.Logger);
        _downSinceMs = _server.Loop.NowMs;
        if (link.Stream != null) _streamDatabase = link.Stream.Session.Database.Index;
        HasPosition &= isPositionGood && !link.IsUncounted;
        if (HasPosition) ReplicaLog.KeepingPosition(_server.Logger);
    }

    private void KeepPosition(int database)
    {
        ReplicaLog.GoingOnFromOwnHistory(_server.Logger);
        HasPosition = true;
        _streamDatabase = database;
    }

    private void ForgetPosition()
    {
        if (HasPosition) ReplicaLog.ForgettingPosition(_server.Logger);
        HasPosition = false;
    }

    private void SetMaster(MasterAddress? master)
    {
        Master = master;
        _server.Settings.Set(ReplicaOf, master?.Setting ?? "");
        _server.OnRoleChanged();
    }

    /// <summary>New data are about to take the old ones' place: nobody who follows this server may go on from those.</summary>
    private void LeaveHistory()
    {
        OwnExpiries.Clear();
        ForgetPosition();
        _server.Replicas.DisconnectAll();
        History.DropLog();
        History.Rename(History.Identity.Renamed(ReplicationHistory.NewId()));
    }

    private void MakeRoomBeside()
    {
        StopJournal();
        AbandonSnapshots();
        _beside = _server.Databases.MakeBeside();
    }

    private void ThrowAwayOldData()
    {
        StopJournal();
        AbandonSnapshots();
        LeaveHistory();
        ReplicaLog.FlushingOldData(_server.Logger);
        ClearDatabases();
    }

    // What comes is no effect of what was, and would have no place in the journal: the journal is written anew when the data are here.
    private void StopJournal()
    {
        if (!_server.Aof.IsOn) return;
        _server.Aof.TurnOff();
        _wantsJournal = true;
    }

    private void RestartJournal()
    {
        if (!_wantsJournal) return;
        _wantsJournal = _server.Settings.KeepsJournal && !_server.Aof.IsOn && !_server.Aof.TryTurnOn();
    }

    private void ClearDatabases()
    {
        _server.Databases.ClearAll();
        _server.ReleaseSoon();
    }

    private void SwapDatabases()
    {
        LeaveHistory();
        ReplicaLog.SwappingData(_server.Logger);
        _server.Databases.SwapWith(_beside!);
        _beside!.ClearAll();
        _beside = null;
        ReplicaLog.DiscardingOldData(_server.Logger);
        _server.ReleaseSoon();
    }

    private void BeginTicking() => _timer ??= _server.Loop.Every(TickMs, Tick);
}
