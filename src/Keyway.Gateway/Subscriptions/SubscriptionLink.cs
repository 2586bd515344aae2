using Keyway.Gateway.Links;
using Keyway.Platform;
using Keyway.Protocol;

namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// A connection to a master that listens there, and does nothing else. It speaks RESP2, which every server does: what comes is arrays, and clients of
/// either protocol get their bytes as they are, but for the first. Its requests are answered in their order, with messages in between.
/// </summary>
internal sealed class SubscriptionLink : ConnectionHandler
{
    /// <summary>A subscription link ends after so many time-outs without a word, as a shared one does: each end loses messages.</summary>
    private const int PatientFor = 5;

    private enum Stage : byte { Connecting, Handshaking, Ready, Ended }

    /// <param name="Subscription">Null: a PING.</param>
    private readonly record struct Request(Subscription? Subscription, bool Subscribes, long Number);

    private readonly MasterFeed _master;
    private readonly GatewayLoop _loop;
    private readonly LinkHandshake _handshake;
    private readonly Queue<Request> _requests = new();
    private readonly ReplyBuffer _outgoing;
    private readonly long _longestMessage;
    private Stage _stage = Stage.Connecting;
    private ReplyScanner _scanner;
    private byte[] _partial = [];
    private int _partialLength;
    private bool _skipsRest;
    private bool _waitsForRoom;
    private bool _isPinged;
    private long _lastHeardMs;

    public SubscriptionLink(MasterFeed master)
    {
        _master = master;
        _loop = master.Feed.Loop;
        _handshake = LinkHandshake.For(master.Feed.Backend.Definition, default, probe: false);
        _outgoing = new ReplyBuffer(_loop.Buffers);
        _longestMessage = _loop.LongestMessageBytes;
        _lastHeardMs = _loop.Events.NowMs;
    }

    public bool IsReady => _stage == Stage.Ready;

    public void Subscribe(Subscription subscription, long number)
    {
        Expect(new Request(subscription, Subscribes: true, number));
        Write(ChannelWords.Subscribe(subscription.Kind), subscription.Name);
    }

    public void Unsubscribe(Subscription subscription)
    {
        Expect(new Request(subscription, Subscribes: false, 0));
        Write(ChannelWords.Unsubscribe(subscription.Kind), subscription.Name);
    }

    /// <summary>A server that is silent is asked whether it is still there; one that has not said a word for long is not.</summary>
    public void Tick(long nowMs)
    {
        long timeoutMs = _master.Feed.Backend.TimeoutMs;
        long silentMs = nowMs - _lastHeardMs;
        if (silentMs < timeoutMs) return;
        if (_stage < Stage.Ready) End($"no answer within {Reasons.Duration(timeoutMs)}", FailureKind.Timeout);
        else if (silentMs >= PatientFor * timeoutMs) End($"silent for {Reasons.Duration(PatientFor * timeoutMs)}", FailureKind.Timeout);
        else if (!_isPinged) Ping();
    }

    public override void OnConnected()
    {
        _lastHeardMs = _loop.Events.NowMs;
        if (_handshake.IsDone)
        {
            EnterReady();
            return;
        }
        _stage = Stage.Handshaking;

        // A hundred bytes on a fresh connection: they fit, or the connection is of no use.
        if (Connection.Send(_handshake.Request) < _handshake.Request.Length) End("the connection took no handshake", FailureKind.Lost);
    }

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        _lastHeardMs = _loop.Events.NowMs;
        _isPinged = false;
        while (bytes.Length > 0 && _stage != Stage.Ended)
        {
            ReplyStatus status = _scanner.Scan(bytes, out int consumed);
            if (status == ReplyStatus.Error)
            {
                End(_stage == Stage.Ready ? "it sent something that is not RESP" : Reasons.NoResp(bytes[0]), FailureKind.Protocol);
                return;
            }
            ReadOnlySpan<byte> piece = bytes[..consumed];
            bytes = bytes[consumed..];
            if (status == ReplyStatus.Incomplete)
            {
                Keep(piece);
                return;
            }
            if (_skipsRest) EndSkipped();
            else if (_partialLength == 0) Take(piece);
            else TakeKept(piece);
        }
    }

    public override void OnEndOfInput()
    {
        if (_stage == Stage.Ready) End("it closed the connection", FailureKind.Lost);
        else End(Reasons.ClosedInHandshake(isPlain: _master.Feed.Backend.Definition.Tls is null), FailureKind.Refused);
    }

    public override void OnClosed(Exception? error)
    {
        if (_stage == Stage.Ready) End("the connection was lost", FailureKind.Lost);
        else End(Reasons.ConnectFailed(error, isPlainHandshake: _stage == Stage.Handshaking && _master.Feed.Backend.Definition.Tls is null), FailureKind.Refused);
    }

    public override void OnWritable()
    {
        _waitsForRoom = false;
        Flush();
    }

    public override void Flush()
    {
        if (_stage != Stage.Ready || _waitsForRoom) return;
        while (!_outgoing.IsEmpty)
        {
            ReadOnlySpan<byte> first = _outgoing.First;
            int sent = Connection.Send(first);
            _outgoing.Consume(sent);
            if (sent == first.Length) continue;
            _waitsForRoom = true;
            return;
        }
    }

    public void End(string reason, FailureKind kind)
    {
        if (_stage == Stage.Ended) return;
        bool wasReady = _stage == Stage.Ready;
        _stage = Stage.Ended;
        _outgoing.Clear();
        ReturnPartial();
        if (Connection.IsOpen) Connection.Abort();
        if (kind == FailureKind.Protocol) GatewayLog.LinkDoubted(_loop.Log, _master.Feed.Backend.Definition.Name, _master.Node.AddressText, reason);
        _master.OnEnded(this, reason, wasReady);
    }

    private void EnterReady()
    {
        _stage = Stage.Ready;
        _master.OnReady();
    }

    private void Ping()
    {
        _isPinged = true;
        Expect(new Request(null, Subscribes: false, 0));
        _outgoing.Append("*1\r\n$4\r\nPING\r\n"u8);
        _loop.Events.FlushLater(this, FlushPhase.Requests);
    }

    private void Expect(Request request) => _requests.Enqueue(request);

    private void Write(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name)
    {
        _outgoing.WriteArray(2);
        _outgoing.WriteBulk(word);
        _outgoing.WriteBulk(name);
        _loop.Events.FlushLater(this, FlushPhase.Requests);
    }

    private void Take(ReadOnlySpan<byte> reply)
    {
        if (_stage == Stage.Handshaking)
        {
            TakeHandshake(reply);
            return;
        }
        News news = News.Read(reply);
        if (news.What == NewsKind.Message)
        {
            _master.Feed.OnMessage(_master, in news, reply);
            return;
        }
        if (news.What == NewsKind.Unsubscribed && !IsAnswer(in news))
        {
            _master.Feed.OnTakenAway(_master, news.Kind, news.Name);
            return;
        }
        if (!_requests.TryDequeue(out Request request))
        {
            End("it sent more replies than it was asked for", FailureKind.Protocol);
        }
        else if (reply[0] == '-')
        {
            if (request.Subscribes) _master.OnRefused(request.Subscription!, request.Number, reply);
        }
        else if (news.What == NewsKind.Subscribed && request.Subscribes && IsNamed(in news, in request))
        {
            _master.OnConfirmed(request.Subscription!, request.Number);
        }
        else if (news.What != (request.Subscription is null ? NewsKind.Other : NewsKind.Unsubscribed))
        {
            End("it sent an answer to something else", FailureKind.Protocol);
        }
    }

    private bool IsAnswer(in News news) => _requests.TryPeek(out Request next) && next is { Subscription: not null, Subscribes: false } && IsNamed(in news, in next);

    private static bool IsNamed(in News news, in Request request) =>
        news.Kind == request.Subscription!.Kind && news.Name.SequenceEqual(request.Subscription.Name);

    private void TakeHandshake(ReadOnlySpan<byte> reply)
    {
        if (_handshake.Answer(reply) is { } refusal)
        {
            _master.OnHandshakeRefused(refusal);
            End(Reasons.HandshakeRefused(refusal), FailureKind.Handshake);
        }
        else if (_handshake.IsDone)
        {
            EnterReady();
        }
    }

    private void TakeKept(ReadOnlySpan<byte> end)
    {
        Append(end);
        ReadOnlySpan<byte> reply = _partial.AsSpan(0, _partialLength);
        Take(reply);
        ReturnPartial();
    }

    // A message goes to its clients whole, so it is kept until it is whole; one that none of them could be given is not.
    private void Keep(ReadOnlySpan<byte> piece)
    {
        if (_skipsRest) return;
        Append(piece);
        _skipsRest = _partialLength + _scanner.AnnouncedRest > _longestMessage;
    }

    private void EndSkipped()
    {
        _skipsRest = false;
        News news = News.Read(_partial.AsSpan(0, _partialLength));
        if (news.What == NewsKind.Message) _master.Feed.OnMessageTooLong(_master, in news);
        ReturnPartial();
    }

    private void Append(ReadOnlySpan<byte> piece)
    {
        int needed = _partialLength + piece.Length;
        if (needed > _partial.Length)
        {
            byte[] larger = _loop.Buffers.Rent(Math.Max(needed, 2 * _partial.Length));
            _partial.AsSpan(0, _partialLength).CopyTo(larger);
            if (_partial.Length > 0) _loop.Buffers.Return(_partial);
            _partial = larger;
        }
        piece.CopyTo(_partial.AsSpan(_partialLength));
        _partialLength = needed;
    }

    private void ReturnPartial()
    {
        if (_partial.Length > 0) _loop.Buffers.Return(_partial);
        _partial = [];
        _partialLength = 0;
    }
}
