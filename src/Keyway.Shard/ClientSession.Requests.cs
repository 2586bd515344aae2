using System.Diagnostics;
using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard;

/// <summary>How a client's bytes become requests that are executed.</summary>
internal sealed partial class ClientSession
{
    private void ProcessHeld()
    {
        _held.Consume(Process(_held.Bytes));
        if (_held.Length == 0 || IsClosing)
        {
            _held.Release(_server.Pool);
            return;
        }

        if (!ExceedsInputLimit(_held.Length) && _held.Length >= PauseAt && !MayExecute) PauseInput();
    }

    /// <summary>Whether so many bytes are too many to wait for their execution; the client is closed then.</summary>
    private bool ExceedsInputLimit(int bytes)
    {
        // What a transaction has queued came the same way, and waits as well.
        long waiting = bytes + (Transaction?.ArgumentBytes ?? 0);
        long limit = IsAuthenticated ? _server.Settings.QueryBufferLimit : Math.Min(UnauthenticatedInput, _server.Settings.QueryBufferLimit);
        if (waiting <= limit) return false;

        ShardLog.QueryBufferLimit(_server.Logger, Id, Address, waiting);
        CloseAtOnce();
        return true;
    }

    /// <summary>Executes the requests that are whole, and returns how many bytes they took.</summary>
    private int Process(ReadOnlySpan<byte> bytes)
    {
        Debug.Assert(!_isProcessing, "a handler must not lead back here: arguments lie in the bytes that are being read");
        _isProcessing = true;
        int at = 0;
        RequestReader reader = _reader ?? _server.Reader;
        while (at < bytes.Length && MayExecute)
        {
            if (_reader == null && IsAuthenticated && _server.LookAhead.Count == 0)
            {
                int used = ExecuteAhead(bytes[at..]);
                at += used;
                if (used > 0 || !MayExecute) continue;
            }

            reader.Limits = IsAuthenticated ? _server.RequestLimits : RequestLimits.Unauthenticated;
            RequestStatus status = reader.Read(bytes[at..]);
            if (status == RequestStatus.Incomplete)
            {
                // It knows how far it has come: it stays with the request, and the others get another one.
                if (_reader == null)
                {
                    _reader = reader;
                    _server.ReplaceReader();
                }

                _isProcessing = false;
                return at;
            }

            if (status == RequestStatus.Complete)
            {
                Execute(reader.Arguments(bytes[at..]));
                if (IsPutOff(reader.Consumed)) break;
            }
            else if (status == RequestStatus.Error)
            {
                RefuseProtocol(reader.Error);
            }

            at += reader.Consumed;
        }

        ReleaseReader();
        _isProcessing = false;
        return at;
    }

    /// <summary>Whether the request was not executed, but stays where it is, with so many bytes.</summary>
    private bool IsPutOff(int bytes)
    {
        if (_postponed == null) return false;
        _postponed.ValueRef = _postponed.Value with { InputBytes = bytes };
        return true;
    }

    /// <summary>Executes requests of a pipeline that were found together, and returns how many bytes they took; zero when none was found.</summary>
    private int ExecuteAhead(ReadOnlySpan<byte> bytes)
    {
        LookAhead ahead = _server.LookAhead;
        ahead.Gather(bytes, _server.RequestLimits, Database);
        int at = 0;
        for (int i = 0; i < ahead.Count && MayExecute && IsAuthenticated; i++)
        {
            Execute(ahead.Arguments(i, bytes));
            if (IsPutOff(ahead.EndOf(i) - at)) break;
            at = ahead.EndOf(i);
        }

        ahead.Clear();
        return at;
    }

    private void Execute(Arguments arguments)
    {
        if (IsReplica) ReplicaRequest.Execute(_server, this, arguments);
        else if (ReplyMode == ReplyMode.On) _server.Dispatcher.Execute(this, arguments, Reply);
        else ExecuteUnheard(arguments);

        if (Reply.Length >= _server.OutputWatch.LowestBytes) _server.OutputWatch.Check(this);
        if (Reply.Length > FlushAt && !IsClosingSoon) Send();
        if (Reply.Length >= PauseAt)
        {
            _obstacles |= Obstacles.OutputFull;
            PauseInput();
        }

        if (!IsAuthenticated && Reply.Length > UnauthenticatedOutput) DrainUnauthenticated();
    }

    private void ExecuteUnheard(Arguments arguments)
    {
        // SKIP covers this one command, whatever it is; CLIENT REPLY ON ends OFF and is heard again.
        bool isSkipped = ReplyMode == ReplyMode.SkipNext;
        if (isSkipped) ReplyMode = ReplyMode.On;
        _server.Dispatcher.Execute(this, arguments, _server.Unheard);
        if (!isSkipped && ReplyMode == ReplyMode.On) _server.Unheard.MoveTo(Reply);
        else if (isSkipped && _postponed != null) ReplyMode = ReplyMode.SkipNext;
        _server.Unheard.Clear();
    }

    private void DrainUnauthenticated()
    {
        Send();
        if (Reply.Length <= UnauthenticatedOutput) return;
        ShardLog.UnauthenticatedOutput(_server.Logger, Id, Address);
        CloseAtOnce();
    }

    private void RefuseProtocol(ReadOnlySpan<byte> error)
    {
        ShardLog.ProtocolError(_server.Logger, Id, Address, Encoding.ASCII.GetString(error));
        _server.Statistics.CountError(error);
        Reply.WriteError(error);
        CloseAfterReplies();
    }

    private void ReleaseReader()
    {
        if (_reader == null) return;
        _reader.Reset();
        _server.KeepReader(_reader);
        _reader = null;
    }
}
