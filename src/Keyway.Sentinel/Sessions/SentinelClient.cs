using System.Net;
using System.Net.Sockets;
using System.Text;
using Keyway.Platform;
using Keyway.Protocol;
using Keyway.Protocol.Clients;
using Keyway.Protocol.Commands;

namespace Keyway.Sentinel.Sessions;

/// <summary>
/// One connection to this sentinel: a client, an operator, or another sentinel that asks. Turns its bytes into requests and sends the replies once a
/// turn. Who does not read its replies is not read from either.
/// </summary>
internal sealed class SentinelClient : ConnectionHandler, IDescribedClient
{
    private const int PauseAt = 1024 * 1024;
    private const int ResumeAt = PauseAt / 2;
    private const int LongestRequest = 1024 * 1024;         // what a sentinel is asked is short
    private const int LongestUnauthenticated = 64 * 1024;
    private const int LongestOutput = 32 * 1024 * 1024;     // of events that nobody reads

    private readonly SentinelServer _server;
    private readonly RequestReader _reader = new();
    private byte[] _held = [];
    private int _heldLength;
    private bool _isInputPaused;
    private bool _isClosing;
    private bool _isCongested;
    private bool _isParked;
    private bool _isProcessing;

    public SentinelClient(SentinelServer server, long id, bool isAuthenticated)
    {
        _server = server;
        Id = id;
        IsAuthenticated = isAuthenticated;
        Reply = new ReplyBuffer(server.Pool);
        CreatedMs = LastActiveMs = server.Loop.NowMs;
    }

    public long Id { get; }

    public bool IsResp3 { get; set; }

    public bool IsAuthenticated { get; set; }

    public byte[] Name { get; set; } = [];

    public bool IsExemptFromEviction { get; set; }

    public ReplyMode ReplyMode { get; set; }

    public Command? LastCommand { get; set; }

    public long CreatedMs { get; }

    public long LastActiveMs { get; private set; }

    public ReplyBuffer Reply { get; }

    public int HeldBytes => _heldLength;

    public int HeldRoom => _held.Length - _heldLength;

    public bool IsClosing => _isClosing;

    public bool IsReading => !_isInputPaused;

    public bool IsCongested => _isCongested;

    /// <summary>Channels and patterns that it listens to.</summary>
    public HashSet<byte[]> Channels { get; } = new(ByteArrayComparer.Instance);

    public HashSet<byte[]> Patterns { get; } = new(ByteArrayComparer.Instance);

    public int SubscriptionCount => Channels.Count + Patterns.Count;

    public string Address => ClientAddress.Of(Connection.RemoteEndPoint, UnixPath);

    public string LocalAddress => ClientAddress.Of(Connection.LocalEndPoint, UnixPath);

    public string UserName => "default";

    public ClientType Type => SubscriptionCount > 0 ? ClientType.PubSub : ClientType.Normal;

    public bool IsUnix => Connection.RemoteEndPoint is { AddressFamily: AddressFamily.Unix };

    private bool MayExecute => !_isClosing && !_isInputPaused && !_isParked;

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_isClosing) return;
        _server.Statistics.InputBytes += bytes.Length;
        LastActiveMs = _server.Loop.NowMs;

        if (_heldLength == 0 && MayExecute)
        {
            int used = Process(bytes);
            if (!_isClosing) Hold(bytes[used..]);
        }
        else
        {
            Hold(bytes);
            ProcessHeld();
        }

        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    public override void OnEndOfInput() => CloseAfterReplies();

    public override void Flush()
    {
        while (!_isCongested && !Reply.IsEmpty)
        {
            ReadOnlySpan<byte> bytes = Reply.First;
            int sent = Connection.Send(bytes);
            Reply.Consume(sent);
            _server.Statistics.OutputBytes += sent;
            _isCongested = sent < bytes.Length;
        }

        if (_isClosing)
        {
            if (Reply.IsEmpty) Connection.Close();
            return;
        }

        if (!_isInputPaused || Reply.Length > ResumeAt) return;
        _isInputPaused = false;
        ProcessHeld();
        if (!_isInputPaused) Connection.ResumeReading();
        if (!Reply.IsEmpty || _isClosing) _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    public override void OnWritable()
    {
        _isCongested = false;
        Flush();
    }

    public override void OnClosed(Exception? error)
    {
        _isClosing = true;
        Reply.Clear();
        _held = [];
        _heldLength = 0;
        _server.Events.Forget(this);
        _server.Remove(this);
    }

    /// <summary>Back to how a new connection starts (RESET).</summary>
    public void Reset()
    {
        IsResp3 = false;
        IsAuthenticated = !_server.NeedsPassword;
        Name = [];
        ReplyMode = ReplyMode.On;
        _server.Events.Forget(this);
    }

    /// <summary>Sends a message to a client that listens: all but its first byte, which depends on the client's protocol.</summary>
    public void Push(ReadOnlySpan<byte> frame)
    {
        if (_isClosing) return;
        Reply.Append(IsResp3 ? ">"u8 : "*"u8);
        Reply.Append(frame);
        if (Reply.Length > LongestOutput)
        {
            SentinelLog.OutputLimit(_server.Logger, Address);
            CloseAtOnce();
            return;
        }

        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>From now on nothing is executed: the last request waits for something.</summary>
    public void Park() => _isParked = true;

    public void Unpark()
    {
        _isParked = false;

        // What it waited for was there at once: the requests behind it follow by themselves.
        if (_isClosing || _isProcessing) return;
        ProcessHeld();
        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>Executes nothing more, and ends the connection when the replies so far have left.</summary>
    public void CloseAfterReplies()
    {
        _isClosing = true;
        _server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>Ends the connection without a word.</summary>
    public void CloseAtOnce()
    {
        _isClosing = true;
        Reply.Clear();
        Connection.Close();
    }

    private void ProcessHeld()
    {
        int used = Process(_held.AsSpan(0, _heldLength));
        _heldLength -= used;
        _held.AsSpan(used, _heldLength).CopyTo(_held);
        if (_heldLength == 0) _held = [];
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        int limit = IsAuthenticated ? LongestRequest : LongestUnauthenticated;
        if (_heldLength + bytes.Length > limit + PauseAt)
        {
            SentinelLog.InputLimit(_server.Logger, Address);
            CloseAtOnce();
            return;
        }

        if (_heldLength + bytes.Length > _held.Length) Array.Resize(ref _held, Math.Max(1024, (_heldLength + bytes.Length) * 2));
        bytes.CopyTo(_held.AsSpan(_heldLength));
        _heldLength += bytes.Length;
    }

    /// <summary>Executes the requests that are whole, and returns how many bytes they took.</summary>
    private int Process(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        _isProcessing = true;
        while (at < bytes.Length && MayExecute)
        {
            _reader.Limits = IsAuthenticated ? RequestLimits.Default : RequestLimits.Unauthenticated;
            RequestStatus status = _reader.Read(bytes[at..]);
            if (status == RequestStatus.Incomplete) break;
            if (status == RequestStatus.Complete) _server.Dispatcher.Execute(this, _reader.Arguments(bytes[at..]));
            else if (status == RequestStatus.Error) RefuseProtocol();

            at += _reader.Consumed;
            if (Reply.Length >= PauseAt) PauseInput();
        }

        _isProcessing = false;
        return at;
    }

    private void PauseInput()
    {
        _isInputPaused = true;
        Connection.PauseReading();
    }

    private void RefuseProtocol()
    {
        SentinelLog.ProtocolError(_server.Logger, Id, Address, Encoding.ASCII.GetString(_reader.Error));
        Reply.WriteError(_reader.Error);
        CloseAfterReplies();
    }

    private string? UnixPath => IsUnix ? _server.UnixPath : null;
}
