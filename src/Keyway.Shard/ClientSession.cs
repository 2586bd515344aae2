using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Keyway.Platform;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Blocking;
using Keyway.Shard.Keyspace;
using Keyway.Shard.PubSub;
using Keyway.Shard.Transactions;

namespace Keyway.Shard;

/// <summary>
/// One client: turns its bytes into requests, has them executed, and sends the replies once a turn. A request that arrives whole is executed where it
/// lies; of one that does not, the bytes are kept. Who does not read its replies is not read from either.
/// </summary>
internal sealed class ClientSession : ConnectionHandler
{
    private const int FlushAt = 256 * 1024;              // within a turn: what has left needs no memory
    private const int PauseAt = 1024 * 1024;
    private const int ResumeAt = PauseAt / 2;
    private const int UnauthenticatedOutput = 1024;      // enough for refusals; not for filling our memory

    private readonly ShardServer _server;
    private RequestReader? _reader;                      // while a request is half received
    private byte[]? _held;                               // what was received and is not executed yet
    private int _heldStart, _heldEnd;
    private bool _isCongested;                           // the transport has no room
    private bool _isPaused;                              // until the peer reads
    private bool _isInputPaused;                         // by either reason that there is
    private bool _mustResume;                            // a wait has ended: what came meanwhile is executed at the end of the turn
    private bool _isClosing;
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

    public long Id { get; }

    public Database Database { get; set; }

    public bool IsResp3 { get; set; }

    public bool IsAuthenticated { get; set; }

    public byte[] Name { get; set; } = [];

    public bool IsExemptFromEviction { get; set; }

    public ReplyMode ReplyMode { get; set; }

    public Command? LastCommand { get; set; }

    public long CreatedMs { get; }

    public long LastActiveMs { get; private set; }

    public ReplyBuffer Reply { get; }

    public bool IsClosing => _isClosing;

    /// <summary>What it takes in buffers.</summary>
    public long MemoryBytes => (_held?.Length ?? 0) + Reply.Length;

    public int HeldBytes => _heldEnd - _heldStart;

    /// <summary>The request that waits for keys; until it is served, times out or is released, nothing more is executed.</summary>
    public BlockedRequest? Blocked { get; private set; }

    /// <summary>What it executes may not wait: it is part of a transaction.</summary>
    public bool DeniesBlocking => Transaction is { IsExecuting: true };

    /// <summary>Once it has called MULTI or WATCH.</summary>
    public TransactionState? Transaction { get; private set; }

    /// <summary>Between MULTI and the end of EXEC.</summary>
    public bool IsInTransaction => Transaction is { IsOpen: true };

    /// <summary>While it listens to anything.</summary>
    public Subscriber? Subscriber { get; set; }

    /// <summary>Neighbours in the server's list, in order of arrival.</summary>
    public ClientSession? Next, Previous;

    public string Address => Format(Connection.RemoteEndPoint);

    public string LocalAddress => Format(Connection.LocalEndPoint);

    public bool IsLocal => Connection.RemoteEndPoint is not IPEndPoint { Address: var address } || IPAddress.IsLoopback(address);

    public bool IsUnix => Connection.RemoteEndPoint is { AddressFamily: AddressFamily.Unix };

    /// <summary>Back to how a new connection starts (RESET).</summary>
    public void Reset()
    {
        Database = _server.Databases[0];
        IsResp3 = false;
        IsAuthenticated = !_server.NeedsPassword;
        Name = [];
        EndTransaction();
        _server.Messages.UnsubscribeAll(this);
        ReplyMode = ReplyMode.On;
    }

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_isClosing || _server.IsStopped) return;

        _server.BeginBatch();
        _server.Statistics.Reads++;
        _server.Statistics.InputBytes += bytes.Length;
        LastActiveMs = _server.Loop.NowMs;

        if (_held == null && MayExecute)
        {
            int used = Process(bytes);
            if (used < bytes.Length && !_isClosing) Hold(bytes[used..]);
        }
        else
        {
            Hold(bytes);
            ProcessHeld();
        }

        if (!Reply.IsEmpty || _isClosing) _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    // Whoever pipes requests in and closes its end still waits for the replies; but nobody serves a client that has hung up.
    public override void OnEndOfInput()
    {
        if (Blocked != null) CloseAtOnce();
        else CloseAfterReplies();
    }

    public override void Flush()
    {
        if (_mustResume) ResumeHeld();
        Send();
    }

    public TransactionState OpenTransactionState() => Transaction ??= new TransactionState(_server.Databases.Memory);

    /// <summary>Forgets what is queued and what is watched.</summary>
    public void EndTransaction()
    {
        if (Transaction == null) return;
        _server.Watched.RemoveAll(Transaction);
        Transaction.Close();
    }

    /// <summary>From now on this request waits.</summary>
    public void BeginWait(BlockedRequest request) => Blocked = request;

    /// <summary>The request that waited has been answered.</summary>
    public void EndWait()
    {
        ForgetWait();
        _mustResume = true;
        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    private bool MayExecute => !_isPaused && Blocked == null && !_mustResume;

    private void ForgetWait()
    {
        if (Blocked == null) return;
        _server.Blocked.Remove(Blocked);
        Blocked = null;
    }

    /// <summary>What came while nothing could be executed.</summary>
    private void ResumeHeld()
    {
        _mustResume = false;
        if (_isClosing) return;
        _server.BeginBatch();
        if (_held != null) ProcessHeld();
        ResumeInput();
    }

    private void PauseInput()
    {
        if (_isInputPaused) return;
        _isInputPaused = true;
        Connection.PauseReading();
    }

    private void ResumeInput()
    {
        if (!_isInputPaused || !MayExecute || _isClosing) return;
        _isInputPaused = false;
        Connection.ResumeReading();
    }

    private void Send()
    {
        while (!_isCongested && !Reply.IsEmpty)
        {
            ReadOnlySpan<byte> bytes = Reply.First;
            int sent = Connection.Send(bytes);
            Reply.Consume(sent);
            _server.Statistics.Writes++;
            _server.Statistics.OutputBytes += sent;
            _isCongested = sent < bytes.Length;
        }

        if (_isClosing && Reply.IsEmpty) Connection.Close();
    }

    public override void OnWritable()
    {
        _isCongested = false;
        Send();
        if (!_isPaused || Reply.Length > ResumeAt || _isClosing) return;

        _isPaused = false;
        if (MayExecute) ResumeHeld();
        if (!Reply.IsEmpty || _isClosing) _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    public override void OnClosed(Exception? error)
    {
        _isClosing = true;
        Leave();
        Reply.Clear();
        ReleaseHeld();
        ReleaseReader();
        _server.Remove(this);
    }

    /// <summary>Sends a message to a client that listens: all but its first byte, which depends on the client's protocol.</summary>
    public void Push(ReadOnlySpan<byte> frame)
    {
        if (_isClosing) return;
        Reply.Append(IsResp3 ? ">"u8 : "*"u8);
        Reply.Append(frame);
        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>Executes nothing more, and ends the connection when the replies so far have left.</summary>
    public void CloseAfterReplies()
    {
        if (_isClosing) return;
        _isClosing = true;
        Leave();
        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>Ends the connection without a word.</summary>
    public void CloseAtOnce()
    {
        _isClosing = true;
        Leave();
        Reply.Clear();
        Connection.Close();
    }

    /// <summary>Nobody may find this client any more in what others look through.</summary>
    private void Leave()
    {
        ForgetWait();
        _server.Messages.UnsubscribeAll(this);
        if (!DeniesBlocking) EndTransaction();
    }

    private void ProcessHeld()
    {
        _heldStart += Process(_held.AsSpan(_heldStart, HeldBytes));
        if (HeldBytes == 0 || _isClosing)
        {
            ReleaseHeld();
            return;
        }

        if (HeldBytes <= _server.Settings.QueryBufferLimit)
        {
            if (HeldBytes >= PauseAt && !MayExecute) PauseInput();
            return;
        }

        ShardLog.QueryBufferLimit(_server.Logger, Id, Address, HeldBytes);
        CloseAtOnce();
    }

    /// <summary>Executes the requests that are whole, and returns how many bytes they took.</summary>
    private int Process(ReadOnlySpan<byte> bytes)
    {
        Debug.Assert(!_isProcessing, "a handler must not lead back here: arguments lie in the bytes that are being read");
        _isProcessing = true;
        int at = 0;
        RequestReader reader = _reader ?? _server.Reader;
        while (at < bytes.Length && !_isClosing && MayExecute)
        {
            if (_reader == null && IsAuthenticated && _server.LookAhead.Count == 0)
            {
                int used = ExecuteAhead(bytes[at..]);
                at += used;
                if (used > 0) continue;
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

            if (status == RequestStatus.Complete) Execute(reader.Arguments(bytes[at..]));
            else if (status == RequestStatus.Error) RefuseProtocol(reader.Error);
            at += reader.Consumed;
        }

        ReleaseReader();
        _isProcessing = false;
        return at;
    }

    /// <summary>Executes requests of a pipeline that were found together, and returns how many bytes they took; zero when none was found.</summary>
    private int ExecuteAhead(ReadOnlySpan<byte> bytes)
    {
        LookAhead ahead = _server.LookAhead;
        ahead.Gather(bytes, _server.RequestLimits, Database);
        int at = 0;
        for (int i = 0; i < ahead.Count && !_isClosing && MayExecute && IsAuthenticated; i++)
        {
            Execute(ahead.Arguments(i, bytes));
            at = ahead.EndOf(i);
        }

        ahead.Clear();
        return at;
    }

    private void Execute(Arguments arguments)
    {
        if (ReplyMode == ReplyMode.On) _server.Dispatcher.Execute(this, arguments, Reply);
        else ExecuteUnheard(arguments);

        if (Reply.Length > FlushAt) Send();
        if (Reply.Length >= PauseAt)
        {
            _isPaused = true;
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
        _server.Unheard.Clear();
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

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (_held == null || _heldEnd + bytes.Length > _held.Length) MakeRoom(bytes.Length);
        bytes.CopyTo(_held.AsSpan(_heldEnd));
        _heldEnd += bytes.Length;
    }

    // Twice what there is, never what a header announces.
    private void MakeRoom(int bytes)
    {
        int needed = checked(HeldBytes + bytes);
        byte[]? old = _held;
        if (old == null || needed > old.Length) _held = _server.Pool.Rent(old == null ? needed : (int)Math.Min(Math.Max(needed, 2L * HeldBytes), Array.MaxLength));

        if (old != null)
        {
            old.AsSpan(_heldStart, HeldBytes).CopyTo(_held);
            if (old != _held) _server.Pool.Return(old);
        }

        _heldEnd -= _heldStart;
        _heldStart = 0;
    }

    private void ReleaseHeld()
    {
        if (_held != null) _server.Pool.Return(_held);
        _held = null;
        _heldStart = _heldEnd = 0;
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
