using Keyway.Gateway.Links;
using Keyway.Gateway.Metrics;
using Keyway.Platform;
using Keyway.Protocol;

namespace Keyway.Gateway.Sessions;

/// <summary>How replies come in, in any order, and go out in the order of requests.</summary>
internal sealed partial class ClientSession
{
    // Early bytes of a large reply whose turn has not come; more stays with the shard.
    private const int LargeStashBytes = 1024 * 1024;

    // Links that bring large replies of this client and are not read because it does not take them.
    // Held for a reply that the client does not want to hear (CLIENT REPLY).
    private static readonly object Unheard = new();

    private List<ShardLink>? _pausedLinks;

    // In large replies of our own whose turn has not come.
    private long _keptBytes;

    /// <summary>Where to write a reply that the gateway gives itself. <see cref="EndReply"/> follows.</summary>
    public ReplyBuffer BeginReply() => _queue.Count == 0 && !State.Has(SessionModes.Muted) ? _output : Loop.RentReply();

    public void EndReply(ReplyBuffer reply)
    {
        if (reply == _output)
        {
            Loop.Events.FlushLater(this, FlushPhase.Replies);
            return;
        }
        if (State.Has(SessionModes.Muted))
        {
            Loop.ReturnReply(reply);
            return;
        }
        if (_queue.Count == 0)
        {
            reply.MoveTo(_output);
            Loop.ReturnReply(reply);
            Loop.Events.FlushLater(this, FlushPhase.Replies);
            return;
        }
        _queue.Add(ReplyState.Waiting, null);
        Keep(ref _queue[(uint)_queue.Count - 1], reply);
    }

    /// <summary>The answer comes later after all, by <see cref="Answer(uint, ReplyBuffer)"/>: what <see cref="BeginReply"/> gave goes back unused.</summary>
    public void DropReply(ReplyBuffer reply)
    {
        if (reply != _output) Loop.ReturnReply(reply);
    }

    /// <summary>Numbers the next request; a shard will answer it.</summary>
    public uint Expect(object? gather = null) => _queue.Add(ReplyState.Waiting, gather);

    /// <summary>Numbers a request that is answered by <see cref="Answer(uint, ReplyBuffer)"/>, perhaps at once.</summary>
    public uint ExpectAnswer() => Expect(State.Has(SessionModes.Muted) ? Unheard : null);

    /// <summary>A request has been taken of a client that may not want to hear of it: what it waits for from the number on is not told.</summary>
    public void MuteFrom(uint first)
    {
        if (!State.Has(SessionModes.Muted)) return;
        for (uint offset = first - _queue.HeadSequence; offset < (uint)_queue.Count; offset++)
        {
            ref PendingReply entry = ref _queue[offset];
            if (entry.Held is AwaitedReply gather) gather.IsMuted = true;
            else if (entry is { State: ReplyState.Waiting, Held: null }) entry.Held = Unheard;
        }
        State.AfterUnheard();
    }

    /// <summary>Whether the reply to that request has yet to come.</summary>
    public bool WaitsFor(uint sequence) => !_closed && sequence - _queue.HeadSequence < (uint)_queue.Count;

    /// <summary>
    /// Completes a request that waits for something of ours (other loops, links of its own). Nothing happens when the client has gone or the request has
    /// its reply already.
    /// </summary>
    public void Answer(uint sequence, ReadOnlySpan<byte> reply)
    {
        if (!WaitsFor(sequence)) return;
        ReplyBuffer whole = Loop.RentReply();
        whole.Append(reply);
        Answer(sequence, whole);
    }

    /// <summary>The same with a rented buffer, which goes back from here.</summary>
    public void Answer(uint sequence, ReplyBuffer reply)
    {
        uint offset = sequence - _queue.HeadSequence;
        if (_closed || offset >= (uint)_queue.Count || _queue[offset].State != ReplyState.Waiting)
        {
            Loop.ReturnReply(reply);
            return;
        }
        ref PendingReply entry = ref _queue[offset];
        if (entry.Held == Unheard || entry.Held is AwaitedReply { IsMuted: true }) reply.Clear();
        if (entry.Held is AwaitedReply gather) gather.Return(Loop);
        entry.Held = null;
        if (offset == 0)
        {
            reply.MoveTo(_output);
            Loop.ReturnReply(reply);
            _queue.RemoveHead();
            AfterHead();
        }
        else
        {
            Keep(ref entry, reply);
        }
        if (OutputBytes > Pool.Definition.MaxCollected) CloseOverLimit("it does not take its replies, and they pass max_collected");
    }

    /// <summary>A whole reply from a shard.</summary>
    public void OnReply(ShardBackend backend, in InFlight request, ReadOnlySpan<byte> reply, int durationBucket, long durationTicks)
    {
        uint offset = request.Sequence - _queue.HeadSequence;
        if (offset >= (uint)_queue.Count) return;

        Answered(backend, request.Sequence, mayHaveRun: true);
        _averageReply += (reply.Length - _averageReply) >> 3;
        ref PendingReply entry = ref _queue[offset];
        if (entry.Held is AwaitedReply gather)
        {
            gather.Answer(request.Part, reply);
            if (gather.IsComplete) CompleteGather(offset, gather);
            return;
        }

        CommandCounters counters = Pool.Counters.Of(request.Command);
        if (reply[0] == '-') counters.Error++;
        else counters.Ok++;
        counters.Duration.Record(durationBucket, durationTicks);
        LastCommand = request.Command;
        if (entry.Held is not null)
        {
            EndUnheard(offset, ref entry);
            return;
        }
        if (offset == 0)
        {
            _output.Append(reply);
            _queue.RemoveHead();
            AfterHead();
        }
        else if (entry.State != ReplyState.Ready)
        {
            _queue.Stash(ref entry, reply);
        }
        if (OutputBytes > Pool.Definition.MaxCollected) CloseOverLimit("it does not take its replies, and they pass max_collected");
    }

    /// <summary>A piece of a large reply. False: this client cannot take more now, so its link should not be read.</summary>
    public bool OnReplyPiece(ShardLink link, in InFlight request, ReadOnlySpan<byte> piece, bool isLast)
    {
        uint offset = request.Sequence - _queue.HeadSequence;
        if (offset >= (uint)_queue.Count) return true;

        if (isLast) Answered(link.Backend, request.Sequence, mayHaveRun: true);
        else NoteRun(link.Backend, request.Sequence);
        _averageReply = ShardLink.LargeReplyBytes;
        ref PendingReply entry = ref _queue[offset];
        if (entry.Held is AwaitedReply gather)
        {
            gather.Collect(request.Part, piece, isLast);
            if (gather.CollectedBytes > Pool.Definition.MaxCollected) CloseOverLimit("its gathered replies pass max_collected");
            else if (gather.IsComplete) CompleteGather(offset, gather);
            return true;
        }
        if (entry.State == ReplyState.Ready) return true;
        if (isLast) Pool.Counters.Of(request.Command).Ok++;
        if (entry.Held == Unheard)
        {
            if (isLast) EndUnheard(offset, ref entry);
            return true;
        }
        if (offset == 0)
        {
            entry.State = ReplyState.Arriving;
            _output.Append(piece);
            if (isLast)
            {
                _queue.RemoveHead();
                ReleasePushes();
                AfterHead();
            }
            Loop.Events.FlushLater(this, FlushPhase.Replies);
            if (_output.Length <= OutputPauseBytes || isLast) return true;
            _outputFull = true;
        }
        else
        {
            var held = (ReplyBuffer?)entry.Held;
            if (held is null) entry.Held = held = Loop.RentReply();
            held.Append(piece);
            entry.State = isLast ? ReplyState.Ready : ReplyState.Arriving;
            if (held.Length <= LargeStashBytes || isLast) return true;
        }
        _pausedLinks ??= [];
        if (!_pausedLinks.Contains(link)) _pausedLinks.Add(link);
        return false;
    }

    /// <summary>No reply will come: the request gets its one error, or, if the client has had a part of the reply, the client is closed.</summary>
    public void OnFailure(in InFlight request, ShardFailure failure)
    {
        uint offset = request.Sequence - _queue.HeadSequence;
        if (offset >= (uint)_queue.Count) return;

        Answered(failure.Backend, request.Sequence, failure.MayHaveRun);
        ref PendingReply entry = ref _queue[offset];
        if (entry.Held is AwaitedReply gather)
        {
            gather.Fail(request.Part, failure);
            if (gather.IsComplete) CompleteGather(offset, gather);
            return;
        }
        if (entry.State == ReplyState.Ready) return;
        Pool.Counters.Of(request.Command).Error++;
        if (entry.Held == Unheard)
        {
            EndUnheard(offset, ref entry);
            return;
        }
        if (entry.State == ReplyState.Arriving)
        {
            if (entry.Held is not ReplyBuffer unseen)
            {
                Abort();
                return;
            }

            // Its turn has not come: the client has seen nothing of what arrived early.
            entry.Held = null;
            Loop.ReturnReply(unseen);
        }
        ReplyBuffer text = Loop.RentReply();
        text.WriteError(failure.ForWholeCommand());
        if (offset == 0)
        {
            text.MoveTo(_output);
            _queue.RemoveHead();
            AfterHead();
            Loop.Events.FlushLater(this, FlushPhase.Replies);
        }
        else
        {
            _queue.Stash(ref entry, text.First);
            text.Clear();
        }
        Loop.ReturnReply(text);
    }

    /// <summary>Parts of a split request that no shard will answer, since they could not be sent.</summary>
    public void FailParts(uint sequence, IReadOnlyList<(int Part, ShardFailure Failure)> failures)
    {
        uint offset = sequence - _queue.HeadSequence;
        if (offset >= (uint)_queue.Count || _queue[offset].Held is not AwaitedReply gather) return;
        foreach ((int part, ShardFailure failure) in failures) gather.Fail(part, failure);
        if (gather.IsComplete) CompleteGather(offset, gather);
    }

    /// <summary>A large reply of this client holds up others: has it made no progress, or not even come to its turn, for so long that it must go?</summary>
    public bool HasStalled(in InFlight request, long pausedSinceMs, long nowMs, long limitMs)
    {
        bool itsTurn = request.Sequence == _queue.HeadSequence;
        return nowMs - (itsTurn ? Math.Max(LastTakenMs, pausedSinceMs) : pausedSinceMs) >= limitMs;
    }

    public void CloseOverLimit(string reason)
    {
        GatewayLog.ClientOverLimit(Loop.Log, Pool.Definition.Name, reason);
        Abort();
    }

    // Its reply has come, and is not told.
    private void EndUnheard(uint offset, ref PendingReply entry)
    {
        if (entry.Held != Unheard) return;
        entry.State = ReplyState.Ready;
        if (offset != 0) return;
        _queue.RemoveHead();
        AfterHead();
    }

    // A whole reply whose turn has not come. Many small ones share an array; a large one stays where it is.
    private void Keep(ref PendingReply entry, ReplyBuffer reply)
    {
        if (reply.Length > ShardLink.LargeReplyBytes)
        {
            entry.Length = (int)Math.Min(reply.Length, int.MaxValue);
            _keptBytes += entry.Length;
            entry.Held = reply;
            entry.State = ReplyState.Ready;
            return;
        }
        int length = (int)reply.Length;
        byte[] whole = Loop.Buffers.Rent(Math.Max(1, length));
        reply.CopyTo(whole);
        _queue.Stash(ref entry, whole.AsSpan(0, length));
        Loop.Buffers.Return(whole);
        Loop.ReturnReply(reply);
    }

    private void Answered(ShardBackend backend, uint sequence, bool mayHaveRun)
    {
        ref LinkUse use = ref _uses[backend.Slot];
        use.InFlight--;
        if (use.Held is { } held) backend.Refused.OnAnswered(held, sequence, mayHaveRun);
        else if (use.InFlight == 0 && _blocked is BlockReason.Order or BlockReason.Link) Unblock();
    }

    // The rest of its reply may wait until what the client asked before has been answered; that must not wait for it in turn.
    private void NoteRun(ShardBackend backend, uint sequence)
    {
        if (_uses[backend.Slot].Held is { } held) backend.Refused.OnAnswered(held, sequence, mayHaveRun: true);
    }

    private void CompleteGather(uint offset, AwaitedReply gather)
    {
        gather.OnComplete(this);
        CommandCounters counters = Pool.Counters.Of(gather.Command.Id);
        if (gather.HasFailed) counters.Error++;
        else counters.Ok++;
        long ticks = Loop.Events.NowTicks - gather.StartTicks;
        counters.Duration.Record(LatencyHistogram.BucketOf(ticks), ticks);
        ref PendingReply entry = ref _queue[offset];
        entry.State = ReplyState.Ready;
        if (offset != 0) return;
        Release(ref entry);
        _queue.RemoveHead();
        AfterHead();
    }

    // The oldest reply has gone to the output: so do those behind it that are ready.
    private void AfterHead()
    {
        while (_queue.Count > 0)
        {
            ref PendingReply entry = ref _queue.Head;
            if (entry.State == ReplyState.Waiting) break;
            if (entry.State == ReplyState.Arriving)
            {
                // Its turn has come: what has arrived goes out, and the rest may follow.
                if (entry.Held is ReplyBuffer early)
                {
                    early.MoveTo(_output);
                    entry.Held = null;
                    Loop.ReturnReply(early);
                    if (_output.Length <= OutputPauseBytes) ResumeLargeReplies();
                    else _outputFull = true;
                }
                break;
            }
            Release(ref entry);
            _queue.RemoveHead();
        }
        Loop.Events.FlushLater(this, FlushPhase.Replies);
        if (_blocked != BlockReason.None) RetryAfterReply();
    }

    private void RetryAfterReply()
    {
        if (_blocked == BlockReason.Drain ? _queue.Count == 0 : _blocked == BlockReason.Replies && HasRoomForReplies()) Unblock();
    }

    // Copies a complete reply out of wherever it was kept.
    private void Release(ref PendingReply entry)
    {
        switch (entry.Held)
        {
            case null:
                _output.Append(_queue.Stashed(in entry));
                _queue.Unstash(ref entry);
                break;
            case AwaitedReply gather:
                if (!gather.IsMuted) gather.WriteTo(_output);
                gather.Return(Loop);
                break;
            case ReplyBuffer held:
                _keptBytes -= entry.Length;
                entry.Length = 0;
                held.MoveTo(_output);
                Loop.ReturnReply(held);
                break;
            case Subscriptions.PendingSubscription pending:
                pending.WriteTo(_output, State.Resp3);
                break;
        }
        entry.Held = null;
    }

    private void ResumeLargeReplies()
    {
        if (_pausedLinks is not { Count: > 0 } paused) return;
        _pausedLinks = null;
        foreach (ShardLink link in paused) link.ResumeReading();
    }
}
