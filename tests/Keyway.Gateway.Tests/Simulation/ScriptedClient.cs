using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Protocol;

namespace Keyway.Gateway.Tests.Simulation;

/// <summary>A client that pipelines requests and holds every reply to what that request may get.</summary>
internal sealed class ScriptedClient
{
    private readonly Ledger _ledger;
    private readonly bool _shardsFail;
    private readonly bool _mapChanges;
    private readonly bool _seesRefusals;
    private readonly Queue<ScriptedRequest> _owed = new();
    private readonly Queue<ScriptedRequest> _unsent = new();
    private ReplyScanner _scanner;
    private readonly MemoryStream _reply = new();
    private int _sentOfFirst;
    private int _asked;

    /// <param name="seesRefusals">What its shards refuse goes nowhere else, so it may get their own words.</param>
    public ScriptedClient(SimulatedPeer peer, int number, Ledger ledger, bool shardsFail, bool mapChanges, bool seesRefusals)
    {
        _seesRefusals = seesRefusals;
        Peer = peer;
        Number = number;
        _ledger = ledger;
        _shardsFail = shardsFail;
        _mapChanges = mapChanges;
        peer.WhenReceived = _ => Receive();
    }

    public SimulatedPeer Peer { get; }

    public int Number { get; }

    public int Database { get; set; }

    public bool Resp3 { get; set; }

    public bool HasLeft { get; private set; }

    public bool HasEndedOutput { get; private set; }

    /// <summary>Sends nothing at present, wherever it stopped.</summary>
    public bool Stalls { get; set; }

    public bool StoppedReading { get; private set; }

    /// <summary>Something happened after which the rules let the gateway close it.</summary>
    public bool MayBeClosed { get; private set; }

    public int OwnReplies { get; private set; }

    public int Errors { get; private set; }

    public int Outstanding => _owed.Count + _unsent.Count;

    public bool IsOpen => !HasLeft && !Peer.IsClosed;

    public void Add(ScriptedRequest request)
    {
        _ledger.WasAsked(Number, _asked++, request.Keys);
        _unsent.Enqueue(request);
    }

    /// <summary>Sends up to so many bytes; true if anything moved.</summary>
    public bool Flush(int atMost)
    {
        bool moved = false;
        while (!Stalls && IsOpen && _unsent.Count > 0 && atMost > 0)
        {
            ScriptedRequest first = _unsent.Peek();
            int sent = Peer.Send(first.Bytes.AsSpan(_sentOfFirst, Math.Min(atMost, first.Bytes.Length - _sentOfFirst)));
            if (sent == 0) break;
            moved = true;
            atMost -= sent;
            _sentOfFirst += sent;

            // A streamed request may be answered (that its shard is down) before all of it has been sent.
            if (_sentOfFirst == sent) _owed.Enqueue(first);
            if (_sentOfFirst < first.Bytes.Length) break;
            _unsent.Dequeue();
            _sentOfFirst = 0;
        }
        return moved;
    }

    /// <summary>From here on it says nothing. In the middle of a large request it may be closed for that.</summary>
    public void Stall()
    {
        Stalls = true;
        if (_unsent.Count > 0 && _sentOfFirst > 0 && _unsent.Peek().IsLarge) MayBeClosed = true;
    }

    public void StopReading()
    {
        StoppedReading = true;
        MayBeClosed = true;
        Peer.StopReading();
    }

    public void ResumeReading()
    {
        StoppedReading = false;
        Peer.ResumeReading();
    }

    public void EndOutput()
    {
        if (_unsent.Count > 0 || !Peer.IsConnected) return;
        HasEndedOutput = true;
        Peer.EndOutput();
    }

    public void Leave(bool abruptly)
    {
        HasLeft = true;
        if (abruptly) Peer.Abort();
        else Peer.Close();
    }

    /// <summary>When it is closed: was that allowed?</summary>
    public void CheckClosing()
    {
        if (HasLeft || !Peer.IsClosed) return;
        bool wasServed = HasEndedOutput && Outstanding == 0;
        bool lostItsReply = _shardsFail && _owed.Any(request => request.HasLargeReply);
        bool endedWhileItWaited = HasEndedOutput && _owed.Any(request => request.Blocks);
        if (!wasServed && !lostItsReply && !endedWhileItWaited && !MayBeClosed)
            throw new SimulationFailure($"client {Number} was closed with {_owed.Count} requests owed, the first {Describe(_owed)}");
    }

    private void Receive()
    {
        ReadOnlySpan<byte> bytes = Peer.TakeReceived();
        while (bytes.Length > 0)
        {
            ReplyStatus status = _scanner.Scan(bytes, out int consumed);
            if (status == ReplyStatus.Error) throw new SimulationFailure($"client {Number} received what is no reply, for {Describe(_owed)}");
            _reply.Write(bytes[..consumed]);
            bytes = bytes[consumed..];
            if (status != ReplyStatus.Complete) break;
            Take(Encoding.Latin1.GetString(_reply.GetBuffer(), 0, (int)_reply.Length));
            _reply.SetLength(0);
        }
    }

    private void Take(string reply)
    {
        if (_owed.Count == 0) throw new SimulationFailure($"client {Number} received a reply that it never asked for: {Short(reply)}");
        ScriptedRequest request = _owed.Dequeue();
        if (request.IsOwn(reply))
        {
            OwnReplies++;
            _ledger.WasServed(request.Keys);
            return;
        }
        bool isAborted = request is { IsExec: true, IsWatched: true } && reply is "*-1\r\n" or "_\r\n" && (_shardsFail || _mapChanges);
        bool isOutOfDate = request.IsExec && _mapChanges && reply == "-TRYAGAIN the map has changed since the transaction began; not executed\r\n";
        if (isAborted || isOutOfDate)
        {
            _ledger.WasRefused(request.Keys);
            return;
        }

        // A reload that moves its key ends the waiting, whatever shards do.
        if (!request.AsksShards || !(_shardsFail || request.Blocks)) throw new SimulationFailure($"client {Number} asked {Short(Encoding.Latin1.GetString(request.Bytes))} and received {Short(reply)}");

        Errors++;
        bool notExecuted = reply.StartsWith("-TRYAGAIN shard '", StringComparison.Ordinal) && reply.EndsWith("; not executed\r\n", StringComparison.Ordinal);
        bool uncertain = reply.StartsWith("-UNCERTAIN shard '", StringComparison.Ordinal)
            && (reply.EndsWith("; may have been executed\r\n", StringComparison.Ordinal) || reply.EndsWith("; other keys may have been written\r\n", StringComparison.Ordinal));
        if (request.IsExec && _seesRefusals && reply.StartsWith("-EXECABORT ", StringComparison.Ordinal)) notExecuted = true;
        bool refused = _seesRefusals && ScriptedShard.Refusals.Any(refusal => reply.StartsWith(refusal[..refusal.IndexOf(' ')], StringComparison.Ordinal));
        if (refused && ScriptedShard.Refusals.Contains(reply)) notExecuted = true;
        if (!notExecuted && !uncertain && !refused) throw new SimulationFailure($"client {Number} asked {Short(Encoding.Latin1.GetString(request.Bytes))} and received {Short(reply)}");
        if (notExecuted && !request.ReadsInParts) _ledger.WasRefused(request.Keys);
    }

    private static string Describe(Queue<ScriptedRequest> requests) => requests.Count == 0 ? "none" : Short(Encoding.Latin1.GetString(requests.Peek().Bytes));

    private static string Short(string text) => (text.Length > 160 ? text[..160] + $"… ({text.Length})" : text).Replace("\r\n", " ");
}
