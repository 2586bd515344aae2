using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Tls;
using Keyway.Protocol;
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
internal sealed class ClientSession : ConnectionHandler
{
    private const int FlushAt = 256 * 1024;              // within a turn: what has left needs no memory
    private const int PauseAt = 1024 * 1024;
    private const int ResumeAt = PauseAt / 2;
    private const int UnauthenticatedOutput = 1024;      // enough for refusals; not for filling our memory
    private const int UnauthenticatedInput = 1024 * 1024;
    private const int ObjectBytes = 512;                 // of a session and its connection, about
    private const int SubscriptionBytes = 64;
    private const int WatchBytes = 128;
    private const int ReplicaBytesPerTurn = 256 * 1024;
    private const int AllReplicasBytesPerTurn = 1024 * 1024;

    private readonly ShardServer _server;
    private RequestReader? _reader;                      // while a request is half received
    private HeldInput _held;
    private LinkedListNode<PostponedRequest>? _postponed;
    private HeldReplies? _unsafe;                        // while replies wait for the disk
    private Obstacles _obstacles;
    private bool _isInputPaused;
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

    /// <summary>Why nothing is executed just now.</summary>
    [Flags]
    private enum Obstacles : byte
    {
        None = 0,

        /// <summary>Too much waits for the peer to read it.</summary>
        OutputFull = 1,

        /// <summary>The last request waits for keys.</summary>
        Blocked = 2,

        /// <summary>The next request is put off: the server is paused.</summary>
        Postponed = 4,

        /// <summary>A wait has ended; what came meanwhile is executed at the end of the turn.</summary>
        Resuming = 8,

        /// <summary>The last replies are on their way.</summary>
        Closing = 16,

        /// <summary>Closed at the end of the turn, whatever is on its way.</summary>
        ClosingSoon = 32,

        /// <summary>The last request waits for something that is no key: the end of the server.</summary>
        Parked = 64,
    }

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
        (_obstacles & (Obstacles.Blocked | Obstacles.Postponed | Obstacles.Parked)) != 0 || IsClosing || Subscriber != null || IsMonitor || IsReplica || IsMaster;

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

    public string Address => HasConnection ? Format(Connection.RemoteEndPoint) : "";

    public string LocalAddress => HasConnection ? Format(Connection.LocalEndPoint) : "";

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
        if ((_obstacles & (Obstacles.Blocked | Obstacles.Postponed | Obstacles.Parked)) != 0) CloseAtOnce();
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
        _unsafe?.Clear();
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
        _unsafe?.Clear();
        Connection.Close();

        // The connection may take its time to close, but who is killed is on no list from here on.
        _server.Remove(this);
    }

    /// <summary>What stands in the reply from there on tells of a write that may not be safe yet.</summary>
    public void NoteWrite(long replyFrom)
    {
        if (Reply.Length > replyFrom) (_unsafe ??= new HeldReplies()).NoteWrite(Reply, replyFrom, _server.Gate.Offset);
    }

    /// <summary>All that happened before this offset of the journal is safe.</summary>
    public void ReleaseReplies(long offset)
    {
        _unsafe!.IsListed = false;
        _unsafe.Release(offset);
        SendOn();
        if (!_unsafe.IsEmpty) StandAtGate();
    }

    /// <summary>What this client has written last may be lost.</summary>
    public void FailReplies(ReadOnlySpan<byte> error)
    {
        _unsafe!.IsListed = false;
        if (_unsafe.TryFail(Reply, error)) SendOn();
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
        _server.Messages.UnsubscribeAll(this);

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
        long allowed = _server.Gate.IsClosed || _unsafe is { IsIdle: false } ? PassGate() : Reply.Length;
        while (!IsCongested && allowed > 0)
        {
            ReadOnlySpan<byte> bytes = Reply.First;
            if (bytes.Length > allowed) bytes = bytes[..(int)allowed];
            int sent = Connection.Send(bytes);
            Reply.Consume(sent);
            _unsafe?.Sent(sent);
            allowed -= sent;
            _server.Statistics.Writes++;
            _server.Statistics.OutputBytes += sent;
            IsCongested = sent < bytes.Length;
        }

        if (IsReplica && Reply.IsEmpty && !IsClosing) SendToReplica(Replica!);
        if (IsClosing && Reply.IsEmpty) Connection.Close();
    }

    /// <summary>How much of the reply may leave; the rest waits.</summary>
    private long PassGate()
    {
        if (Reply.IsEmpty) return 0;
        _unsafe ??= new HeldReplies();
        if (_server.Gate.IsClosed)
        {
            _unsafe.Hold(Reply, _server.Gate.Offset);
            if (!_unsafe.IsEmpty) StandAtGate();
            return _unsafe.Allowed;
        }

        // It stands open because all is safe, or because the disk has refused meanwhile.
        if (_server.Gate.Error is not { } error) _unsafe.Release(long.MaxValue);
        else if (!_unsafe.TryFail(Reply, error)) CloseAtOnce();
        return Reply.Length;
    }

    private void StandAtGate()
    {
        if (_unsafe!.IsListed) return;
        _unsafe.IsListed = true;
        _server.Gate.Add(this);
    }

    /// <summary>Straight from where all replicas' bytes lie; a part of it a turn, so that a replica far behind does not hold up the others.</summary>
    private void SendToReplica(Replica replica)
    {
        int share = Math.Clamp(AllReplicasBytesPerTurn / Math.Max(1, _server.Replicas.Count), FlushAt / 4, ReplicaBytesPerTurn);
        int left = share;
        while (!IsCongested && left > 0)
        {
            ReadOnlySpan<byte> bytes = replica.Next;
            if (bytes.IsEmpty) break;
            if (bytes.Length > left) bytes = bytes[..left];
            int sent = Connection.Send(bytes);
            replica.Advance(sent);
            left -= sent;
            IsCongested = sent < bytes.Length;
            _server.Statistics.Writes++;
            if (IsClosing) return;
        }

        _server.Replicas.NoteSent(replica, share - left);
        if (left == 0) _server.Loop.FlushLater(this, FlushPhase.Replies);
        if (replica.PendingBytes >= _server.OutputWatch.LowestBytes) _server.OutputWatch.Check(this);
    }

    private void NoteMemory()
    {
        if (_server.ClientEvictor.IsOn) _server.ClientEvictor.Note(this);
    }

    private void ProcessHeld()
    {
        _held.Consume(Process(_held.Bytes));
        if (_held.Length == 0 || IsClosing)
        {
            _held.Release(_server.Pool);
            return;
        }

        if (!ExceedsInputLimit(_held.Length) && _held.Length >= PauseAt && !MayExecute) PauseInput();
    }

    /// <summary>Whether so many bytes are too many to wait for their execution; the client is closed then.</summary>
    private bool ExceedsInputLimit(int bytes)
    {
        // What a transaction has queued came the same way, and waits as well.
        long waiting = bytes + (Transaction?.ArgumentBytes ?? 0);
        long limit = IsAuthenticated ? _server.Settings.QueryBufferLimit : Math.Min(UnauthenticatedInput, _server.Settings.QueryBufferLimit);
        if (waiting <= limit) return false;

        ShardLog.QueryBufferLimit(_server.Logger, Id, Address, waiting);
        CloseAtOnce();
        return true;
    }

    /// <summary>Executes the requests that are whole, and returns how many bytes they took.</summary>
    private int Process(ReadOnlySpan<byte> bytes)
    {
        Debug.Assert(!_isProcessing, "a handler must not lead back here: arguments lie in the bytes that are being read");
        _isProcessing = true;
        int at = 0;
        RequestReader reader = _reader ?? _server.Reader;
        while (at < bytes.Length && MayExecute)
        {
            if (_reader == null && IsAuthenticated && _server.LookAhead.Count == 0)
            {
                int used = ExecuteAhead(bytes[at..]);
                at += used;
                if (used > 0 || !MayExecute) continue;
            }

            reader.Limits = IsAuthenticated ? _server.RequestLimits : RequestLimits.Unauthenticated;
            RequestStatus status = reader.Read(bytes[at..]);
            if (status == RequestStatus.Incomplete)
            {
                // It knows how far it has come: it stays with the request, and the others get another one.
                if (_reader == null)
                {
                    _reader = reader;
                    _server.ReplaceReader();
                }

                _isProcessing = false;
                return at;
            }

            if (status == RequestStatus.Complete)
            {
                Execute(reader.Arguments(bytes[at..]));
                if (IsPutOff(reader.Consumed)) break;
            }
            else if (status == RequestStatus.Error)
            {
                RefuseProtocol(reader.Error);
            }

            at += reader.Consumed;
        }

        ReleaseReader();
        _isProcessing = false;
        return at;
    }

    /// <summary>Whether the request was not executed, but stays where it is, with so many bytes.</summary>
    private bool IsPutOff(int bytes)
    {
        if (_postponed == null) return false;
        _postponed.ValueRef = _postponed.Value with { InputBytes = bytes };
        return true;
    }

    /// <summary>Executes requests of a pipeline that were found together, and returns how many bytes they took; zero when none was found.</summary>
    private int ExecuteAhead(ReadOnlySpan<byte> bytes)
    {
        LookAhead ahead = _server.LookAhead;
        ahead.Gather(bytes, _server.RequestLimits, Database);
        int at = 0;
        for (int i = 0; i < ahead.Count && MayExecute && IsAuthenticated; i++)
        {
            Execute(ahead.Arguments(i, bytes));
            if (IsPutOff(ahead.EndOf(i) - at)) break;
            at = ahead.EndOf(i);
        }

        ahead.Clear();
        return at;
    }

    private void Execute(Arguments arguments)
    {
        if (IsReplica) ExecuteForReplica(arguments);
        else if (ReplyMode == ReplyMode.On) _server.Dispatcher.Execute(this, arguments, Reply);
        else ExecuteUnheard(arguments);

        if (Reply.Length >= _server.OutputWatch.LowestBytes) _server.OutputWatch.Check(this);
        if (Reply.Length > FlushAt && !IsClosingSoon) Send();
        if (Reply.Length >= PauseAt)
        {
            _obstacles |= Obstacles.OutputFull;
            PauseInput();
        }

        if (!IsAuthenticated && Reply.Length > UnauthenticatedOutput) DrainUnauthenticated();
    }

    private void ExecuteUnheard(Arguments arguments)
    {
        // SKIP covers this one command, whatever it is; CLIENT REPLY ON ends OFF and is heard again.
        bool isSkipped = ReplyMode == ReplyMode.SkipNext;
        if (isSkipped) ReplyMode = ReplyMode.On;
        _server.Dispatcher.Execute(this, arguments, _server.Unheard);
        if (!isSkipped && ReplyMode == ReplyMode.On) _server.Unheard.MoveTo(Reply);
        else if (isSkipped && _postponed != null) ReplyMode = ReplyMode.SkipNext;
        _server.Unheard.Clear();
    }

    // Its connection carries the stream: there is no place for a reply, and a replica does nothing that needs one.
    private void ExecuteForReplica(Arguments arguments)
    {
        long before = Reply.Length;
        _server.Dispatcher.Execute(this, arguments, _server.Unheard);
        if (_server.Unheard.IsEmpty && Reply.Length == before) return;

        string command = LastCommand?.Name ?? "<unknown>";
        ServingLog.MadeAReply(_server.Logger, command, ClientDescription.Of(this));
        ReadOnlySpan<byte> reply = _server.Unheard.First;
        if (reply.StartsWith("-"u8)) ServingLog.MadeAnError(_server.Logger, _server.IsReplica ? "replica" : "master", LogText.Of(reply[1..].TrimEnd("\r\n"u8)), command);
        _server.Unheard.Clear();
        CloseSoon();
    }

    private void DrainUnauthenticated()
    {
        Send();
        if (Reply.Length <= UnauthenticatedOutput) return;
        ShardLog.UnauthenticatedOutput(_server.Logger, Id, Address);
        CloseAtOnce();
    }

    private void RefuseProtocol(ReadOnlySpan<byte> error)
    {
        ShardLog.ProtocolError(_server.Logger, Id, Address, Encoding.ASCII.GetString(error));
        _server.Statistics.CountError(error);
        Reply.WriteError(error);
        CloseAfterReplies();
    }

    private void ReleaseReader()
    {
        if (_reader == null) return;
        _reader.Reset();
        _server.KeepReader(_reader);
        _reader = null;
    }

    // Who comes through a Unix socket has no name of its own: both ends go by the socket's path, as Redis shows them.
    private string Format(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip => $"[{ip.Address}]:{ip.Port}",
        IPEndPoint ip => $"{ip.Address}:{ip.Port}",
        _ when IsUnix => $"{_server.UnixPath}:0",
        null => "",
        _ => $"{endPoint}:0",
    };
}
