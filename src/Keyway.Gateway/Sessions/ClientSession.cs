using System.Text;
using Keyway.Gateway.Links;
using Keyway.Gateway.Local.Clients;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Users;
using Keyway.Platform;
using Keyway.Platform.Tls;
using Keyway.Protocol;
using Keyway.Protocol.Clients;

namespace Keyway.Gateway.Sessions;

/// <summary>
/// One client: its bytes become requests, each goes where the map says or is answered here, and replies leave in the order of requests.
/// A request that cannot be taken yet (<see cref="BlockReason"/>) stays unparsed, and the client unread, until it can.
/// </summary>
internal sealed partial class ClientSession : ConnectionHandler, IDescribedClient
{
    /// <summary>The largest request that goes onto a shared link; it is sent whole or not at all.</summary>
    public const int LargestShared = 64 * 1024;

    // What a client has not taken yet of its replies: past the first we take no more of its requests, below the second we do again.
    private const int OutputPauseBytes = 1024 * 1024;
    private const int OutputResumeBytes = 256 * 1024;

    // The same for somebody who has not said who it is. A stranger that does not even take these is closed.
    private const int StrangersOutputBytes = 1024;

    // A send costs what copying this much costs; a fuller buffer is not held back.
    private const int DeferBelowBytes = 16 * 1024;

    // What the replies to the requests in flight may come to, by this client's average: a thousand GETs of small values, a few of large ones.
    private const int ExpectedReplyBytes = 4 * 1024 * 1024;
    private const int PipelineAlwaysAllowed = 16;

    // What a reply is taken to be before any has come: nobody gets a thousand large values at once before we know that they are large.
    private const int AssumedReplyBytes = 16 * 1024;

    private readonly ReplyQueue _queue;
    private readonly ReplyBuffer _output;
    private LinkUse[] _uses = [];
    private int _averageReply = AssumedReplyBytes;

    // Received and not taken yet: the beginning of a request, or whole ones while blocked.
    private byte[] _pending = [];
    private int _pendingStart;
    private int _pendingEnd;

    private RequestReader? _reader;
    private RequestStream? _stream;
    private BlockReason _blocked;
    private bool _resumeQueued;
    private bool _readingPaused;
    private bool _inputEnded;
    private bool _closing;
    private bool _outputFull;
    private bool _waitsForRoom;
    private bool _flushDeferred;
    private bool _closed;
    private int _outputPauseBytes;
    private long _waitsSinceTicks;
    private uint _waitedSequence;
    private long _waitedTicks;

    public ClientSession(GatewayLoop loop, PoolState pool, int index, uint firstSequence)
    {
        Loop = loop;
        Index = index;
        _queue = new ReplyQueue(loop.Buffers);
        _queue.StartAt(firstSequence);
        _output = new ReplyBuffer(loop.Buffers);
        ConnectedAtMs = LastInputMs = LastTakenMs = loop.Events.NowMs;
        State = new SessionState(loop.Info.NextClientId(), pool.Users.Default);
        Pool = pool.ViewOf(State.User, State.Database);
        LimitOutput();
    }

    public GatewayLoop Loop { get; }

    public PoolState Pool { get; private set; }

    /// <summary>Its place in the loop's table, which requests in flight name.</summary>
    public int Index { get; }

    /// <summary>What the client has set for itself: user, protocol, database, name.</summary>
    public SessionState State { get; }

    public uint NextSequence => _queue.NextSequence;

    public int RequestsInFlight => _queue.Count;

    public bool IsClosed => _closed;

    /// <summary>It is taken no more requests of.</summary>
    public bool IsClosing => _closing;

    public long Id => State.Id;

    public string UserName => State.UserName;

    public string Address => ClientAddress.Of(Connection.RemoteEndPoint);

    public string LocalAddress => ClientAddress.Of(Connection.LocalEndPoint);

    public ClientType Type => State.Has(SessionModes.Subscribed) ? ClientType.PubSub : ClientType.Normal;

    /// <summary>The row of its last request that was answered, or off the straight road begun; -1 before there was one.</summary>
    public int LastCommand { get; set; } = -1;

    public long ConnectedAtMs { get; }

    public long LastInputMs { get; private set; }

    /// <summary>When the client last took some of its replies, or began to have none waiting.</summary>
    public long LastTakenMs { get; private set; }

    /// <summary>Since when the requests that have come wait for a shard without a master; -1 when they do not. Those behind have waited as long.</summary>
    public long HeldSinceMs { get; set; } = -1;

    public RequestStream? Stream => _stream;

    public BlockReason Blocked => _blocked;

    /// <summary>What reads the present request.</summary>
    public RequestReader Reader => _reader ?? (State.IsAuthenticated ? Loop.Reader : Loop.GuardedReader);

    public int PendingBytes => _pendingEnd - _pendingStart;

    public long OutputBytes => _output.Length + _queue.StashBytes + _keptBytes;

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        LastInputMs = Loop.Events.NowMs;
        Pool.Counters.ReceivedBytes += bytes.Length;
        if (_closing) return;
        if (_blocked != BlockReason.None)
        {
            // On its way before reading was paused: what is ahead of it decides when its turn comes.
            KeepPending(bytes);
            return;
        }
        if (_pendingEnd == 0)
        {
            HeldSinceMs = -1;
            int taken = Process(bytes);
            if (taken < bytes.Length && !_closing) KeepPending(bytes[taken..]);
            return;
        }
        KeepPending(bytes);
        ProcessPending();
    }

    /// <summary>A client that has said its last word still reads the answers to what it asked.</summary>
    public override void OnEndOfInput()
    {
        _inputEnded = true;
        if (_stream is not null) Abort();
        else if (Wait is not null) LeaveWait();
        else CloseWhenDone();
    }

    public override void OnWritable()
    {
        _waitsForRoom = false;
        Flush();
    }

    public override void Flush()
    {
        if (_closed || _waitsForRoom) return;
        if (_queue.Count > 0 && !_flushDeferred && _output.Length < DeferBelowBytes)
        {
            // More of its replies are on their way, from other shards: those that come with the next look leave in the same send. Only if there is
            // something to look for does the loop look again without sleeping, so nothing waits for time to pass.
            _flushDeferred = true;
            Loop.Events.FlushLater(this, FlushPhase.Requests);
            return;
        }
        _flushDeferred = false;
        while (!_output.IsEmpty)
        {
            ReadOnlySpan<byte> first = _output.First;
            ReadOnlySpan<byte> second = _output.Second;
            int sent = second.IsEmpty ? Connection.Send(first) : Connection.Send(first, second);
            if (sent > 0)
            {
                LastTakenMs = Loop.Events.NowMs;
                Pool.Counters.SentBytes += sent;
                _output.Consume(sent);
            }
            if (sent == first.Length + second.Length) continue;
            _waitsForRoom = true;
            if (!State.IsAuthenticated) CloseOverLimit("it does not take its replies, and has not said who it is");
            break;
        }
        if (_outputFull && _output.Length < OutputResumeBytes)
        {
            _outputFull = false;
            ResumeLargeReplies();
        }
        if (_blocked == BlockReason.Replies && HasRoomForReplies()) Unblock();
        if (_closing || _inputEnded) CloseWhenDone();
    }

    public override void OnClosed(Exception? error)
    {
        if (_closed) return;
        _closed = true;
        _closing = true;
        if (error is TlsException { IsHandshake: true }) Loop.Strangers.NoteHandshake(Pool.Definition.Name, Connection.RemoteEndPoint, error.Message, Loop.Events.NowMs);
        _stream?.Abandon();
        _stream = null;
        AbandonWait();

        // Before what is awaited is given back: what is in flight on a link of its own fails here, and is given back by that.
        LeaveTransaction();
        ForgetPushes();
        for (uint i = 0; i < _queue.Count; i++)
        {
            if (_queue[i].Held is AwaitedReply gather) gather.Return(Loop);
            else if (_queue[i].Held is ReplyBuffer held) held.Clear();
        }
        foreach (ref LinkUse use in _uses.AsSpan())
        {
            if (use.Held is { } refused) refused.Backend.Refused.Forget(refused);
        }
        StopMonitoring();
        _queue.Free();
        _output.Clear();
        FreePending();
        ReturnReader();
        ResumeLargeReplies();
        Loop.Forget(this);
    }

    /// <summary>Ends the connection at once: what the client should have had cannot be completed, or it broke a limit.</summary>
    public void Abort()
    {
        if (_closed) return;
        _closing = true;
        Connection.Abort();
    }

    /// <summary>No further requests; closes once every reply has left. What the client still sends is not looked at.</summary>
    public void CloseAfterReplies()
    {
        if (Wait is not null)
        {
            // There is no saying when its reply will come.
            LeaveWait();
            return;
        }
        _closing = true;
        FreePending();
        ReturnReader();
        Loop.Events.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>Something that a request waited for may have come about: it is tried again in this turn.</summary>
    public void Unblock(BlockReason only = BlockReason.None)
    {
        if (_blocked == BlockReason.None || _resumeQueued || _closed) return;
        if (only != BlockReason.None && only != _blocked) return;
        _resumeQueued = true;
        Loop.QueueResume(this);
    }

    /// <summary>Called by the loop for those that asked by <see cref="Unblock"/>.</summary>
    public void Resume()
    {
        _resumeQueued = false;
        if (_closed || _closing) return;
        _blocked = BlockReason.None;
        uint first = NextSequence;
        ProcessPending();
        if (_blocked == BlockReason.None || NextSequence != first) EndWait(first);
        if (_blocked != BlockReason.None || _closing) return;
        if (_readingPaused)
        {
            _readingPaused = false;
            if (!_inputEnded) Connection.ResumeReading();
        }
        if (_inputEnded) CloseWhenDone();
    }

    public void Block(BlockReason reason)
    {
        _blocked = reason;
        if (_waitsSinceTicks == 0) _waitsSinceTicks = Loop.Events.NowTicks;
    }

    /// <summary>How long that request was kept here before it could be sent. Only the latest that had to wait is known.</summary>
    public long WaitedBefore(uint sequence) => sequence == _waitedSequence ? _waitedTicks : 0;

    private void EndWait(uint sequence)
    {
        long nowTicks = Loop.Events.NowTicks;
        _waitedSequence = sequence;
        _waitedTicks = _waitsSinceTicks == 0 ? 0 : nowTicks - _waitsSinceTicks;
        _waitsSinceTicks = _blocked == BlockReason.None ? 0 : nowTicks;
    }

    /// <summary>The pool's rules and limits have been exchanged under the client's feet; its requests in flight go on as they are.</summary>
    public void MoveTo(PoolState pool)
    {
        Pool.CollectedBytes -= _pending.Length;
        Transaction?.MoveTo(pool);
        Pool = pool;
        Pool.CollectedBytes += _pending.Length;
        if (pool.Users.Find(State.User.NameBytes) is not { IsOn: true } user)
        {
            if (State.IsAuthenticated) CloseAfterReplies();
            return;
        }
        State.Become(user, hasShownPassword: State.IsAuthenticated);
        Pool = pool.ViewOf(user, State.Database);
        LimitOutput();
    }

    /// <summary>The client has become somebody else, whose keys may live elsewhere.</summary>
    public void Become(User user)
    {
        State.Become(user, hasShownPassword: true);
        Pool = Pool.ViewOf(user, State.Database);
        LimitOutput();
    }

    /// <summary>SELECT: the database's keys may live elsewhere.</summary>
    public void SelectDatabase(int database)
    {
        State.Database = database;
        Pool = Pool.ViewOf(State.User, database);
    }

    /// <summary>It is shown what all clients ask.</summary>
    public bool IsMonitor { get; set; }

    private void StopMonitoring()
    {
        if (!IsMonitor) return;
        IsMonitor = false;
        Loop.Monitors.Remove(this);
    }

    /// <summary>RESET, all but the reply: as the connection began.</summary>
    public void Reset()
    {
        StopMonitoring();
        LeaveTransaction();
        DropSubscriptions();
        State.Reset(Pool.Users.Default);
        Pool = Pool.ViewOf(State.User, State.Database);
        LimitOutput();
    }

    /// <summary>Something was refused to the client: ACL LOG tells of it.</summary>
    public void NoteDenial(DenialReason reason, ReadOnlySpan<byte> what, string? user = null)
    {
        string text = Encoding.Latin1.GetString(what[..Math.Min(what.Length, 128)]);
        Loop.Denials.Add(reason, inTransaction: false, text, user ?? State.UserName, SessionDescription.Of(this), Loop.Events.NowMs);
    }

    private void LimitOutput() => _outputPauseBytes = State.IsAuthenticated ? OutputPauseBytes : StrangersOutputBytes;

    /// <summary>Begins a large request that has come whole, or whose beginning is among what is pending.</summary>
    public void Begin(RequestStream stream)
    {
        _stream = stream;
        Loop.Streaming.Add(this);
    }

    /// <summary>Whether this is how a client begins that wants to speak TLS; then it is closed: it would wait for an answer that it understands.</summary>
    public bool RefusedAsTls(ReadOnlySpan<byte> start)
    {
        // A handshake's record of version 3.x: no request begins with these.
        if (start is not [0x16, 0x03, ..]) return false;
        Loop.Strangers.NoteTls(Pool.Definition.Name, Connection.RemoteEndPoint, Loop.Events.NowMs);
        Abort();
        return true;
    }

    public ref LinkUse UseOf(ShardBackend backend)
    {
        if (backend.Slot >= _uses.Length) Array.Resize(ref _uses, Math.Max(backend.Slot + 1, Loop.BackendSlots));
        return ref _uses[backend.Slot];
    }

    /// <summary>Takes requests from the input until it ends or one cannot be taken.</summary>
    /// <returns>How many bytes were used up.</returns>
    private int Process(ReadOnlySpan<byte> input)
    {
        int at = 0;
        Loop.ReadFor(Pool);
        while (at < input.Length && !_closing)
        {
            if (_stream is not null)
            {
                at += FeedStream(input[at..]);
                if (_blocked != BlockReason.None) break;
                continue;
            }
            if (!HasRoomForReplies())
            {
                _blocked = BlockReason.Replies;
                break;
            }

            RequestReader reader = Reader;
            ReadOnlySpan<byte> rest = input[at..];
            RequestStatus status = reader.Read(rest);
            if (status == RequestStatus.Complete)
            {
                if (!Loop.Router.Route(this, reader, rest))
                {
                    reader.Reset();
                    if (_stream is null) break;
                    continue;
                }
                at += reader.Consumed;
                if (_reader is not null) ReturnReader();
            }
            else if (status == RequestStatus.Incomplete)
            {
                if (reader.KnownLength > LargestShared && !reader.IsInline)
                {
                    LargeRequest next = Loop.Router.BeginLarge(this, reader, rest);
                    if (next == LargeRequest.Streams) return input.Length;
                    if (next == LargeRequest.Refused) break;
                    if (next == LargeRequest.Waits)
                    {
                        reader.Reset();
                        break;
                    }
                }
                if (reader.IsInline && RefusedAsTls(rest)) break;
                KeepReader(reader);
                break;
            }
            else if (status == RequestStatus.Empty)
            {
                at += reader.Consumed;
            }
            else
            {
                if (!RefusedAsTls(rest)) RefuseProtocol(reader.Error);
                break;
            }
        }
        if (_blocked != BlockReason.None && !_readingPaused && !_closing)
        {
            _readingPaused = true;
            Connection.PauseReading();
        }
        if (_blocked == BlockReason.Wait && !_closing) Connection.WatchForHangUp();
        return at;
    }

    private int FeedStream(ReadOnlySpan<byte> input)
    {
        RequestStream stream = _stream!;
        int fed = stream.Feed(input);
        if (stream.HasError)
        {
            EndStream();
            if (stream.Refuse()) CloseAfterReplies();
            else RefuseProtocol(stream.Error);
        }
        else if (stream.IsDone)
        {
            EndStream();
        }
        else if (stream.WaitsForLink)
        {
            _blocked = BlockReason.Stream;
        }
        return fed;
    }

    private void EndStream()
    {
        _stream = null;
        Loop.Streaming.Remove(this);
    }

    private void ProcessPending()
    {
        int taken = Process(_pending.AsSpan(_pendingStart, _pendingEnd - _pendingStart));
        if (_closing) return;
        _pendingStart += taken;
        if (_pendingStart == _pendingEnd) FreePending();
    }

    private void KeepPending(ReadOnlySpan<byte> bytes)
    {
        if (_pendingEnd + bytes.Length > _pending.Length) MakeRoomForPending(bytes.Length);
        bytes.CopyTo(_pending.AsSpan(_pendingEnd));
        _pendingEnd += bytes.Length;
    }

    private void MakeRoomForPending(int more)
    {
        int kept = _pendingEnd - _pendingStart;
        byte[] target = _pending;

        // Moving what is kept to the front is only worth it when most of the array is free; otherwise a slow sender of a large request pays n².
        if (kept + more > _pending.Length / 2) target = Loop.Buffers.Rent(Math.Max(kept + more, 2 * kept));
        Buffer.BlockCopy(_pending, _pendingStart, target, 0, kept);
        if (target != _pending)
        {
            Pool.CollectedBytes += target.Length - _pending.Length;
            if (_pending.Length > 0) Loop.Buffers.Return(_pending);
            _pending = target;
        }
        _pendingStart = 0;
        _pendingEnd = kept;
    }

    private void FreePending()
    {
        Pool.CollectedBytes -= _pending.Length;
        if (_pending.Length > 0) Loop.Buffers.Return(_pending);
        _pending = [];
        _pendingStart = _pendingEnd = 0;
    }

    private void KeepReader(RequestReader reader)
    {
        if (_reader is null) _reader = Loop.TakeReader(reader);
    }

    private void ReturnReader()
    {
        if (_reader is null) return;
        Loop.ReturnReader(_reader);
        _reader = null;
    }

    private bool HasRoomForReplies()
    {
        if (_queue.Count >= Pool.Definition.MaxPipeline || OutputBytes > _outputPauseBytes) return false;
        return _queue.Count < PipelineAlwaysAllowed || (long)_queue.Count * _averageReply < ExpectedReplyBytes;
    }

    private void RefuseProtocol(ReadOnlySpan<byte> error)
    {
        GatewayLog.ProtocolError(Loop.Log, Pool.Definition.Name, System.Text.Encoding.ASCII.GetString(error));
        ReplyBuffer reply = BeginReply();
        reply.WriteError(error);
        EndReply(reply);
        CloseAfterReplies();
    }

    private void CloseWhenDone()
    {
        if (_closed || _queue.Count > 0 || !_output.IsEmpty) return;

        // Input that has ended may still hold whole requests that wait for room.
        if (_inputEnded && !_closing && _blocked != BlockReason.None) return;
        _closing = true;
        Connection.Close();
    }
}
