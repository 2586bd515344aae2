using Keyway.Gateway.Blocking;
using Keyway.Protocol;

namespace Keyway.Gateway.Links;

/// <summary>
/// A link lent to one client for one large request, which streams through it: the request may take as long as its client takes, and a client
/// that leaves in the middle takes only this link with it. Afterwards, proven idle, it goes back to the pool.
/// </summary>
internal sealed class PrivateLink : ShardLink
{
    // Enough to keep a socket busy; what a client sends faster than the shard takes it stays in the client's socket.
    private const int PauseAbove = 1024 * 1024;
    private const int ResumeBelow = 256 * 1024;

    // A shard that owes a blocked client nothing says nothing: only its host's answers to such probes tell that it is still there.
    private const int ProbeAfterSeconds = 15;

    private readonly ReplyBuffer _outgoing;
    private bool _waitsForRoom;
    private bool _requestEnded = true;
    private ClientWait? _wait;

    public PrivateLink(NodeBackend node, LinkKey key)
        : base(node, key, probe: false)
    {
        _outgoing = new ReplyBuffer(node.Loop.Buffers);
    }

    /// <summary>Who is streaming, while it is.</summary>
    public Sessions.RequestStream? Stream { get; set; }

    /// <summary>When it was last given back; long-idle ones are closed.</summary>
    public long IdleSinceMs { get; set; }

    public override int QueuedBytes => (int)Math.Min(int.MaxValue, _outgoing.Length);

    /// <summary>While the client has not sent on, and all that it has sent has left, it is not the shard that is silent.</summary>
    public override bool OwesSomething =>
        base.OwesSomething && (_requestEnded || !_outgoing.IsEmpty) && (_wait is null || !IsReady || !_outgoing.IsEmpty);

    public bool HasRoom => _outgoing.Length < PauseAbove;

    /// <summary>Sends a whole request that the shard may answer at any time: once it has left, silence means nothing.</summary>
    public void Ask(ClientWait wait, int session, uint sequence, int command, ReadOnlySpan<byte> request, int part = 0)
    {
        _wait = wait;
        Begin(session, sequence, command, part);
        Write(request);
        EndRequest();
        if (IsReady) Connection.ProbeAfter(ProbeAfterSeconds);
    }

    /// <summary>Nobody waits for its answer any more, and it is of no use to anybody else: the shard still holds the request.</summary>
    /// <returns>The request whose answer will not come.</returns>
    public InFlight Abandon(string why)
    {
        _wait = null;
        InFlight asked = InFlight.Count > 0 ? InFlight[InFlight.Count - 1] : new InFlight { Session = Links.InFlight.Nobody };
        for (int i = 0; i < InFlight.Count; i++) InFlight[i].Session = Links.InFlight.Nobody;
        End(why, FailureKind.Retired);
        return asked;
    }

    public void Begin(int session, uint sequence, int command, int part = 0)
    {
        LastProgressMs = Loop.Events.NowMs;
        _requestEnded = false;
        ref InFlight request = ref InFlight.Add();
        request.Session = session;
        request.Sequence = sequence;
        request.StartTicks = Loop.Events.NowTicks;
        request.RequestBytes = 0;
        request.Command = (ushort)command;
        request.Part = (ushort)part;
        Backend.CountSent();
    }

    public void Write(ReadOnlySpan<byte> piece)
    {
        if (_outgoing.IsEmpty) LastProgressMs = Loop.Events.NowMs;
        _outgoing.Append(piece);
        Loop.Events.FlushLater(this, Platform.FlushPhase.Requests);
    }

    public void EndRequest()
    {
        _requestEnded = true;
        LastProgressMs = Loop.Events.NowMs;
    }

    /// <summary>While the request is still coming from its client, or leaving, the shard owes nothing.</summary>
    public bool ShardHoldsRequest => _requestEnded && _outgoing.IsEmpty;

    public override void Flush()
    {
        if (!IsReady || _waitsForRoom) return;
        while (!_outgoing.IsEmpty)
        {
            ReadOnlySpan<byte> first = _outgoing.First;
            ReadOnlySpan<byte> second = _outgoing.Second;
            int sent = second.IsEmpty ? Connection.Send(first) : Connection.Send(first, second);
            if (sent > 0) LastProgressMs = Loop.Events.NowMs;
            _outgoing.Consume(sent);
            if (sent < first.Length + second.Length)
            {
                _waitsForRoom = true;
                break;
            }
        }
        if (_outgoing.Length < ResumeBelow) Stream?.OnLinkHasRoom();
    }

    public override void OnWritable()
    {
        _waitsForRoom = false;
        Flush();
    }

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        // How long a client was blocked says nothing of the shard's speed, nor of the command's.
        if (_wait is not null && IsReady && InFlight.Count > 0) InFlight.First.StartTicks = Loop.Events.NowTicks;
        base.OnReceived(bytes);
    }

    protected override void BecameReady()
    {
        if (_wait is not null) Connection.ProbeAfter(ProbeAfterSeconds);
        Flush();
    }

    protected override bool TryTakeRefused(in InFlight request, ReadOnlySpan<byte> reply) =>
        _wait is null ? Backend.Refused.TryFail(this, in request, reply) : _wait.TryTakeRefused(this, in request, reply);

    protected override void OnAnswered(int requestBytes)
    {
        if (_requestEnded && _outgoing.IsEmpty)
        {
            if (InFlight.Count > 0 || _wait is not { } wait) return;
            _wait = null;
            wait.OnAnswered(this);
            return;
        }

        // Answered before it was asked in full (a server says so when it will read no further): what follows would not be understood.
        End("it answered before the request was complete", FailureKind.Protocol);
    }

    protected override void OnDrained()
    {
        if (!IsEnded) Node.GiveBack(this);
    }

    protected override void FailRequests(ShardFailure failure)
    {
        bool mayHaveRun = ShardHoldsRequest;
        Stream?.OnLinkEnded();
        Stream = null;
        ClientWait? wait = _wait;
        _wait = null;
        _outgoing.Clear();
        for (int i = 0; i < InFlight.Count; i++)
        {
            InFlight request = InFlight[i];
            if (request.Session == Links.InFlight.Nobody || (!mayHaveRun && wait is not null && wait.TryTakeBack(in request, failure))) continue;
            Loop.Fail(in request, failure with { MayHaveRun = mayHaveRun });
        }
        wait?.OnLinkEnded(this);
    }

    protected override void BuryRequests(ShardFailure failure)
    {
        if (!ShardHoldsRequest)
        {
            // It does not even take the request: nothing of it can have run, and half of it is of no use to anybody.
            End(failure.Reason, FailureKind.Timeout);
            return;
        }
        if (InFlight.Count == 0 || InFlight.First.Session == Links.InFlight.Nobody) return;
        InFlight request = InFlight.First;
        InFlight.First.Session = Links.InFlight.Nobody;
        Loop.Fail(in request, failure with { MayHaveRun = true });
    }
}
