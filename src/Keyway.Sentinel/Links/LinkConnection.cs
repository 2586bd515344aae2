using System.Net;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Tls;
using Keyway.Protocol;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Links;

/// <summary>
/// One connection to a server or to another sentinel. It says who it is, and what is to be sent follows that; replies come in the order of what they
/// answer.
/// </summary>
internal sealed class LinkConnection : ConnectionHandler
{
    private const int LongestReply = 16 * 1024 * 1024;   // an INFO of a server with very many replicas is far below
    private const string HelloChannel = "__sentinel__:hello";

    private readonly SentinelLinks _links;
    private readonly InstanceLink _link;
    private readonly LinkKind _kind;
    private readonly Queue<SentinelRequest?> _awaited = new();      // null: part of the introduction
    private readonly ReplyBuffer _output;
    private ReplyScanner _scanner;
    private byte[] _held = [];
    private int _heldLength;
    private int _scanned;
    private bool _isConnected;
    private bool _isCongested;
    private bool _isAbandoned;

    public LinkConnection(SentinelLinks links, InstanceLink link, LinkKind kind)
    {
        _links = links;
        _link = link;
        _kind = kind;
        _output = new ReplyBuffer(links.Pool);
    }

    public void Introduce(string[] command)
    {
        Encode(command);
        _awaited.Enqueue(null);
    }

    public void Send(SentinelRequest request)
    {
        Encode(request.Arguments);
        _awaited.Enqueue(request);
        if (_isConnected) _links.Loop.FlushLater(this, FlushPhase.Requests);
    }

    /// <summary>Nothing of it is reported any more.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        _output.Clear();
        Connection.Abort();
    }

    public override void OnConnected()
    {
        if (_isAbandoned) return;
        _isConnected = true;
        _links.OnUp(_link, _kind, LocalIp());
        _links.Loop.FlushLater(this, FlushPhase.Requests);
    }

    public override void Flush()
    {
        while (!_isAbandoned && !_isCongested && !_output.IsEmpty)
        {
            ReadOnlySpan<byte> bytes = _output.First;
            int sent = Connection.Send(bytes);
            _output.Consume(sent);
            _isCongested = sent < bytes.Length;
        }
    }

    public override void OnWritable()
    {
        _isCongested = false;
        Flush();
    }

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_isAbandoned) return;
        Hold(bytes);
        int at = 0;
        while (!_isAbandoned && _scanned < _heldLength)
        {
            ReplyStatus status = _scanner.Scan(_held.AsSpan(_scanned, _heldLength - _scanned), out int consumed);
            _scanned += consumed;
            if (status == ReplyStatus.Incomplete) break;
            if (status == ReplyStatus.Error)
            {
                Fail("it does not speak the protocol");
                return;
            }

            Take(_held.AsSpan(at, _scanned - at));
            at = _scanned;
        }

        _heldLength -= at;
        _scanned -= at;
        _held.AsSpan(at, _heldLength).CopyTo(_held);
        if (_heldLength == 0) _held = [];
        if (_heldLength > LongestReply) Fail("its reply is too long");
    }

    public override void OnClosed(Exception? error)
    {
        _output.Clear();
        _held = [];
        _heldLength = 0;
        if (_isAbandoned) return;
        _isAbandoned = true;
        if (error is TlsException) SentinelLog.LinkRefused(_links.Logger, Name, error.Message);
        _links.OnDown(this, _link, _kind);
    }

    private string Name => Connection.RemoteEndPoint?.ToString() ?? "";

    private void Take(ReadOnlySpan<byte> reply)
    {
        if (_awaited.TryDequeue(out SentinelRequest? request))
        {
            SentinelReply answer = ReplyDecoder.Decode(reply);
            if (request != null) _links.OnReply(request, answer);
            else if (_kind == LinkKind.PubSub && answer.Kind == ReplyKind.Array) _links.OnPubSub(_link, null);
            else if (answer.Kind == ReplyKind.Error) SentinelLog.LinkRefused(_links.Logger, Name, answer.Text);
            return;
        }

        if (_kind == LinkKind.PubSub) _links.OnPubSub(_link, HelloIn(ReplyDecoder.Decode(reply)));
        else Fail("it says what nobody asked for");
    }

    private static string? HelloIn(SentinelReply reply)
    {
        bool isHello = reply.Kind == ReplyKind.Array && reply.Items is [{ Kind: ReplyKind.Bulk, Text: "message" }, { Text: HelloChannel }, { Kind: ReplyKind.Bulk }];
        return isHello ? reply.Items[2].Text : null;
    }

    private void Fail(string reason)
    {
        if (_isAbandoned) return;
        SentinelLog.LinkRefused(_links.Logger, Name, reason);
        _isAbandoned = true;
        Connection.Abort();
        _links.OnDown(this, _link, _kind);
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (_heldLength + bytes.Length > _held.Length) Array.Resize(ref _held, Math.Max(4096, (_heldLength + bytes.Length) * 2));
        bytes.CopyTo(_held.AsSpan(_heldLength));
        _heldLength += bytes.Length;
    }

    private void Encode(string[] words)
    {
        _output.WriteArray(words.Length);
        foreach (string word in words) _output.WriteBulk(Encoding.UTF8.GetBytes(word));
    }

    private string LocalIp()
    {
        if (Connection.LocalEndPoint is not IPEndPoint { Address: var address }) return "127.0.0.1";
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
