using Keyway.Gateway.Subscriptions;
using Keyway.Platform;
using Keyway.Protocol;

namespace Keyway.Gateway.Sessions;

/// <summary>
/// What a client gets without having asked: messages of its subscriptions, lines of MONITOR. They go out between whole replies. What it does not take
/// is kept, within limits, and waits for nobody and holds nobody up.
/// </summary>
internal sealed partial class ClientSession
{
    // What came while a large reply was half out.
    private ReplyBuffer? _heldPushes;
    private bool _pushQueued;
    private bool _isLagging;

    /// <summary>What it listens to; null for a client that never did.</summary>
    public Subscriber? Subscriber { get; set; }

    /// <summary>All that the client has not taken, what waits for the end of a reply included.</summary>
    public long UntakenBytes => OutputBytes + (_heldPushes?.Length ?? 0);

    /// <param name="message">One whole message in the client's protocol.</param>
    public void Push(ReadOnlySpan<byte> message) => Push(message, default);

    /// <summary>The same in two pieces.</summary>
    public void Push(ReadOnlySpan<byte> first, ReadOnlySpan<byte> rest)
    {
        if (_closing) return;
        ReplyBuffer target = PushTarget();
        target.Append(first);
        target.Append(rest);
        Pushed();
    }

    /// <param name="shared">One whole message that others get too: it is not copied, and never changed.</param>
    public void Push(byte[] shared)
    {
        if (_closing) return;
        PushTarget().AppendShared(shared);
        Pushed();
    }

    /// <summary>Called by the loop, for some clients in each turn.</summary>
    public void FlushPushed()
    {
        _pushQueued = false;
        if (_closed) return;
        Flush();
        if (_isLagging || UntakenBytes < LaggingSessions.LeastBytes) return;
        _isLagging = true;
        Loop.Lagging.Add(this);
    }

    /// <summary>It has caught up.</summary>
    public bool StopsLagging()
    {
        if (UntakenBytes >= LaggingSessions.LeastBytes) return false;
        _isLagging = false;
        return true;
    }

    /// <summary>A reply that is not bytes yet: it is written, and what it confirms begins, when its turn comes.</summary>
    public uint Defer(PendingSubscription pending, bool isReady)
    {
        uint sequence = _queue.Add(isReady ? ReplyState.Ready : ReplyState.Waiting, pending);
        if (isReady && _queue.Count == 1) AfterHead();
        return sequence;
    }

    /// <summary>Nothing stands in the way of such a reply any more but its turn.</summary>
    public void Complete(uint sequence)
    {
        uint offset = sequence - _queue.HeadSequence;
        if (_closed || offset >= (uint)_queue.Count) return;
        _queue[offset].State = ReplyState.Ready;
        if (offset == 0) AfterHead();
    }

    /// <summary>The reply to the present request, also to a client that does not want to hear replies: those to UNSUBSCRIBE are messages.</summary>
    public void AnswerAloud(ReplyBuffer reply)
    {
        if (_queue.Count > 0)
        {
            _queue.Add(ReplyState.Waiting, null);
            Keep(ref _queue[(uint)_queue.Count - 1], reply);
            return;
        }
        reply.MoveTo(_output);
        Loop.ReturnReply(reply);
        Loop.Events.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>Ends all its subscriptions without a word.</summary>
    public void DropSubscriptions()
    {
        if (Subscriber is not { } subscriber) return;
        subscriber.RemoveAll();
        Subscriber = null;
        State.Set(SessionModes.Subscribed, false);
    }

    // Never inside a reply: behind a large one of which a part is out, its end comes first.
    private ReplyBuffer PushTarget()
    {
        if (_queue.Count == 0 || _queue.Head.State != ReplyState.Arriving) return _output;
        return _heldPushes ??= Loop.RentReply();
    }

    private void ReleasePushes()
    {
        if (_heldPushes is null) return;
        _heldPushes.MoveTo(_output);
        Loop.ReturnReply(_heldPushes);
        _heldPushes = null;
    }

    private void Pushed()
    {
        if (UntakenBytes > Pool.Definition.MaxCollected)
        {
            CloseOverLimit("it does not take its messages, and they pass max_collected");
            return;
        }
        if (_pushQueued) return;
        _pushQueued = true;
        Loop.Pushed.Add(this);
    }

    private void ForgetPushes()
    {
        for (uint i = 0; i < _queue.Count; i++)
        {
            if (_queue[i].Held is PendingSubscription pending) pending.Cancel();
        }
        DropSubscriptions();
        _heldPushes?.Clear();
        _heldPushes = null;
    }
}
