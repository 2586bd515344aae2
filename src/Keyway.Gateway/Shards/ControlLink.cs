using Keyway.Gateway.Links;
using Keyway.Platform;
using Keyway.Protocol;

namespace Keyway.Gateway.Shards;

/// <summary>A connection of the gateway's own, on which servers and sentinels are asked about themselves. One set of questions at a time.</summary>
internal abstract class ControlLink : ConnectionHandler
{
    // Many times what the longest answer has, and little enough to be held.
    private const int LongestAnswer = 1024 * 1024;

    private readonly LinkHandshake _handshake;
    private ReplyScanner _scanner;
    private byte[] _received = [];
    private int _count;

    protected ControlLink(LinkHandshake handshake) => _handshake = handshake;

    public bool IsReady { get; private set; }

    public bool IsEnded { get; private set; }

    public override void OnConnected()
    {
        if (_handshake.IsDone) BecomeReady();
        else Send(_handshake.Request);
    }

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsEnded)
        {
            ReplyStatus status = _scanner.Scan(bytes, out int consumed);
            if (status == ReplyStatus.Error || _count + consumed > LongestAnswer)
            {
                End(status == ReplyStatus.Error ? "it sent something that is not RESP" : "its answer is too long", FailureKind.Protocol);
                return;
            }
            Keep(bytes[..consumed]);
            bytes = bytes[consumed..];
            if (status == ReplyStatus.Incomplete) return;
            ReadOnlySpan<byte> reply = _received.AsSpan(0, _count);
            _count = 0;
            if (IsReady) TakeReply(reply);
            else TakeHandshake(reply);
        }
    }

    public override void OnEndOfInput() => End("it closed the connection", FailureKind.Lost);

    public override void OnClosed(Exception? error) => End(IsReady ? "the connection was lost" : Reasons.ConnectFailed(error), IsReady ? FailureKind.Lost : FailureKind.Refused);

    public void End(string reason, FailureKind kind)
    {
        if (IsEnded) return;
        IsEnded = true;
        if (Connection.IsOpen) Connection.Abort();
        WhenEnded(reason, kind);
    }

    /// <summary>A few hundred bytes on a connection that owes nothing: they fit, or it is of no use.</summary>
    protected void Send(ReadOnlySpan<byte> request)
    {
        if (Connection.Send(request) < request.Length) End("the connection takes nothing", FailureKind.Lost);
    }

    protected abstract void WhenReady();

    protected abstract void TakeReply(ReadOnlySpan<byte> reply);

    protected abstract void WhenEnded(string reason, FailureKind kind);

    private void TakeHandshake(ReadOnlySpan<byte> reply)
    {
        if (_handshake.Answer(reply) is { } refusal) End(Reasons.HandshakeRefused(refusal), FailureKind.Handshake);
        else if (_handshake.IsDone) BecomeReady();
    }

    private void BecomeReady()
    {
        IsReady = true;
        WhenReady();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_count + bytes.Length > _received.Length) Array.Resize(ref _received, Math.Max(512, 2 * (_count + bytes.Length)));
        bytes.CopyTo(_received.AsSpan(_count));
        _count += bytes.Length;
    }
}
