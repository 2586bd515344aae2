using System.Diagnostics;

namespace Keyway.Gateway.Links;

/// <summary>
/// A link that all clients of a loop share, pipelined. A request goes onto it whole or not at all, so a client that stalls or leaves in the
/// middle of a request never holds it up; it is never changed by what a client does (no AUTH, no SELECT, no WATCH travels on it).
/// </summary>
internal class SharedLink(NodeBackend node, LinkKey key, bool probe) : ShardLink(node, key, probe)
{
    private readonly RequestRing _requests = new();
    private bool _waitsForRoom;

    /// <summary>Which process answers on it; null until somebody needs to know.</summary>
    public Scanning.ServerProcess? Process { get; set; }

    public override int QueuedBytes => _requests.Length;

    protected override int UnsentRequests => _requests.UnsentLength == 0 ? 0 : CountUnsent();

    /// <summary>True while a request of that length may be put onto it right now.</summary>
    public bool Accepts(int requestBytes) => !IsSetAside && !IsSilent && !IsEnded && _requests.HasRoomFor(requestBytes);

    /// <summary>Puts a whole request behind the others. It leaves at the end of the turn, together with what else came in it.</summary>
    public void Send(ReadOnlySpan<byte> request, int session, uint sequence, int command, int part = 0)
    {
        _requests.Append(request);
        Added(session, sequence, command, part, request.Length);
    }

    /// <summary>Appends a piece of a request that is put together here; <see cref="Added"/> ends it.</summary>
    public void Append(ReadOnlySpan<byte> piece) => _requests.Append(piece);

    /// <summary>Ends a transaction that was appended: one request, which owes so many replies before its last one.</summary>
    public void AddedTransaction(int session, uint sequence, int command, int leadingReplies, int requestBytes)
    {
        CountTransaction(1);
        Added(session, sequence, command, leadingReplies, requestBytes);
    }

    public void Added(int session, uint sequence, int command, int part, int requestBytes) =>
        Added(session, sequence, command, part, requestBytes, Loop.Events.NowTicks);

    private void Added(int session, uint sequence, int command, int part, int requestBytes, long startTicks)
    {
        if (InFlight.Count == 0) LastProgressMs = Loop.Events.NowMs;
        ref InFlight request = ref InFlight.Add();
        request.Session = session;
        request.Sequence = sequence;
        request.StartTicks = startTicks;
        request.RequestBytes = requestBytes;
        request.Command = (ushort)command;
        request.Part = (ushort)part;
        Backend.CountSent();
        Loop.Events.FlushLater(this, Platform.FlushPhase.Requests);
    }

    /// <summary>A request that did not run goes again, with its own number and from when it came.</summary>
    /// <param name="prelude">A request of our own to go before it; nobody gets its reply.</param>
    public void SendAgain(HeldRequest held, ReadOnlySpan<byte> prelude)
    {
        InFlight request = held.Request;
        if (!prelude.IsEmpty) Send(prelude, Links.InFlight.Nobody, 0, IsTransaction(in request) ? Multi : request.Command);
        _requests.Append(held.Bytes);
        if (IsTransaction(in request)) CountTransaction(1);
        Added(request.Session, request.Sequence, request.Command, request.Part, request.RequestBytes, request.StartTicks);
    }

    /// <summary>The request whose reply is being delivered, if it is this one.</summary>
    public bool TryPeekFirst(int session, uint sequence, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        first = second = default;
        if (IsEnded || InFlight.Count == 0 || InFlight.First.Session != session || InFlight.First.Sequence != sequence) return false;
        _requests.Peek(_requests.End - _requests.Length, InFlight.First.RequestBytes, out first, out second);
        return true;
    }

    public override void Flush()
    {
        if (!IsReady || _waitsForRoom || _requests.UnsentLength == 0) return;
        _requests.Unsent(out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second);
        int sent = second.IsEmpty ? Connection.Send(first) : Connection.Send(first, second);
        _requests.MarkSent(sent);
        _waitsForRoom = _requests.UnsentLength > 0;
    }

    public override void OnWritable()
    {
        _waitsForRoom = false;
        Flush();
    }

    protected override void BecameReady() => Flush();

    protected override bool TryTakeRefused(in InFlight request, ReadOnlySpan<byte> reply)
    {
        _requests.Peek(_requests.End - _requests.Length, request.RequestBytes, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second);
        return Backend.Refused.TryHold(this, in request, reply, first, second);
    }

    protected override void OnAnswered(int requestBytes)
    {
        _requests.Release(requestBytes);
        if (Backend.HasWaiters && !IsSetAside && _requests.Length < RequestRing.Largest / 2) Backend.OnLinkFree(this);
    }

    public override void Trim()
    {
        base.Trim();
        _requests.TrimWhenIdle();
    }

    protected override void OnDrained() { }

    protected override void FailRequests(ShardFailure failure)
    {
        // A shard that worked until now and went (a restart, a time-out of its own) may be reached again at once. A request of which no byte has
        // left goes there, unless an earlier one of its client did leave: nobody could say then which of the two runs first. A link that never came
        // to serve is no reason to try the next one at once, for ever; and a reload waits for what is in flight on this link, not on another.
        bool mayResend = HasServed && failure.Kind is FailureKind.Lost or FailureKind.Protocol && Backend.Breaker is null && !Backend.IsRetired && !Loop.IsHolding;
        var begun = new HashSet<int>();
        long end = _requests.End - _requests.Length;
        for (int i = 0; i < InFlight.Count; i++)
        {
            InFlight request = InFlight[i];
            long start = end;
            end += request.RequestBytes;

            // A request whose last byte has not left was never a request to the shard: it cannot have run.
            bool mayHaveRun = end <= _requests.Sent;
            if (start < _requests.Sent) begun.Add(request.Session);
            else if (!begun.Contains(request.Session) && TryKeep(in request, start, mayResend)) continue;
            FailRequest(in request, failure with { MayHaveRun = mayHaveRun });
        }
        _requests.Free();
    }

    protected virtual void FailRequest(in InFlight request, ShardFailure failure) => Loop.Fail(in request, failure);

    /// <summary>The transactions among them owe more than one reply each, and one that has left in part may have begun to be answered.</summary>
    protected override int CountOwedReplies()
    {
        int owed = 0;
        long end = _requests.End - _requests.Length;
        for (int i = 0; i < InFlight.Count; i++)
        {
            long start = end;
            end += InFlight[i].RequestBytes;
            int replies = RepliesTo(in InFlight[i]);
            if (end > _requests.Sent) return start < _requests.Sent ? owed + replies - 1 : owed;
            owed += replies;
        }
        return owed;
    }

    /// <summary>It is idle, and may be so for long.</summary>
    protected void FreeMemory() => _requests.Free();

    protected virtual bool TryKeep(in InFlight request, long start, bool mayResend)
    {
        if (request.Session < 0) return false;
        _requests.Peek(start, request.RequestBytes, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second);
        if (Backend.Refused.HoldsBefore(in request)) return Backend.Refused.TryJoin(Key, in request, first, second);
        if (Backend.IsFollowed && Loop.FindWaiting(in request) is not null) return Backend.Refused.TryJoin(Key, in request, first, second);
        return mayResend && TryResend(in request, first, second);
    }

    private bool TryResend(in InFlight request, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        SharedLink? next = Backend.FindShared(Key, request.RequestBytes, out _);
        if (next is null || !Loop.MovesTo(Backend, request.Session, next)) return false;
        next.Append(first);
        next.Append(second);
        if (IsTransaction(in request)) next.CountTransaction(1);
        next.Added(request.Session, request.Sequence, request.Command, request.Part, request.RequestBytes, request.StartTicks);
        return true;
    }

    private int CountUnsent()
    {
        int count = 0;
        for (long end = _requests.End; end > _requests.Sent; count++) end -= InFlight[InFlight.Count - 1 - count].RequestBytes;
        return count;
    }

    protected override void BuryRequests(ShardFailure failure)
    {
        // The newest first: those of which no byte has left are taken back altogether.
        while (InFlight.Count > 0)
        {
            ref InFlight last = ref InFlight[InFlight.Count - 1];
            if (_requests.End - last.RequestBytes < _requests.Sent) break;
            InFlight request = last;
            _requests.Unappend(request.RequestBytes);
            if (IsTransaction(in request)) CountTransaction(-1);
            InFlight.RemoveLast();
            Backend.CountInFlight(-1);
            Loop.Fail(in request, failure);
        }
        for (int i = 0; i < InFlight.Count; i++)
        {
            InFlight request = InFlight[i];
            if (request.Session == Links.InFlight.Nobody) continue;
            InFlight[i].Session = Links.InFlight.Nobody;
            Loop.Fail(in request, failure with { MayHaveRun = true });
        }
        if (InFlight.Count == 0) Debug.Assert(_requests.Length == 0);
    }
}
