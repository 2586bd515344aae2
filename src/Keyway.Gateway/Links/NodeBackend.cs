namespace Keyway.Gateway.Links;

/// <summary>
/// One server of a shard as one loop knows it: its links. Whether requests are sent to it at all is its shard's business, which hears of
/// everything that happens to a link.
/// </summary>
internal sealed class NodeBackend
{
    /// <summary>Links of one kind (version, database): as large replies set them aside, others take over, up to here.</summary>
    private const int MaxSharedPerKey = 4;

    /// <summary>How long a database or version that the server refused is not asked for again.</summary>
    private const int RefusedForMs = 50;

    private const int KeptIdlePrivate = 16;
    private const int PrivateIdleMs = 10_000;
    private const int TrimAfterMs = 1000;

    private readonly List<SharedLink> _shared = [];
    private readonly List<PrivateLink> _private = [];
    private readonly List<PrivateLink> _idlePrivate = [];
    private readonly List<PinnedLink> _pinned = [];
    private readonly List<PinnedLink> _idlePinned = [];
    private readonly Dictionary<LinkKey, (ShardFailure Failure, long UntilMs)> _refused = [];

    public NodeBackend(ShardBackend shard, ServerAddress address)
    {
        Shard = shard;
        Address = address;
    }

    public ShardBackend Shard { get; }

    public ServerAddress Address { get; }

    public string AddressText => Address.Text;

    /// <summary>A replica in a cluster: it answers reads only on links that say READONLY first.</summary>
    public bool SaysReadOnly { get; init; }

    /// <summary>As a replica: it has everything that was acknowledged up to then; 0 when that is not known.</summary>
    public long CaughtUpTicks { get; set; }

    /// <summary>After trouble with it a replica is not read from until then.</summary>
    public long PausedUntilMs { get; set; }

    /// <summary>How long the next such pause is.</summary>
    public int PauseMs { get; set; } = 1;

    public GatewayLoop Loop => Shard.Loop;

    public int SharedCount => _shared.Count;

    public int PrivateCount => _private.Count + _pinned.Count;

    public bool HasLinks => _shared.Count > 0 || PrivateCount > 0;

    /// <summary>The shared link to use now; null when the caller must wait (a waiter is told when) or, with a failure, be refused.</summary>
    public SharedLink? FindShared(LinkKey key, int requestBytes, out ShardFailure? failure)
    {
        failure = null;
        int ofThisKey = 0;
        foreach (SharedLink link in _shared)
        {
            if (link.Key != key || link.IsLeft) continue;
            if (link.Accepts(requestBytes)) return link;
            ofThisKey++;

            // Full but in good order: what is ahead of us moves, and another link would not make the server faster.
            if (!link.IsSetAside && !link.IsSilent) return null;
        }
        if (_refused.TryGetValue(key, out (ShardFailure Failure, long UntilMs) refused))
        {
            if (Loop.Events.NowMs < refused.UntilMs)
            {
                failure = refused.Failure;
                return null;
            }
            _refused.Remove(key);
        }
        if (ofThisKey >= MaxSharedPerKey) return null;
        return OpenShared(key, probe: false);
    }

    public SharedLink OpenShared(LinkKey key, bool probe)
    {
        var link = new SharedLink(this, key, probe);
        _shared.Add(link);
        Connect(link);
        return link;
    }

    /// <summary>A private link for one large request; null with a failure when there is none to be had.</summary>
    public PrivateLink? TakePrivate(LinkKey key, out ShardFailure? failure)
    {
        failure = null;
        for (int i = _idlePrivate.Count - 1; i >= 0; i--)
        {
            PrivateLink idle = _idlePrivate[i];
            if (idle.Key != key) continue;
            _idlePrivate.RemoveAt(i);
            return idle;
        }
        failure = MakeRoomForPrivate();
        if (failure is not null) return null;
        var link = new PrivateLink(this, key);
        _private.Add(link);
        Connect(link);
        return link;
    }

    /// <summary>A link of the client's own, for what must not be on a shared one; null with a failure when there is none to be had.</summary>
    public PinnedLink? TakePinned(LinkKey key, out ShardFailure? failure)
    {
        failure = null;
        for (int i = _idlePinned.Count - 1; i >= 0; i--)
        {
            PinnedLink idle = _idlePinned[i];
            if (idle.Key != key) continue;
            _idlePinned.RemoveAt(i);
            idle.Lend();
            return idle;
        }
        failure = MakeRoomForPrivate();
        if (failure is not null) return null;
        var link = new PinnedLink(this, key);
        _pinned.Add(link);
        Connect(link);
        return link;
    }

    /// <summary>
    /// It has been proven clean. As many are kept as were in use within the last seconds: clients that watch keys all the time would otherwise open
    /// a connection for each attempt.
    /// </summary>
    public void GiveBack(PinnedLink link)
    {
        if (Shard.IsRetired || Shard.Breaker is not null || link.IsEnded || link.IsLeft)
        {
            link.End("not needed any more", FailureKind.Retired);
            return;
        }
        link.IdleSinceMs = Loop.Events.NowMs;
        _idlePinned.Add(link);
    }

    public void GiveBack(PrivateLink link)
    {
        if (Shard.IsRetired || Shard.Breaker is not null || link.IsEnded || link.IsLeft || _idlePrivate.Count >= KeptIdlePrivate)
        {
            link.End("not needed any more", FailureKind.Retired);
            return;
        }
        link.IdleSinceMs = Loop.Events.NowMs;
        _idlePrivate.Add(link);
    }

    /// <summary>The server refused this kind of link: for a moment it is not asked again.</summary>
    public void Remember(LinkKey key, ShardFailure refusal) => _refused[key] = (refusal, Loop.Events.NowMs + RefusedForMs);

    public void Remove(ShardLink link)
    {
        if (link is PinnedLink pinned)
        {
            _pinned.Remove(pinned);
            _idlePinned.Remove(pinned);
        }
        else if (link is SharedLink shared)
        {
            _shared.Remove(shared);
        }
        else if (link is PrivateLink own)
        {
            _private.Remove(own);
            _idlePrivate.Remove(own);
        }
    }

    /// <summary>No new requests come this way: what is in flight has its answers, then its links end.</summary>
    public void Leave(string why)
    {
        foreach (SharedLink link in _shared.ToArray()) link.Leave(why);
        foreach (PrivateLink link in _private.ToArray()) link.Leave(why);
        foreach (PinnedLink link in _pinned.ToArray()) link.Leave(why);
    }

    /// <summary>Ends all links at once; what is in flight on them gets its one error each.</summary>
    public void EndAll(string why, FailureKind kind)
    {
        foreach (SharedLink link in _shared.ToArray()) link.End(why, kind);
        foreach (PrivateLink link in _private.ToArray()) link.End(why, kind);
        foreach (PinnedLink link in _pinned.ToArray()) link.End(why, kind);
    }

    /// <summary>Time passes: silences and idle links are looked after here, not by timers of their own.</summary>
    /// <returns>How many bytes of requests are kept here.</returns>
    public long Tick(long nowMs)
    {
        long queued = 0;
        for (int i = _shared.Count - 1; i >= 0 && i < _shared.Count; i--)
        {
            SharedLink link = _shared[i];
            queued += link.QueuedBytes;
            if (link.InFlightCount > 0 || !link.IsReady) CheckSilence(link, nowMs);
            else if (nowMs - link.LastProgressMs > TrimAfterMs) link.Trim();
        }
        for (int i = _private.Count - 1; i >= 0 && i < _private.Count; i--)
        {
            PrivateLink link = _private[i];
            queued += link.QueuedBytes;
            if (link.InFlightCount > 0) CheckSilence(link, nowMs);
        }
        for (int i = _pinned.Count - 1; i >= 0 && i < _pinned.Count; i--)
        {
            PinnedLink link = _pinned[i];
            queued += link.QueuedBytes;
            if (link.InFlightCount > 0 || !link.IsReady) CheckSilence(link, nowMs);
        }
        for (int i = _idlePinned.Count - 1; i >= 0 && i < _idlePinned.Count; i--)
        {
            if (nowMs - _idlePinned[i].IdleSinceMs > PrivateIdleMs) _idlePinned[i].End("not needed any more", FailureKind.Retired);
        }
        for (int i = _idlePrivate.Count - 1; i >= 0 && i < _idlePrivate.Count; i--)
        {
            if (nowMs - _idlePrivate[i].IdleSinceMs > PrivateIdleMs) _idlePrivate[i].End("not needed any more", FailureKind.Retired);
        }
        return queued;
    }

    /// <summary>What a reload waits for: every request that is in flight here now.</summary>
    public void AddEverything(List<(ShardLink Link, long Added)> all)
    {
        foreach (SharedLink link in _shared) all.Add((link, link.AddedRequests));
        foreach (PrivateLink link in _private) all.Add((link, link.AddedRequests));
        foreach (PinnedLink link in _pinned) all.Add((link, link.AddedRequests));
    }

    /// <summary>Whether only the end of a large reply can give another link of this key.</summary>
    public bool IsExhausted(LinkKey key)
    {
        int ofThisKey = 0;
        foreach (SharedLink link in _shared)
        {
            if (link.Key == key && !link.IsLeft) ofThisKey++;
        }
        return ofThisKey >= MaxSharedPerKey;
    }

    public IEnumerable<ShardLink> LargeReplies()
    {
        foreach (SharedLink link in _shared)
        {
            if (link.IsRelayingLarge) yield return link;
        }
        foreach (PrivateLink link in _private)
        {
            if (link.IsRelayingLarge) yield return link;
        }
        foreach (PinnedLink link in _pinned)
        {
            if (link.IsRelayingLarge) yield return link;
        }
    }

    // Null when there is room for one private link more, perhaps in the place of an idle one of another kind.
    private ShardFailure? MakeRoomForPrivate()
    {
        int most = Shard.MaxPrivate;
        if (PrivateCount >= most && _idlePrivate.Count > 0) _idlePrivate[0].End("not needed any more", FailureKind.Retired);
        if (PrivateCount >= most && _idlePinned.Count > 0) _idlePinned[0].End("not needed any more", FailureKind.Retired);
        if (PrivateCount < most) return null;
        return new ShardFailure(Shard, $"all {most} private links are in use; see private_links", FailureKind.Refused,
            $"TRYAGAIN shard '{Shard.Definition.Name}' has no private link left ({most} in use; see private_links); not executed");
    }

    private void Connect(ShardLink link) => Loop.Events.Connect(Address.EndPoint, link, Shard.Definition.Tls);

    private static void CheckSilence(ShardLink link, long nowMs)
    {
        if (!link.OwesSomething) return;
        long silentMs = nowMs - link.LastProgressMs;
        if (silentMs >= link.Backend.TimeoutMs) link.OnSilence(silentMs);
    }
}
