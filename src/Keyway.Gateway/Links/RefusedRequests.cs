using System.Text;
using Keyway.Gateway.Sessions;
using Keyway.Platform;

namespace Keyway.Gateway.Links;

/// <summary>
/// The requests that a shard's servers provably did not run, and that are to be sent again. Each client's wait until the client's later requests
/// to the shard have their replies too. If one of those ran, the earlier ones would run behind it, so their client is told instead that they did
/// not; otherwise all go again, in their order, to whoever the shard's <see cref="IRefusalPolicy"/> names. Meanwhile the client's further
/// requests to this shard are not taken (or refused, while the breaker is open): nothing overtakes what is held.
/// </summary>
/// <remarks>
/// Nothing is decided in the middle of a reply. What happens is noted, and looked at while replies are flushed, so that requests which go again
/// leave in the same turn.
/// </remarks>
internal sealed class RefusedRequests(ShardBackend backend, IRefusalPolicy policy) : Flushable
{
    /// <summary>Of one shard on one loop, for all clients: past it a request that was refused is not kept, and its client is told.</summary>
    internal const int MaxHeldBytes = 16 * 1024 * 1024;

    private readonly HashSet<HeldRequests> _all = [];

    // What has gone again since the last tick. Two nodes that send a request to each other get it once a tick, not as fast as they can refuse it.
    private readonly HashSet<(int Session, uint Sequence)> _sentSinceTick = [];
    private readonly HashSet<(int Session, uint Sequence)> _loadedSinceTick = [];
    private List<HeldRequests> _next = [];
    private List<HeldRequests> _now = [];
    private int _heldBytes;

    public bool IsEmpty => _all.Count == 0;

    /// <summary>The shard refused a request on a shared link. False: the reply goes to the client as it is.</summary>
    public bool TryHold(SharedLink link, in InFlight request, ReadOnlySpan<byte> reply, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        RefusalCode code = Refusals.CodeOf(reply, request.Command);
        if (code == RefusalCode.None) backend.OnOtherError(reply);
        if (code == RefusalCode.None || !policy.GoesAgain(link, code, reply)) return false;
        if (backend.Loop.FindWaiting(in request) is not { } session) return false;

        var held = new HeldRequest(request, code, [.. first, .. second], reply.ToArray()) { Order = policy.OrderOf(first, second) };

        // A shard that lacks a script right behind our loading it there does not take it from us.
        if (code == RefusalCode.NoScript && _loadedSinceTick.Contains((request.Session, request.Sequence))) return false;

        // Its time runs from when it came: however often it is refused, that is how long it can wait.
        bool canWait = !IsOverdue(held) && _heldBytes + held.Bytes.Length <= MaxHeldBytes && !backend.IsRetired;
        if (canWait) Hold(session, link.Key, held, link);
        else if (code == RefusalCode.NoScript) return false;
        else backend.Loop.Fail(in request, FailureOf(held));
        return true;
    }

    /// <summary>
    /// The shard refused a request that cannot go again: it was streamed and is not here any more, or only its own link will do. False: the reply
    /// goes to the client.
    /// </summary>
    public bool TryFail(ShardLink link, in InFlight request, ReadOnlySpan<byte> reply)
    {
        RefusalCode code = Refusals.CodeOf(reply, request.Command);
        if (code == RefusalCode.None || !policy.GoesAgain(link, code, reply) || code == RefusalCode.NoScript) return false;
        backend.Loop.Fail(in request, FailureOf(new HeldRequest(request, code, [], reply.ToArray())));
        return true;
    }

    /// <summary>The shard refused something, and takes note. True: somebody else may serve it.</summary>
    public bool Hears(ShardLink link, RefusalCode code, ReadOnlySpan<byte> reply) => policy.GoesAgain(link, code, reply);

    /// <summary>Whether earlier requests of the same client are held: then the request may not be sent before them.</summary>
    public bool HoldsBefore(in InFlight request) => backend.Loop.FindWaiting(in request) is { } session && session.UseOf(backend).Held is not null;

    /// <summary>A request behind held ones was lost before any of its bytes left: it joins them. False: there is no room.</summary>
    public bool TryJoin(LinkKey key, in InFlight request, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (backend.IsRetired || _heldBytes + request.RequestBytes > MaxHeldBytes) return false;
        Hold(backend.Loop.FindWaiting(in request)!, key, new HeldRequest(request, RefusalCode.None, [.. first, .. second], []) { Order = policy.OrderOf(first, second) });
        return true;
    }

    /// <summary>Another request of a client that has some held here has been answered, or a part of its answer has come.</summary>
    /// <param name="mayHaveRun">False when it provably did not run either.</param>
    public void OnAnswered(HeldRequests held, uint sequence, bool mayHaveRun)
    {
        if (mayHaveRun) NoteRun(held, sequence);
        LookLater(held);
    }

    /// <summary>The client has left: nobody wants to know any more.</summary>
    public void Forget(HeldRequests held)
    {
        while (held.Count > 0) RemoveFirst(held);
        _all.Remove(held);
    }

    /// <summary>Time has passed.</summary>
    public void Tick()
    {
        _sentSinceTick.Clear();
        _loadedSinceTick.Clear();
        if (_all.Count == 0) return;
        foreach (HeldRequests held in _all) held.WaitsForTick = false;
        LookAtAll();
    }

    /// <summary>The shard may serve again: now rather than with the next tick.</summary>
    public void LookAtAll()
    {
        foreach (HeldRequests held in _all) LookLater(held);
    }

    /// <summary>For a reload: whether something is held that came up to then.</summary>
    public bool HoldsFrom(long startTicks)
    {
        foreach (HeldRequests held in _all)
        {
            if (held.Count > 0 && held.First.Request.StartTicks <= startTicks) return true;
        }
        return false;
    }

    /// <summary>The shard is not served any more.</summary>
    public void FailAll()
    {
        foreach (HeldRequests held in _all.ToArray())
        {
            while (held.Count > 0) Fail(held, FailureOf(held.First));
            LookLater(held);
        }
    }

    public override void Flush()
    {
        (_now, _next) = (_next, _now);
        foreach (HeldRequests held in _now)
        {
            held.IsQueued = false;
            Look(held);
        }
        _now.Clear();
    }

    // Where order is not kept among all of a client's requests, the one that has run is looked at: its bytes are kept until its reply is delivered.
    private void NoteRun(HeldRequests held, uint sequence)
    {
        int order = held.Count > 0 && held.First.Order >= 0 && held.Link is { } link && link.TryPeekFirst(held.Session, sequence, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
            ? policy.OrderOf(first, second)
            : -1;
        if (order < 0) held.NoteRun(sequence);
        else held.NoteRun(sequence, order);
    }

    private void Hold(ClientSession session, LinkKey key, HeldRequest request, SharedLink? link = null)
    {
        ref LinkUse use = ref session.UseOf(backend);
        if (use.Held is null)
        {
            use.Held = new HeldRequests(backend, session.Index, key);
            _all.Add(use.Held);
        }
        use.Held.Add(request);
        if (link is not null) use.Held.Link = link;
        _heldBytes += request.Bytes.Length;
        if (_sentSinceTick.Contains((session.Index, request.Request.Sequence))) use.Held.WaitsForTick = true;

        // While its link is unknown and requests are out, the router takes no more of this client's for this shard.
        use.Link = null;
        LookLater(use.Held);
    }

    private void LookLater(HeldRequests held)
    {
        if (held.IsQueued) return;
        held.IsQueued = true;
        _next.Add(held);
        backend.Loop.Events.FlushLater(this, FlushPhase.Replies);
    }

    private void Look(HeldRequests held)
    {
        if (backend.Loop.FindSession(held.Session) is not { } session || session.UseOf(backend).Held != held) return;

        while (held.Count > 0 && held.IsOvertaken) GiveUp(held);
        SharedLink? link = null;
        if (session.UseOf(backend).InFlight == held.Count && !held.WaitsForTick) link = SendOn(held);
        if (held.Count > 0) return;

        // Nothing is held any more: what follows goes behind what has just gone, or, if nothing has, once all is answered.
        ref LinkUse use = ref session.UseOf(backend);
        use.Held = null;
        use.Link = link?.Backend == backend ? link : null;
        _all.Remove(held);
        session.Unblock(BlockReason.Order);
    }

    // The oldest and those behind it that can go to the same place. The link is the one on which something went.
    private SharedLink? SendOn(HeldRequests held)
    {
        SharedLink? last = null;
        while (held.Count > 0)
        {
            if (held.IsOvertaken)
            {
                GiveUp(held);
                continue;
            }
            HeldRequest request = held.First;
            Successor successor = policy.FindSuccessor(held.Key, request);
            if (successor.Link is { } link && (last is null || link == last) && link.Accepts(request.Bytes.Length + successor.Prelude.Length))
            {
                RemoveFirst(held);
                if (link.Backend != backend) MoveCount(held, link);
                link.SendAgain(request, successor.Prelude);
                backend.Loop.NoteSentAgain(link);
                _sentSinceTick.Add((held.Session, request.Request.Sequence));
                if (request.Code == RefusalCode.NoScript) _loadedSinceTick.Add((held.Session, request.Request.Sequence));
                last = link;
            }
            else if (last is not null)
            {
                // Those sent just now come first; this one's turn comes when they have been answered.
                break;
            }
            else if (successor.Failure is { } failure)
            {
                Fail(held, failure);
            }
            else if (successor.IsOwnWords && request.Code != RefusalCode.None)
            {
                Relay(held);
            }
            else if (IsOverdue(request))
            {
                Fail(held, backend.Breaker ?? FailureOf(request));
            }
            else
            {
                break;
            }
        }
        return last;
    }

    // A later request of the client has run: this one must not any more. The server's own words are better only where every client knows them.
    private void GiveUp(HeldRequests held)
    {
        HeldRequest request = held.First;
        if (request.Code == RefusalCode.NoScript) Relay(held);
        else Fail(held, FailureOf(request) with { State = "ran a later request of this client and refused this one" });
    }

    private void Relay(HeldRequests held)
    {
        HeldRequest request = RemoveFirst(held);
        InFlight asked = request.Request;
        backend.Loop.Deliver(backend, in asked, request.Reply);
    }

    private void Fail(HeldRequests held, ShardFailure failure)
    {
        InFlight asked = RemoveFirst(held).Request;

        // It may be another server of a cluster that gives the reason; the request is counted here.
        backend.Loop.Fail(in asked, failure with { Backend = backend });
    }

    // To another server of the same cluster: from now on the client waits for that one.
    private void MoveCount(HeldRequests held, SharedLink link)
    {
        ClientSession session = backend.Loop.FindSession(held.Session)!;
        session.UseOf(backend).InFlight--;
        ref LinkUse there = ref session.UseOf(link.Backend);
        if (there.InFlight++ > 0) return;
        there.Link = link;
        there.OnPrivate = false;
    }

    private HeldRequest RemoveFirst(HeldRequests held)
    {
        HeldRequest first = held.RemoveFirst();
        _heldBytes -= first.Bytes.Length;
        return first;
    }

    private bool IsOverdue(HeldRequest request)
    {
        EventLoop events = backend.Loop.Events;
        InFlight asked = request.Request;
        return events.Time.GetElapsedTime(asked.StartTicks, events.NowTicks).TotalMilliseconds >= backend.PatienceMs(backend.Loop.FindWaiting(in asked));
    }

    private ShardFailure FailureOf(HeldRequest request) => request.Code switch
    {
        RefusalCode.None => new ShardFailure(backend, "the connection was lost", FailureKind.Lost),
        RefusalCode.Loading => new ShardFailure(backend, Words(request), FailureKind.Loading),
        RefusalCode.Moved or RefusalCode.Ask or RefusalCode.TryAgain => new ShardFailure(backend, Words(request), FailureKind.Refused) { State = "is moving the key" },
        _ => new ShardFailure(backend, Words(request), FailureKind.Refused),
    };

    private static string Words(HeldRequest request) => Encoding.UTF8.GetString(request.Reply.AsSpan()[1..^2]);
}
