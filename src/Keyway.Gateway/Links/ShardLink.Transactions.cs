using System.Text;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Links;

/// <summary>
/// How a transaction is answered. MULTI, the commands and EXEC travel as one request, so that it is sent, lost, kept and sent again as a whole; it
/// owes a reply to each of them. Only the last is for the client: "+OK" and "+QUEUED" before it end here, and so does a refusal, after which
/// EXEC says EXECABORT.
/// </summary>
internal abstract partial class ShardLink
{
    private static readonly int Exec = CommandTable.Find("exec"u8)!.Id;
    /// <summary>What goes before a transaction and is none.</summary>
    protected static readonly int Multi = CommandTable.Find("multi"u8)!.Id;

    // In flight; nearly always none, and then nothing here is looked at.
    private int _transactions;

    // Of the transaction whose replies are coming.
    private int _leadingTaken;
    private byte[]? _multiError;
    private byte[]? _refusal;
    private bool _isRefusedForGood;

    protected static bool IsTransaction(in InFlight request) => request.Command == Exec;

    protected static int RepliesTo(in InFlight request) => IsTransaction(in request) ? request.Part + 1 : 1;

    protected void CountTransaction(int change) => _transactions += change;

    /// <summary>How many replies may come at most, with those that the first transaction has had already.</summary>
    protected virtual int CountOwedReplies() => InFlight.Count;

    /// <summary>The commands that follow run one by one.</summary>
    protected virtual void OnMultiRefused() { }

    private int OwedReplies() => CountOwedReplies() - _leadingTaken;

    private bool OwesLeadingReplies => IsTransaction(in InFlight.First) && _leadingTaken < InFlight.First.Part;

    private void DeliverEndAmongTransactions(ReadOnlySpan<byte> bytes)
    {
        if (!IsTransaction(in InFlight.First)) DeliverEnd(bytes);
        else if (OwesLeadingReplies) TakeLeading(bytes);
        else DeliverExec(bytes);
    }

    private void KeepLeading(ReadOnlySpan<byte> bytes)
    {
        if (_partialLength + bytes.Length > LargeReplyBytes) End("it answered a command of a transaction before EXEC", FailureKind.Protocol);
        else KeepPartial(bytes);
    }

    private void TakeLeading(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> reply = CompletePartial(bytes);
        _partialLength = 0;
        bool isMulti = _leadingTaken++ == 0;
        if (_multiError is not null) return;
        if (reply[0] == '-')
        {
            NoteRefusal(reply, isMulti);
            return;
        }
        if (!reply.SequenceEqual(isMulti ? "+OK\r\n"u8 : "+QUEUED\r\n"u8)) End("it answered a command of a transaction before EXEC", FailureKind.Protocol);
    }

    private void NoteRefusal(ReadOnlySpan<byte> reply, bool isMulti)
    {
        if (isMulti)
        {
            _multiError = reply.ToArray();
            OnMultiRefused();
        }
        else if (Refusals.CodeOf(reply, Multi) == RefusalCode.None) _isRefusedForGood = true;
        else _refusal ??= reply.ToArray();
    }

    private void DeliverExec(ReadOnlySpan<byte> bytes)
    {
        ref InFlight request = ref InFlight.First;
        if (!_relayingLarge)
        {
            ReadOnlySpan<byte> reply = CompletePartial(bytes);
            if (_multiError is not null)
            {
                // Its commands did not run together, but one by one as they came.
                string reason = $"it refuses MULTI: {Encoding.UTF8.GetString(_multiError.AsSpan()[1..^2])}";
                Loop.Fail(in request, new ShardFailure(Backend, reason, FailureKind.Protocol, MayHaveRun: true));
            }
            else if (reply[0] != '-' || !TryTakeRefused(in request, RefusalIn(reply)))
            {
                Loop.Deliver(Backend, in request, reply);
            }
            _partialLength = 0;
        }
        else
        {
            _relayingLarge = false;
            Backend.LargeReplyCount--;
            Loop.DeliverPiece(this, in request, bytes, isLast: true);
        }
        _transactions--;
        _leadingTaken = 0;
        _multiError = _refusal = null;
        _isRefusedForGood = false;
        EndFirst();
    }

    // Why nothing of the transaction ran, in the words that the server has for one command alone.
    private ReadOnlySpan<byte> RefusalIn(ReadOnlySpan<byte> reply)
    {
        ReadOnlySpan<byte> because = "-EXECABORT Transaction discarded because of: "u8;
        ReadOnlySpan<byte> refusal = reply.StartsWith("-EXECABORT Transaction discarded because of previous errors."u8) ? (_isRefusedForGood ? default : _refusal)
            : reply.StartsWith(because) ? (byte[])[(byte)'-', .. reply[because.Length..]]
            : reply;
        if (refusal.IsEmpty) return reply;

        // A transaction cannot go where ASK sends one command: it stays until the slot has moved.
        return refusal.StartsWith("-ASK "u8) ? "-TRYAGAIN Multiple keys request during rehashing of slot\r\n"u8 : refusal;
    }
}
