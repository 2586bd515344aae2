using System.Diagnostics;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Disks;
using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Replication.Following;

/// <summary>
/// One connection to a master, from the attempt to its end: what comes goes to the handshake, then to the transfer of the data if there is one, then to
/// the stream. Whatever ends it, the <see cref="Follower"/> is told once, and nothing of it is heard afterwards.
/// </summary>
internal sealed class MasterLink : ConnectionHandler
{
    private const int LongestLine = 1024;                // Redis allows 256 in the handshake, 1024 before the data

    private readonly ShardServer _server;
    private readonly Follower _follower;
    private readonly ILogger _logger;
    private readonly Handshake _handshake;
    private readonly byte[] _line = new byte[LongestLine];
    private int _lineLength;
    private Phase _phase;
    private HeldInput _held;                             // of the stream, while the data are being loaded
    private byte[] _unsent = [];
    private bool _isOver;
    private bool _hasEnded;                              // while the data were being loaded, which goes on

    public MasterLink(ShardServer server, Follower follower, HandshakePlan plan)
    {
        _server = server;
        _follower = follower;
        _logger = server.Logger;
        _handshake = new Handshake(plan, _logger);
        LastHeardMs = server.Loop.NowMs;
    }

    private enum Phase
    {
        Connecting,
        Handshake,

        /// <summary>The line that announces the data must come.</summary>
        Header,

        Data,

        /// <summary>All data are here and are being loaded; what follows on the link has to wait.</summary>
        Loading,

        Stream,
    }

    public LinkState State => _phase switch
    {
        Phase.Connecting => LinkState.Connecting,
        Phase.Handshake => LinkState.Handshake,
        Phase.Stream => LinkState.Connected,
        _ => LinkState.Transfer,
    };

    /// <summary>When anything last came from the master.</summary>
    public long LastHeardMs { get; private set; }

    /// <summary>While the data come.</summary>
    public Transfer? Transfer { get; private set; }

    /// <summary>Once the stream flows.</summary>
    public MasterStream? Stream { get; private set; }

    /// <summary>The master counts no bytes: it is told of none, and nobody goes on from where it stopped.</summary>
    public bool IsUncounted { get; private set; }

    /// <summary>The data are here and are being loaded, which is our business and not the master's silence.</summary>
    public bool IsLoading => _phase == Phase.Loading;

    /// <summary>What the master has said of its history.</summary>
    public string HistoryId => _handshake.HistoryId;

    /// <summary>Which byte of it the data end with.</summary>
    public long SnapshotOffset => Math.Max(0, _handshake.Offset);

    public override void OnConnected()
    {
        if (_isOver) return;
        ReplicaLog.Connected(_logger);
        LastHeardMs = _server.Loop.NowMs;
        _phase = Phase.Handshake;
        _handshake.Begin();
        SendHandshake();
    }

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_isOver || _server.IsStopped) return;

        LastHeardMs = _server.Loop.NowMs;
        _follower.ReceivedBytes += bytes.Length;
        _server.BeginBatch();
        Take(bytes);
    }

    public override void OnWritable()
    {
        if (_isOver || _unsent.Length == 0) return;
        int sent = Connection.Send(_unsent);
        _unsent = _unsent[sent..];
    }

    public override void OnEndOfInput()
    {
        if (_isOver || WaitsForLoading()) return;
        if (_phase is Phase.Header or Phase.Data) ReplicaLog.TransferLost(_logger, "connection lost");
        End(LinkEnd.Lost);
    }

    public override void OnClosed(Exception? error)
    {
        if (_isOver || WaitsForLoading()) return;
        string reason = error?.Message ?? "connection lost";
        if (_phase == Phase.Connecting) ReplicaLog.NotConnected(_logger, reason);
        else if (_phase is Phase.Header or Phase.Data) ReplicaLog.TransferLost(_logger, reason);
        End(LinkEnd.Lost);
    }

    /// <summary>The follower wants no more of it. It is not told of the end.</summary>
    public void Drop()
    {
        if (_isOver) return;
        _isOver = true;
        Release();
        Connection.Close();
    }

    /// <summary>Sends a short line or command: to be done again before long, so that it may be left out while there is no room.</summary>
    public void Say(ReadOnlySpan<byte> words)
    {
        if (_unsent.Length > 0) return;
        int sent = Connection.Send(words);
        if (sent < words.Length) _unsent = words[sent..].ToArray();
    }

    /// <summary>Some of the data have been dealt with: more may come, or these were the last.</summary>
    public void OnTransferDrained()
    {
        if (_phase != Phase.Data || Transfer is not { IsFull: false }) return;
        if (Transfer.HasAll) BeginLoading();
        else Connection.ResumeReading();
    }

    /// <summary>The transfer has given up, and has said why.</summary>
    public void OnTransferFailed()
    {
        Transfer = null;
        End(LinkEnd.Failed);
    }

    /// <summary>The data lie in a file.</summary>
    public void OnFileReceived(DiskFile file) => _follower.LoadFile(this, file);

    /// <summary>The data are loaded: from here on the stream is repeated.</summary>
    public void BeginStream(MasterStream stream)
    {
        Debug.Assert(!_isOver);
        Transfer = null;
        Stream = stream;
        _phase = Phase.Stream;
        Connection.HandOver(stream.Session);         // which learns by this whom it speaks to
        Connection.HandOver(this);
    }

    /// <summary>Takes what had to wait for the data to be loaded.</summary>
    public void TakeHeld()
    {
        if (!_held.IsEmpty)
        {
            HeldInput held = _held;
            _held = default;
            Take(held.Bytes);
            held.Release(_server.Pool);
        }

        if (_isOver) return;
        if (_hasEnded) End(LinkEnd.Lost);
        else Connection.ResumeReading();
    }

    /// <summary>The data could not be loaded, which has been said.</summary>
    public void FailLoading() => End(LinkEnd.Failed);

    // All that the master had to send is here: with it, the next link goes on where this one ends.
    private bool WaitsForLoading()
    {
        _hasEnded = _phase == Phase.Loading;
        return _hasEnded;
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_isOver)
        {
            switch (_phase)
            {
                case Phase.Handshake or Phase.Header:
                    bytes = TakeLine(bytes);
                    break;
                case Phase.Data:
                    bytes = TakeData(bytes);
                    break;
                case Phase.Loading:
                    _held.Append(bytes, _server.Pool);
                    return;
                case Phase.Stream:
                    TakeStream(bytes);
                    return;
                default:
                    return;
            }
        }
    }

    private ReadOnlySpan<byte> TakeLine(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        int taken = end < 0 ? bytes.Length : end + 1;
        if (_lineLength + taken > LongestLine)
        {
            ReplicaLog.LineTooLong(_logger, LongestLine);
            End(LinkEnd.Refused);
            return default;
        }

        bytes[..taken].CopyTo(_line.AsSpan(_lineLength));
        _lineLength += taken;
        if (end < 0) return default;

        ReadOnlySpan<byte> line = _line.AsSpan(0, _lineLength - 1);
        if (line.EndsWith("\r"u8)) line = line[..^1];
        _lineLength = 0;
        if (_phase == Phase.Handshake) TakeHandshakeLine(line);
        else TakeHeader(line);
        return bytes[taken..];
    }

    private void TakeHandshakeLine(ReadOnlySpan<byte> line)
    {
        HandshakeOutcome outcome = _handshake.Take(line);
        SendHandshake();
        switch (outcome)
        {
            case HandshakeOutcome.Fails:
                End(LinkEnd.Refused);
                break;
            case HandshakeOutcome.Continues:
                _follower.Continue(this);
                break;
            case HandshakeOutcome.BeginsAnew or HandshakeOutcome.BeginsUncounted:
                IsUncounted = outcome == HandshakeOutcome.BeginsUncounted;
                _phase = Phase.Header;
                _follower.OnFullResync(this);
                break;
        }
    }

    private void TakeHeader(ReadOnlySpan<byte> line)
    {
        // A master that has to make its data ready first sends an empty line now and then.
        if (line.IsEmpty) return;
        if (line.StartsWith("-"u8)) ReplicaLog.TransferRefused(_logger, Encoding.Latin1.GetString(line[1..]));
        else if (TransferHeader.Parse(line) is { } header)
        {
            _phase = Phase.Data;
            Transfer = _follower.BeginTransfer(this, header);
            if (!_isOver && Transfer.HasAll) BeginLoading();
            return;
        }
        else ReplicaLog.NoTransferHeader(_logger, Encoding.Latin1.GetString(line));

        End(LinkEnd.Failed);
    }

    private ReadOnlySpan<byte> TakeData(ReadOnlySpan<byte> bytes)
    {
        int taken = Transfer!.Take(bytes);
        if (_isOver || _phase != Phase.Data) return bytes[taken..];
        if (Transfer.HasAll)
        {
            BeginLoading();
            return bytes[taken..];
        }

        // What the data leave is the stream's, which has to wait until they are loaded.
        if (Transfer.IsFull) Connection.PauseReading();
        if (taken < bytes.Length) _held.Append(bytes[taken..], _server.Pool);
        return default;
    }

    private void BeginLoading()
    {
        _phase = Phase.Loading;
        Connection.PauseReading();
        Transfer!.Complete();
    }

    private void TakeStream(ReadOnlySpan<byte> bytes)
    {
        Stream!.Session.NoteActivity();
        Stream.Take(bytes);
        if (_isOver) return;
        if (Stream.IsBroken) End(LinkEnd.Broken);
        else if (Stream.IsRefused || Stream.Session.IsClosing) End(LinkEnd.Lost);
    }

    private void SendHandshake()
    {
        if (_handshake.Output.IsEmpty) return;
        ReadOnlySpan<byte> words = _handshake.Output;
        int sent = _unsent.Length > 0 ? 0 : Connection.Send(words);
        if (sent < words.Length) _unsent = [.. _unsent, .. words[sent..]];
        _handshake.ClearOutput();
    }

    private void End(LinkEnd end)
    {
        if (_isOver) return;
        LinkState reached = State;
        _isOver = true;
        Release();
        Connection.Close();
        _follower.OnEnded(this, reached, end);
    }

    private void Release()
    {
        Transfer?.Abandon();
        Transfer = null;
        _held.Release(_server.Pool);
        if (Stream == null) return;
        Stream.End();
        Stream.Session.OnClosed(null);
    }
}
