using System.Net;
using System.Net.Sockets;
using Keyway.Platform;
using Keyway.Platform.Tls;
using Keyway.Protocol;
using Keyway.Protocol.Clients;
using Keyway.Protocol.Commands;
using Keyway.Shard.Blocking;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Limits;
using Keyway.Shard.Persistence;
using Keyway.Shard.PubSub;
using Keyway.Shard.Replication.Serving;
using Keyway.Shard.Transactions;

namespace Keyway.Shard;

/// <summary>
/// One client: turns its bytes into requests, has them executed, and sends the replies once a turn. A request that arrives whole is executed where it
/// lies; of one that does not, the bytes are kept. Who does not read its replies is not read from either. What few clients need (a transaction,
/// subscriptions, a wait) is made when it is needed.
/// </summary>
internal sealed partial class ClientSession : ConnectionHandler, IDescribedClient
{
    private const int FlushAt = 256 * 1024;              // within a turn: what has left needs no memory
    private const int PauseAt = 1024 * 1024;
    private const int ResumeAt = PauseAt / 2;
    private const int UnauthenticatedOutput = 1024;      // enough for refusals; not for filling our memory
    private const int UnauthenticatedInput = 1024 * 1024;
    private const int ObjectBytes = 512;                 // of a session and its connection, about
    private const int SubscriptionBytes = 64;
    private const int WatchBytes = 128;

    private readonly ShardServer _server;
    private RequestReader? _reader;                      // while a request is half received
    private HeldInput _held;
    private LinkedListNode<PostponedRequest>? _postponed;
    private GatedReplies _gated;
    private Obstacles _obstacles;
    private bool _isInputPaused;
    private bool _hasEnded;                              // its side of the connection, while it waits for an answer
    private bool _isProcessing;

    public ClientSession(ShardServer server, long id, bool isAuthenticated)
    {
        _server = server;
        Id = id;
        IsAuthenticated = isAuthenticated;
        Database = server.Databases[0];
        Reply = new ReplyBuffer(server.Pool);
        CreatedMs = LastActiveMs = server.Loop.NowMs;
    }

    /// <summary>Nobody's: speaks for a journal or for a master, whose effects are repeated here.</summary>
    public static ClientSession ForStream(ShardServer server) => new(server, id: 0, isAuthenticated: true) { IsStream = true };

    public long Id { get; }

    public Database Database { get; set; }

    public bool IsResp3 { get; set; }

    public bool IsAuthenticated { get; set; }

    public byte[] Name { get; set; } = [];

    public bool IsExemptFromEviction { get; set; }

    public bool IsMonitor { get; set; }

    /// <summary>What it says has happened already, and is done again whatever the limits here are. There may be no connection behind it.</summary>
    public bool IsStream { get; init; }

    public ReplyMode ReplyMode { get; set; }

    public Command? LastCommand { get; set; }

    public long CreatedMs { get; }

    public long LastActiveMs { get; private set; }

    public ReplyBuffer Reply { get; }

    public ClientType Type => IsMaster ? ClientType.Master : IsReplica ? ClientType.Replica : Subscriber == null ? ClientType.Normal : ClientType.PubSub;

    public bool IsClosing => (_obstacles & (Obstacles.Closing | Obstacles.ClosingSoon)) != 0;

    public bool IsClosingSoon => (_obstacles & Obstacles.ClosingSoon) != 0;

    public bool IsResuming => (_obstacles & Obstacles.Resuming) != 0;

    /// <summary>The request that a pause has put off.</summary>
    public PostponedRequest? Postponed => _postponed?.Value;

    /// <summary>Who waits for something, or listens, has a reason to be silent.</summary>
    public bool MayBeIdle =>
        (_obstacles & (Obstacles.Blocked | Obstacles.Postponed | Obstacles.Parked | Obstacles.Saving)) != 0 || IsClosing || Subscriber != null || IsMonitor || IsReplica || IsMaster;

    /// <summary>The transport has no room.</summary>
    public bool IsCongested { get; private set; }

    public bool IsReading => !_isInputPaused;

    /// <summary>About what it takes in memory, all in all.</summary>
    public long MemoryBytes =>
        ObjectBytes + Name.Length + _held.Capacity + Reply.Length + (Blocked?.Saved.Bytes ?? 0)
        + (Transaction == null ? 0 : Transaction.Bytes + (Transaction.WatchCount * WatchBytes)) + ((Subscriber?.Count ?? 0) * SubscriptionBytes);

    /// <summary>What waits for it, be it its own or in the history that all replicas read.</summary>
    public long PendingOutput => Reply.Length + (IsReplica ? Replica!.PendingBytes : 0);

    public int HeldBytes => _held.Length;

    public int HeldRoom => _held.Free;

    /// <summary>What the limit of all clients' memory counts it with.</summary>
    public long NotedBytes { get; set; }

    /// <summary>Since when more waits for it than the soft limit; 0 while less does.</summary>
    public long AboveSoftLimitSinceMs { get; set; }

    /// <summary>The request that waits for keys; until it is served, times out or is released, nothing more is executed.</summary>
    public BlockedRequest? Blocked { get; private set; }

    /// <summary>Once it has called MULTI or WATCH.</summary>
    public TransactionState? Transaction { get; private set; }

    /// <summary>Between MULTI and the end of EXEC.</summary>
    public bool IsInTransaction => Transaction is { IsOpen: true };

    /// <summary>What it executes may not wait: it is part of a transaction.</summary>
    public bool DeniesBlocking => IsStream || Transaction is { IsExecuting: true };

    /// <summary>While it listens to anything.</summary>
    public Subscriber? Subscriber { get; set; }

    /// <summary>What it has said of itself as a replica that is, or wants to be.</summary>
    public Replica? Replica { get; private set; }

    /// <summary>It has asked for the data, and gets the stream of writes in place of replies.</summary>
    public bool IsReplica => Replica is { State: not ReplicaState.None };

    /// <summary>It repeats what this server's master has done: nothing is refused to it, and nothing it is answered is heard.</summary>
    public bool IsMaster { get; init; }

    /// <summary>The history's offset after its last command: what WAIT waits for.</summary>
    public long WrittenUpTo { get; set; }

    /// <summary>Neighbours in the server's list, in order of arrival.</summary>
    public ClientSession? Next, Previous;

    public string Address => HasConnection ? ClientAddress.Of(Connection.RemoteEndPoint, UnixPath) : "";

    public string LocalAddress => HasConnection ? ClientAddress.Of(Connection.LocalEndPoint, UnixPath) : "";

    public string UserName => "default";

    public bool IsLocal => !HasConnection || Connection.RemoteEndPoint is not IPEndPoint { Address: var address } || IPAddress.IsLoopback(address);

    public bool IsUnix => HasConnection && Connection.RemoteEndPoint is { AddressFamily: AddressFamily.Unix };

    // A journal has none.
    private bool HasConnection => (Connection?)Connection != null;

    private bool MayExecute => _obstacles == Obstacles.None;

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (IsClosing || _server.IsStopped) return;

        _server.BeginBatch();
        _server.Statistics.Reads++;
        _server.Statistics.InputBytes += bytes.Length;
        LastActiveMs = _server.Loop.NowMs;

        if (_held.IsEmpty && MayExecute)
        {
            if (IsInTransaction && ExceedsInputLimit(bytes.Length)) return;
            int used = Process(bytes);
            if (used < bytes.Length && !IsClosing) _held.Append(bytes[used..], _server.Pool);
        }
        else
        {
            _held.Append(bytes, _server.Pool);
            ProcessHeld();
        }

        NoteMemory();
        if (!Reply.IsEmpty || IsClosing) _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    // Whoever pipes requests in and closes its end still waits for the replies; but nobody serves a client that has hung up while it waited.
    public override void OnEndOfInput()
    {
        if ((_obstacles & Obstacles.Saving) != 0) _hasEnded = true;
        else if ((_obstacles & (Obstacles.Blocked | Obstacles.Postponed | Obstacles.Parked)) != 0) CloseAtOnce();
        else CloseAfterReplies();
    }

    public override void Flush()
    {
        if (IsClosingSoon)
        {
            CloseAtOnce();
            return;
        }

        if (IsResuming) Resume();
        if (_hasEnded && MayExecute) CloseAfterReplies();
        Send();
        NoteMemory();
    }

    public override void OnWritable()
    {
        IsCongested = false;
        SendOn();
    }

    public override void OnClosed(Exception? error)
    {
        if (error is TlsException) _server.NoteBroken(this, error);
        _obstacles |= Obstacles.Closing;
        Leave();
        ForgetAll();
        Reply.Clear();
        _gated.Clear();
        _held.Release(_server.Pool);
        ReleaseReader();
        _server.ClientEvictor.Forget(this);
        _server.Remove(this);
    }

    /// <summary>Back to how a new connection starts (RESET).</summary>
    public void Reset()
    {
        Database = _server.Databases[0];
        IsResp3 = false;
        IsAuthenticated = !_server.NeedsPassword;
        Name = [];
        ReplyMode = ReplyMode.On;
        EndTransaction();
        _server.Messages.UnsubscribeAll(this);
        _server.Monitors.Remove(this);
    }

    public Replica OpenReplica() => Replica ??= new Replica(this);

    /// <summary>Something has come from the peer, to whoever reads for it.</summary>
    public void NoteActivity() => LastActiveMs = _server.Loop.NowMs;

    public TransactionState OpenTransactionState() => Transaction ??= new TransactionState(_server.Databases.Memory);

    /// <summary>Forgets what is queued and what is watched.</summary>
    public void EndTransaction()
    {
        if (Transaction == null) return;
        _server.Watched.RemoveAll(Transaction);
        Transaction.Close();
    }

    /// <summary>From now on this request waits.</summary>
    public void BeginWait(BlockedRequest request)
    {
        Blocked = request;
        _obstacles |= Obstacles.Blocked;
    }

    /// <summary>The request that waited has been answered.</summary>
    public void EndWait()
    {
        ForgetWait();
        ResumeLater();
    }

    /// <summary>From now on nothing is executed, until the one who has parked this client lets it go on.</summary>
    public void BeginParking() => _obstacles |= Obstacles.Parked;

    /// <summary>From now on nothing is executed, until the last request is answered.</summary>
    public void BeginSaving() => _obstacles |= Obstacles.Saving;

    /// <summary>The file is on the disk, or cannot be: its request is answered all the same.</summary>
    public void EndSaving()
    {
        if (IsClosing) return;
        _obstacles &= ~Obstacles.Saving;
        long from = Reply.Length;
        Reply.WriteOk();
        if (_server.Gate.IsArmed) NoteWrite(from);
        ResumeLater();
    }

    public void EndParking()
    {
        _obstacles &= ~Obstacles.Parked;
        ResumeLater();
    }

    /// <summary>The request that is executed just now is not: it is read again when the pause is over.</summary>
    public void Postpone(Arguments arguments)
    {
        _postponed = _server.Pause.Postpone(new PostponedRequest(this, InputBytes: 0, PostponedRequest.Sum(arguments)));
        _obstacles |= Obstacles.Postponed;
    }

    public void EndPostponement()
    {
        _postponed = null;
        _obstacles &= ~Obstacles.Postponed;
        ResumeLater();
    }

    /// <summary>Sends a message to a client that listens: all but its first byte, which depends on the client's protocol.</summary>
    public void Push(ReadOnlySpan<byte> frame) => PushLine(IsResp3 ? ">"u8 : "*"u8, frame);

    /// <summary>Sends what the client has not asked for just now.</summary>
    public void PushLine(ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest)
    {
        if (IsClosing || IsReplica) return;
        Reply.Append(start);
        Reply.Append(rest);
        if (Reply.Length >= _server.OutputWatch.LowestBytes) _server.OutputWatch.Check(this);
        NoteMemory();
        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>Executes nothing more, and ends the connection when the replies so far have left.</summary>
    public void CloseAfterReplies()
    {
        if (IsClosing) return;
        _obstacles |= Obstacles.Closing;
        Leave();
        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>Ends the connection without a word at the end of the turn: somebody may be in the middle of serving it.</summary>
    public void CloseSoon()
    {
        _obstacles |= Obstacles.ClosingSoon;
        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>Ends the connection without a word.</summary>
    public void CloseAtOnce()
    {
        _obstacles |= Obstacles.Closing;
        Leave();
        ForgetAll();
        Reply.Clear();
        _gated.Clear();
        Connection.Close();

        // The connection may take its time to close, but who is killed is on no list from here on.
        _server.Remove(this);
    }

    /// <summary>Hands bytes to the transport as they are; while it is congested it takes none.</summary>
    public int SendNow(ReadOnlySpan<byte> bytes)
    {
        int sent = Connection.Send(bytes);
        _server.Statistics.Writes++;
        IsCongested = sent < bytes.Length;
        return sent;
    }

    /// <summary>What stands in the reply from there on tells of a write that may not be safe yet.</summary>
    public void NoteWrite(long replyFrom) => _gated.NoteWrite(_server.Gate, Reply, replyFrom);

    /// <summary>All that happened before this offset of the journal is safe.</summary>
    public void ReleaseReplies(long offset)
    {
        _gated.Release(offset);
        SendOn();
        _gated.StandAgain(_server.Gate, this);
    }

    /// <summary>What this client has written last may be lost.</summary>
    public void FailReplies(ReadOnlySpan<byte> error)
    {
        if (_gated.TryFail(Reply, error)) SendOn();
        else CloseAtOnce();
    }

    /// <summary>Nobody may find this client any more in what others look through.</summary>
    private void Leave()
    {
        if (Replica != null) _server.Replicas.Remove(Replica);
        ForgetWait();
        if ((_obstacles & Obstacles.Parked) != 0) _server.Shutdown.Forget(this);
        _server.Monitors.Remove(this);
        _server.ClientEvictor.Forget(this);
        if (_postponed != null) _server.Pause.Forget(_postponed);
        _postponed = null;
    }

    /// <summary>Until here it counts among those who listen, and its watches are broken, though it is about to be closed: so with Redis.</summary>
    private void ForgetAll()
    {
        _server.Messages.Leave(this);

        // What is queued is in use while EXEC runs, which then forgets it itself.
        if (Transaction is not { IsExecuting: true }) EndTransaction();
    }

    private void ForgetWait()
    {
        if (Blocked == null) return;
        _server.Blocked.Remove(Blocked);
        Blocked = null;
        _obstacles &= ~Obstacles.Blocked;
    }

    private void ResumeLater()
    {
        _obstacles |= Obstacles.Resuming;
        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>What came while nothing could be executed.</summary>
    private void Resume()
    {
        _obstacles &= ~Obstacles.Resuming;
        if (IsClosing) return;

        _server.BeginBatch();
        if (!_held.IsEmpty) ProcessHeld();
        if (!MayExecute || !_isInputPaused) return;
        _isInputPaused = false;
        Connection.ResumeReading();
    }

    private void PauseInput()
    {
        if (_isInputPaused) return;
        _isInputPaused = true;
        Connection.PauseReading();
    }

    /// <summary>There is room again, or more may leave.</summary>
    private void SendOn()
    {
        Send();
        NoteMemory();
        if ((_obstacles & Obstacles.OutputFull) == 0 || Reply.Length > ResumeAt || IsClosing) return;

        _obstacles &= ~Obstacles.OutputFull;
        if (MayExecute) Resume();
        if (!Reply.IsEmpty || IsClosing) _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    private void Send()
    {
        if (!_gated.TryPass(_server.Gate, this, out long allowed)) CloseAtOnce();
        while (!IsCongested && allowed > 0)
        {
            ReadOnlySpan<byte> bytes = Reply.First;
            if (bytes.Length > allowed) bytes = bytes[..(int)allowed];
            int sent = SendNow(bytes);
            Reply.Consume(sent);
            _gated.Sent(sent);
            allowed -= sent;
            _server.Statistics.OutputBytes += sent;
        }

        if (IsReplica && Reply.IsEmpty && !IsClosing) _server.Feed.Send(Replica!);
        if (IsClosing && Reply.IsEmpty) Connection.Close();
    }

    private void NoteMemory()
    {
        if (_server.ClientEvictor.IsOn) _server.ClientEvictor.Note(this);
    }

    private string? UnixPath => IsUnix ? _server.UnixPath : null;
}
