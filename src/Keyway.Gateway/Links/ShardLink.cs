using System.Buffers;
using System.Diagnostics;
using Keyway.Platform;
using Keyway.Protocol;

namespace Keyway.Gateway.Links;

/// <summary>
/// A connection to a shard: it says its handshake, sends requests, and hands each reply to the request that caused it. Replies come in the
/// order of requests; whatever casts doubt on that order (a byte too many, a byte that is not RESP) ends the link, and every request on it
/// gets one error. What is shared and what is private differ in how requests are kept (<see cref="SharedLink"/>, <see cref="PrivateLink"/>).
/// </summary>
internal abstract partial class ShardLink : ConnectionHandler
{
    /// <summary>A reply longer than this is not gathered but relayed as it comes, and its link set aside until it has drained.</summary>
    internal const int LargeReplyBytes = 256 * 1024;

    private enum Stage : byte { Connecting, Handshaking, Ready, Ended }

    protected readonly InFlightQueue InFlight = new();

    private readonly LinkHandshake _handshake;
    private Stage _stage = Stage.Connecting;
    private ReplyScanner _scanner;

    // The beginning of a reply whose end has not come.
    private byte[] _partial = [];
    private int _partialLength;

    // The first reply in flight is large and part of it has been handed on.
    private bool _relayingLarge;
    private bool _readingPaused;
    private long _receivedTicks;

    protected ShardLink(NodeBackend node, LinkKey key, bool probe)
    {
        Node = node;
        Backend = node.Shard;
        Key = key;
        IsProbe = probe;
        _handshake = LinkHandshake.For(Backend.Definition, key, probe, node.SaysReadOnly);
        LastProgressMs = Loop.Events.NowMs;
    }

    public NodeBackend Node { get; }

    public ShardBackend Backend { get; }

    public LinkKey Key { get; protected set; }

    public GatewayLoop Loop => Backend.Loop;

    /// <summary>Made while the breaker is open, to learn whether the shard answers.</summary>
    public bool IsProbe { get; }

    public bool IsReady => _stage == Stage.Ready;

    public bool IsEnded => _stage == Stage.Ended;

    /// <summary>It has been ready, ended or not.</summary>
    public bool HasServed { get; private set; }

    public int InFlightCount => InFlight.Count;

    /// <summary>When the shard last said something on this link, or began to owe us something.</summary>
    public long LastProgressMs { get; protected set; }

    /// <summary>When the shard said something on this link the time before the last: a request that was on its way by then waited behind others.</summary>
    public long ReceivedBeforeTicks { get; private set; }

    /// <summary>Reading is paused by us, or there is nothing to wait for: silence means nothing then.</summary>
    public virtual bool OwesSomething => !_readingPaused && (_stage < Stage.Ready || InFlight.Count > 0);

    public bool IsReadingPaused => _readingPaused;

    public long PausedSinceMs { get; private set; }

    /// <summary>Requests of other clients are behind the first one.</summary>
    public bool OthersWait()
    {
        int owner = InFlight.First.Session;
        for (int i = 1; i < InFlight.Count; i++)
        {
            if (InFlight[i].Session != owner) return true;
        }
        return false;
    }

    /// <summary>A large reply occupies the link: it takes no new requests until it has drained.</summary>
    public bool IsSetAside { get; protected set; }

    /// <summary>Its server is not asked any more: it is set aside for good, and ends when all has been answered.</summary>
    public bool IsLeft { get; private set; }

    /// <summary>Its requests have been answered with errors after a silence; late replies are swallowed.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>For reloads: a request added when this many had been is answered once <see cref="AnsweredRequests"/> has passed it.</summary>
    public long AddedRequests => InFlight.Added;

    public long AnsweredRequests => InFlight.Answered;

    public abstract int QueuedBytes { get; }

    /// <summary>The newest of the requests in flight, as many as have not left in full: no reply can be theirs.</summary>
    protected virtual int UnsentRequests => 0;

    /// <summary>Gives back the memory of a past burst, once the link has been idle for a while.</summary>
    public virtual void Trim() => InFlight.TrimWhenIdle();

    /// <summary>The first request's reply is an error by which the shard says that it did not run, and the request is taken care of: its client
    /// does not get this reply.</summary>
    protected abstract bool TryTakeRefused(in InFlight request, ReadOnlySpan<byte> reply);

    /// <summary>A reply has been delivered and its request's bytes are of no more use.</summary>
    protected abstract void OnAnswered(int requestBytes);

    /// <summary>All replies have come.</summary>
    protected abstract void OnDrained();

    /// <summary>Tells each request in flight what became of it: whether its bytes may have reached the shard decides between the two errors.</summary>
    protected abstract void FailRequests(ShardFailure failure);

    /// <summary>After a silence: answers what waits, and leaves tombstones for what may still be answered late.</summary>
    protected abstract void BuryRequests(ShardFailure failure);

    protected abstract void BecameReady();

    public override void OnConnected()
    {
        Debug.Assert(_stage == Stage.Connecting);
        LastProgressMs = Loop.Events.NowMs;
        if (_handshake.IsDone)
        {
            EnterReady();
            return;
        }
        _stage = Stage.Handshaking;

        // A handshake is a hundred bytes on a fresh connection: it fits, or the connection is of no use.
        if (Connection.Send(_handshake.Request) < _handshake.Request.Length) End("the connection took no handshake", FailureKind.Lost);
    }

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        LastProgressMs = Loop.Events.NowMs;
        ReceivedBeforeTicks = _receivedTicks;
        _receivedTicks = Loop.Events.NowTicks;
        if (_stage == Stage.Handshaking) bytes = ReadHandshake(bytes);
        if (bytes.Length > 0 && _stage == Stage.Ready) ReadReplies(bytes);
    }

    public override void OnEndOfInput()
    {
        if (_stage == Stage.Ready) End("it closed the connection", FailureKind.Lost);
        else End(Reasons.ClosedInHandshake(isPlain: Backend.Definition.Tls is null), FailureKind.Refused);
    }

    public override void OnClosed(Exception? error)
    {
        if (_stage == Stage.Ended) return;
        bool refused = _stage != Stage.Ready;
        End(refused ? Reasons.ConnectFailed(error, isPlainHandshake: _stage == Stage.Handshaking && Backend.Definition.Tls is null) : "the connection was lost", refused ? FailureKind.Refused : FailureKind.Lost);
    }

    /// <summary>Called by the loop's tick while the shard is silent on this link.</summary>
    public void OnSilence(long silentMs)
    {
        long timeoutMs = Backend.TimeoutMs;
        if (_stage < Stage.Ready)
        {
            bool isSecuring = _stage == Stage.Connecting && Backend.Definition.Tls is not null;
            string limit = Reasons.Duration(timeoutMs);
            End(isSecuring ? $"no TLS handshake within {limit}; a plain port keeps silent so" : $"no answer within {limit}", FailureKind.Timeout);
            return;
        }
        if (silentMs >= 5 * timeoutMs)
        {
            End($"silent for {Reasons.Duration(5 * timeoutMs)}", FailureKind.Timeout);
            return;
        }
        if (!IsSilent)
        {
            IsSilent = true;
            Backend.OnSilent(this);
        }
        BuryRequests(new ShardFailure(Backend, $"silent for {Reasons.Duration(timeoutMs)}", FailureKind.Timeout));
    }

    /// <summary>The client has taken what we had for it: the rest of its large reply may come.</summary>
    public void ResumeReading()
    {
        if (!_readingPaused || _stage == Stage.Ended) return;
        _readingPaused = false;
        LastProgressMs = Loop.Events.NowMs;
        Connection.ResumeReading();
    }

    /// <summary>The client of the large reply cannot take more now.</summary>
    public void PauseReading()
    {
        if (_readingPaused || _stage == Stage.Ended) return;
        _readingPaused = true;
        PausedSinceMs = Loop.Events.NowMs;
        Connection.PauseReading();
    }

    /// <summary>Who waits for the large reply that this link is relaying.</summary>
    public InFlight LargeReplyOwner => InFlight.First;

    public bool IsRelayingLarge => _relayingLarge;

    /// <summary>Takes no more requests, and ends once those in flight have been answered.</summary>
    public void Leave(string why)
    {
        IsLeft = true;
        IsSetAside = true;
        if (InFlight.Count == 0) End(why, FailureKind.Retired);
    }

    /// <summary>Ends the link. Each request on it gets exactly one answer.</summary>
    public void End(string reason, FailureKind kind, string? verbatim = null)
    {
        if (_stage == Stage.Ended) return;
        _stage = Stage.Ended;
        if (_relayingLarge) Backend.LargeReplyCount--;
        ReturnPartial();
        if (Connection.IsOpen) Connection.Abort();
        Backend.OnLinkEnded(this, reason, kind);
        Backend.CountInFlight(-InFlight.Count);
        FailRequests(new ShardFailure(Backend, reason, kind, verbatim));
    }

    private void EnterReady()
    {
        _stage = Stage.Ready;
        HasServed = true;
        Backend.OnLinkReady(this);
        BecameReady();
    }

    private ReadOnlySpan<byte> ReadHandshake(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            ReplyStatus status = _scanner.Scan(bytes, out int consumed);
            if (status == ReplyStatus.Error)
            {
                End(Reasons.NoResp(bytes[0]), FailureKind.Protocol);
                return default;
            }
            if (status == ReplyStatus.Incomplete)
            {
                KeepPartial(bytes);
                return default;
            }

            ReadOnlySpan<byte> reply = CompletePartial(bytes[..consumed]);
            HandshakeRefusal? refusal = _handshake.Answer(reply);
            _partialLength = 0;
            bytes = bytes[consumed..];
            if (refusal is { IsLoading: true })
            {
                End(refusal.Text, FailureKind.Loading);
                return default;
            }
            if (refusal is not null)
            {
                Backend.OnHandshakeRefused(this, refusal);
                End(Reasons.HandshakeRefused(refusal), FailureKind.Handshake, refusal.Verbatim);
                return default;
            }
            if (!_handshake.IsDone) continue;
            ReturnPartial();
            if (bytes.Length > 0)
            {
                End("it sent more replies than it was asked for", FailureKind.Protocol);
                return default;
            }
            EnterReady();
        }
        return default;
    }

    // Two passes: first find where each reply ends, then hand them out. A shard that has said more than it was asked, or something that is not
    // RESP, is found out before any of what it said in the same breath reaches a client.
    private void ReadReplies(ReadOnlySpan<byte> bytes)
    {
        List<int> ends = Loop.ReplyEnds;
        ends.Clear();
        int at = 0;
        ReplyStatus status = ReplyStatus.Complete;
        while (at < bytes.Length)
        {
            status = _scanner.Scan(bytes[at..], out int consumed);
            at += consumed;
            if (status != ReplyStatus.Complete) break;
            if (_scanner.IsPush)
            {
                End("it sent a push that nobody asked for", FailureKind.Protocol);
                return;
            }
            ends.Add(at);
        }
        if (status == ReplyStatus.Error)
        {
            End("it sent something that is not RESP", FailureKind.Protocol);
            return;
        }
        int owed = _transactions > 0 ? OwedReplies() : InFlight.Count - UnsentRequests;
        if (ends.Count + (status == ReplyStatus.Incomplete ? 1 : 0) > owed)
        {
            End("it sent more replies than it was asked for", FailureKind.Protocol);
            return;
        }

        if (IsSilent) RecoverFromSilence();
        int start = 0;
        foreach (int end in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ends))
        {
            if (_transactions > 0) DeliverEndAmongTransactions(bytes[start..end]);
            else DeliverEnd(bytes[start..end]);
            if (IsEnded) return;
            start = end;
        }
        if (start < bytes.Length) DeliverBeginning(bytes[start..]);
        else if (InFlight.Count == 0) Drained();
    }

    private void DeliverEnd(ReadOnlySpan<byte> bytes)
    {
        ref InFlight request = ref InFlight.First;
        if (_relayingLarge)
        {
            _relayingLarge = false;
            Backend.LargeReplyCount--;
            Loop.DeliverPiece(this, in request, bytes, isLast: true);
        }
        else
        {
            ReadOnlySpan<byte> reply = _partialLength == 0 ? bytes : CompletePartial(bytes);
            if (reply[0] != '-' || !TryTakeRefused(in request, reply)) Loop.Deliver(Backend, in request, reply);
            _partialLength = 0;
        }
        EndFirst();
    }

    private void EndFirst()
    {
        int requestBytes = InFlight.First.RequestBytes;
        InFlight.RemoveFirst();
        Backend.CountInFlight(-1);
        OnAnswered(requestBytes);
    }

    private void DeliverBeginning(ReadOnlySpan<byte> bytes)
    {
        if (!_relayingLarge)
        {
            if (_transactions > 0 && OwesLeadingReplies)
            {
                KeepLeading(bytes);
                return;
            }
            if (_partialLength + bytes.Length + _scanner.AnnouncedRest <= LargeReplyBytes)
            {
                KeepPartial(bytes);
                return;
            }
            _relayingLarge = true;
            Backend.LargeReplyCount++;
            IsSetAside = true;
            Backend.OnLinkSetAside(this);
            if (_partialLength > 0)
            {
                bool goOn = Loop.DeliverPiece(this, in InFlight.First, _partial.AsSpan(0, _partialLength), isLast: false);
                ReturnPartial();
                if (!goOn) PauseReading();
            }
        }
        if (!Loop.DeliverPiece(this, in InFlight.First, bytes, isLast: false)) PauseReading();
    }

    private void Drained()
    {
        IsSetAside = IsLeft;
        ReturnPartial();
        OnDrained();
        Backend.OnLinkFree(this);
    }

    private void RecoverFromSilence()
    {
        IsSilent = false;
        Backend.OnAnswering(this);
    }

    private void KeepPartial(ReadOnlySpan<byte> bytes)
    {
        int needed = _partialLength + bytes.Length;
        if (needed > _partial.Length)
        {
            byte[] larger = Loop.Buffers.Rent(Math.Max(needed, 2 * _partial.Length));
            _partial.AsSpan(0, _partialLength).CopyTo(larger);
            if (_partial.Length > 0) Loop.Buffers.Return(_partial);
            _partial = larger;
        }
        bytes.CopyTo(_partial.AsSpan(_partialLength));
        _partialLength = needed;
    }

    private ReadOnlySpan<byte> CompletePartial(ReadOnlySpan<byte> end)
    {
        if (_partialLength == 0) return end;
        KeepPartial(end);
        return _partial.AsSpan(0, _partialLength);
    }

    private void ReturnPartial()
    {
        if (_partial.Length > 0) Loop.Buffers.Return(_partial);
        _partial = [];
        _partialLength = 0;
    }
}
