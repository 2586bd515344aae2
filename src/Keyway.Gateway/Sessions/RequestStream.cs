using Keyway.Gateway.Links;
using Keyway.Protocol;

namespace Keyway.Gateway.Sessions;

/// <summary>
/// A large request on its way through: what comes from the client goes to its private link at once, so that the gateway holds a socket
/// buffer's worth of it and no more. When the link fails the rest is read and thrown away, so that the client's next request is understood.
/// </summary>
internal sealed class RequestStream
{
    private readonly ClientSession _session;
    private RequestTail _tail;
    private long _knownRest;
    private PrivateLink? _link;

    /// <summary>A request whose end has not come: its structure is followed as it arrives. Without a link it is read and thrown away.</summary>
    public RequestStream(ClientSession session, PrivateLink? link, RequestTail tail)
        : this(session, link)
    {
        _tail = tail;
    }

    /// <summary>A request that has come whole.</summary>
    public RequestStream(ClientSession session, PrivateLink? link, int length)
        : this(session, link)
    {
        _knownRest = length;
    }

    private RequestStream(ClientSession session, PrivateLink? link)
    {
        _session = session;
        _link = link;
        if (link is not null) link.Stream = this;
        LastInputMs = session.Loop.Events.NowMs;
    }

    public bool IsDone { get; private set; }

    /// <summary>The client broke the protocol in mid-request; what it gets told.</summary>
    public bool HasError { get; private set; }

    public ReadOnlySpan<byte> Error => _tail.Error;

    public long LastInputMs { get; private set; }

    public bool WaitsForLink => _link is { HasRoom: false };

    public ShardBackend? Backend => _link?.Backend;

    /// <summary>Hands on what has come.</summary>
    /// <returns>How many bytes were taken; fewer than offered when the request ended or the link has no room.</returns>
    public int Feed(ReadOnlySpan<byte> input)
    {
        LastInputMs = _session.Loop.Events.NowMs;
        int fed = 0;
        while (fed < input.Length && !IsDone && !HasError && !WaitsForLink)
        {
            ReadOnlySpan<byte> piece = input.Slice(fed, Math.Min(64 * 1024, input.Length - fed));
            int taken = Follow(piece);
            _link?.Write(piece[..taken]);
            fed += taken;
        }
        if (IsDone && _link is not null)
        {
            _link.EndRequest();
            _link.Stream = null;
            _link = null;
        }
        return fed;
    }

    public void OnLinkHasRoom()
    {
        if (!WaitsForLink) _session.Unblock(BlockReason.Stream);
    }

    public void OnLinkEnded()
    {
        _link = null;
        _session.Unblock(BlockReason.Stream);
    }

    /// <summary>The client has gone: half a request helps nobody, and its link cannot be used again.</summary>
    public void Abandon()
    {
        PrivateLink? link = _link;
        _link = null;
        if (link is null) return;
        link.Stream = null;
        link.End("its client left in the middle of a request", FailureKind.Retired);
    }

    /// <summary>The client broke the protocol: that is the answer to its request, which is half sent and will never be whole.</summary>
    /// <returns>False when the request has its answer already, because its link failed before.</returns>
    public bool Refuse()
    {
        PrivateLink? link = _link;
        _link = null;
        if (link is null) return false;
        link.Stream = null;
        link.End("its client broke the protocol in the middle of a request", FailureKind.Retired, System.Text.Encoding.ASCII.GetString(Error));
        return true;
    }

    private int Follow(ReadOnlySpan<byte> piece)
    {
        if (_knownRest > 0)
        {
            int taken = (int)Math.Min(_knownRest, piece.Length);
            _knownRest -= taken;
            IsDone = _knownRest == 0;
            return taken;
        }
        RequestStatus status = _tail.Advance(piece, out int consumed);
        if (status == RequestStatus.Complete) IsDone = true;
        else if (status == RequestStatus.Error) HasError = true;
        return consumed;
    }
}
