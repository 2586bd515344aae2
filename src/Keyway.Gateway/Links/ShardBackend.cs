using Keyway.Gateway.Metrics;
using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Links;

/// <summary>
/// One shard as one loop knows it: whether requests are sent to it now, and the clients that wait for one of its links. A client's requests to
/// it keep their order, whichever of its servers they go to. What kinds of shards differ in, whom they send to and what opens and closes their
/// breaker, is theirs (<see cref="LoneBackend"/>).
/// </summary>
internal abstract class ShardBackend
{
    private readonly List<ClientSession> _waiters = [];

    protected ShardBackend(GatewayLoop loop, ShardDefinition definition, int slot, int loops, ShardCounters? counters = null)
    {
        Counters = counters ?? new ShardCounters();
        Loop = loop;
        Definition = definition;
        Slot = slot;
        TimeoutMs = (long)definition.Timeout.TotalMilliseconds;
        MaxPrivate = Math.Max(1, definition.PrivateLinks / loops);
        Refused = new RefusedRequests(this, loop.PolicyFor(this));
    }

    public GatewayLoop Loop { get; }

    public ShardDefinition Definition { get; }

    /// <summary>Where sessions keep what they have in flight here. Never used again for another shard while this one lives.</summary>
    public int Slot { get; }

    public long TimeoutMs { get; }

    /// <summary>The most private links to one of its servers, on this loop.</summary>
    public int MaxPrivate { get; }

    public ShardCounters Counters { get; }

    /// <summary>Why requests are not sent at present; null while they are. Read for every request.</summary>
    public ShardFailure? Breaker { get; protected set; }

    /// <summary>Requests that the shard did not run and that will be sent again.</summary>
    public RefusedRequests Refused { get; }

    /// <summary>The servers that have links, or could have.</summary>
    public List<NodeBackend> Nodes { get; } = [];

    /// <summary>Where its keys are written now: one server, none while it has no master, each master of a cluster. The same list while they are the same.</summary>
    public virtual IReadOnlyList<NodeBackend> MasterNodes => Nodes;

    /// <summary>Another server may take over: requests that have not left can wait for it.</summary>
    public virtual bool IsFollowed => false;

    /// <summary>Where its keys are written now, or were last, for people.</summary>
    public virtual string AddressText => Definition.AddressText;

    /// <summary>The shard of the map: itself, unless that is a cluster, each of whose servers is a shard of its own.</summary>
    public virtual ShardBackend Whole => this;

    public bool HasWaiters => _waiters.Count > 0;

    /// <summary>How many of its links relay a large reply: nearly always none, and then nobody need look for them.</summary>
    public virtual int LargeReplyCount { get; set; }

    public bool IsRetired { get; private set; }

    public virtual bool IsGone => IsRetired && Refused.IsEmpty && !Nodes.Exists(node => node.HasLinks);

    public void CountSent()
    {
        Counters.Requests++;
        Counters.InFlight++;
    }

    public void CountInFlight(int change) => Counters.InFlight += change;

    /// <summary>Looks for the shard before anybody asks, so that its state is known from the start.</summary>
    public abstract void Start();

    /// <summary>What the shard makes of requests that its servers refuse unexecuted.</summary>
    public abstract IRefusalPolicy MakePolicy();

    /// <summary>The shared link to use now; null when the caller must wait (a waiter is told when) or, with a failure, be refused.</summary>
    public abstract SharedLink? FindShared(LinkKey key, int requestBytes, out ShardFailure? failure);

    /// <summary>A private link for one large request; null with a failure when there is none to be had.</summary>
    public abstract PrivateLink? TakePrivate(LinkKey key, out ShardFailure? failure);

    /// <summary>The server that writes go to; null with a failure while there is none.</summary>
    public abstract NodeBackend? FindMaster(out ShardFailure? failure);

    /// <summary>Whether the client's next request may go on the link that it used last; only asked where replicas are read.</summary>
    public virtual bool Suits(ShardLink link, ClientSession session, bool reads) => true;

    /// <summary>Who answers a read of this client; null with a failure when nobody does now.</summary>
    public virtual NodeBackend? FindReader(ClientSession session, out ShardFailure? failure)
    {
        failure = Breaker;
        return failure is null ? Nodes[0] : null;
    }

    /// <summary>
    /// Where another server may take over, the session waits for it, blocked, and tries again when there is one. False: its request is to be
    /// refused now.
    /// </summary>
    public virtual bool TryHold(ClientSession session, ref ShardFailure failure) => false;

    /// <summary>An error that proves nothing about its request: a script's, which may be the server's own words all the same.</summary>
    public virtual void OnOtherError(ReadOnlySpan<byte> reply) { }

    /// <summary>How long requests that were refused unexecuted, or never left, may wait to go again.</summary>
    public virtual long PatienceMs(ClientSession? session) => TimeoutMs;

    /// <summary>The session cannot go on before a link of this shard has room or has drained.</summary>
    public void Wait(ClientSession session) => _waiters.Add(session);

    public abstract void OnLinkReady(ShardLink link);

    /// <summary>A link whose requests were given up as silent has begun to answer: the server is back.</summary>
    public abstract void OnAnswering(ShardLink link);

    public abstract void OnSilent(ShardLink link);

    public abstract void OnHandshakeRefused(ShardLink link, HandshakeRefusal refusal);

    /// <summary>A server has said which process it is.</summary>
    public void OnProcessKnown() => WakeWaiters();

    public void OnLinkSetAside(ShardLink link) => WakeWaiters();

    /// <summary>A link has room again, or has drained.</summary>
    public void OnLinkFree(ShardLink link)
    {
        WakeWaiters();
        if (link.InFlightCount > 0) return;
        if (IsRetired) link.End("the map no longer names it", FailureKind.Retired);
        else if (link.IsLeft) link.End("not needed any more", FailureKind.Retired);
    }

    public void OnLinkEnded(ShardLink link, string reason, FailureKind kind)
    {
        link.Node.Remove(link);
        switch (kind)
        {
            case FailureKind.Lost: Counters.Lost++; break;
            case FailureKind.Protocol: Counters.Protocol++; break;
            case FailureKind.Refused: Counters.Lost++; break;
            case FailureKind.Timeout when !link.IsSilent: Counters.Timeouts++; break;
            default: break;
        }
        if (kind == FailureKind.Protocol) GatewayLog.LinkDoubted(Loop.Log, Definition.Name, link.Node.AddressText, reason);
        AfterLinkEnded(link, reason, kind);
    }

    public void Retire()
    {
        IsRetired = true;
        Refused.FailAll();
        foreach (NodeBackend node in Nodes) node.Leave("the map no longer names it");
        AfterRetired();
    }

    /// <summary>Ends everything at once, at shutdown or after a probe of a map that is not taken.</summary>
    public void EndAll()
    {
        IsRetired = true;
        Refused.FailAll();
        foreach (NodeBackend node in Nodes) node.EndAll("the gateway is shutting down", FailureKind.Retired);
        AfterRetired();
    }

    public void Tick(long nowMs)
    {
        long queued = 0;
        int shared = 0;
        int owned = 0;
        for (int i = Nodes.Count - 1; i >= 0; i--)
        {
            NodeBackend node = Nodes[i];
            queued += node.Tick(nowMs);
            shared += node.SharedCount;
            owned += node.PrivateCount;
        }
        Counters.QueueBytes = queued;
        Counters.SharedLinks = shared;
        Counters.PrivateLinks = owned;
        Refused.Tick();
        AfterTick(nowMs);
    }

    /// <summary>It is gone: other shards may take its place in the sessions' tables.</summary>
    public virtual void ReturnSlots() => Loop.ReturnSlot(Slot);

    /// <summary>For a reload: whether something waits to go again that came up to then.</summary>
    public virtual bool HoldsFrom(long startTicks) => Refused.HoldsFrom(startTicks);

    /// <summary>What a reload waits for: every request that is in flight here now.</summary>
    public List<(ShardLink Link, long Added)> Everything()
    {
        var all = new List<(ShardLink, long)>();
        foreach (NodeBackend node in Nodes) node.AddEverything(all);
        return all;
    }

    /// <summary>Whether somebody waits for a link of this key that only the end of a large reply can give.</summary>
    public bool IsStarved(LinkKey key) => _waiters.Count > 0 && Nodes.Exists(node => node.IsExhausted(key));

    public IEnumerable<ShardLink> LargeReplies() => Nodes.SelectMany(node => node.LargeReplies());

    protected abstract void AfterLinkEnded(ShardLink link, string reason, FailureKind kind);

    protected abstract void AfterRetired();

    protected abstract void AfterTick(long nowMs);

    protected void WakeWaiters()
    {
        if (_waiters.Count == 0) return;
        foreach (ClientSession session in _waiters) session.Unblock();
        _waiters.Clear();
    }
}
