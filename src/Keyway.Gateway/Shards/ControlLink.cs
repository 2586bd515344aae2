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
    private bool _isConnected;

    protected ControlLink(LinkHandshake handshake) => _handshake = handshake;

    /// <summary>No TLS is spoken: what an end during the handshake means depends on it.</summary>
    public bool IsPlain { get; init; } = true;

    public bool IsReady { get; private set; }

    public bool IsEnded { get; private set; }

    public override void OnConnected()
    {
        _isConnected = true;
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
                string what = IsReady ? "it sent something that is not RESP" : Reasons.NoResp(bytes[0]);
                End(status == ReplyStatus.Error ? what : "its answer is too long", FailureKind.Protocol);
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

    public override void OnEndOfInput()
    {
        if (IsReady) End("it closed the connection", FailureKind.Lost);
        else End(Reasons.ClosedInHandshake(IsPlain), FailureKind.Refused);
    }

    public override void OnClosed(Exception? error)
    {
        if (IsReady) End("the connection was lost", FailureKind.Lost);
        else End(Reasons.ConnectFailed(error, isPlainHandshake: _isConnected && IsPlain), FailureKind.Refused);
    }

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
