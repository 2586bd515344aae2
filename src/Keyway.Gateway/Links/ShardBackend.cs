using System.Text;
using Keyway.Gateway.Metrics;
using Keyway.Gateway.Sessions;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway.Links;

/// <summary>
/// One shard as one loop knows it: its links, its breaker, and the clients that wait for one of its links. While the breaker is open requests
/// are answered at once; one probe stays pending, so that the shard serves again within moments of its return.
/// </summary>
internal sealed class ShardBackend
{
    /// <summary>Links of one kind (version, database): as large replies set them aside, others take over, up to here.</summary>
    private const int MaxSharedPerKey = 4;

    private const int MinBackOffMs = 5;
    private const int MaxBackOffMs = 50;
    private const int KeptIdlePrivate = 16;
    private const int PrivateIdleMs = 10_000;
    private const int TrimAfterMs = 1000;

    private readonly List<SharedLink> _shared = [];
    private readonly List<PrivateLink> _private = [];
    private readonly List<PrivateLink> _idlePrivate = [];
    private readonly List<ClientSession> _waiters = [];
    private readonly int _maxPrivate;
    private SharedLink? _probe;
    private int _backOffMs = MinBackOffMs;
    private long _nextProbeMs;
    private ShardFailure? _breaker;
    private bool _probing;
    private HandshakeRefusal? _loggedRefusal;

    // A database or version that the shard refused a moment ago is not asked for again at once.
    private readonly Dictionary<LinkKey, (ShardFailure Failure, long UntilMs)> _refused = [];

    public ShardBackend(GatewayLoop loop, ShardDefinition definition, int slot, int loops)
    {
        Loop = loop;
        Definition = definition;
        Slot = slot;
        TimeoutMs = (long)definition.Timeout.TotalMilliseconds;
        _maxPrivate = Math.Max(1, definition.PrivateLinks / loops);
        Refused = new RefusedRequests(this, loop.PolicyFor(this));
    }

    public GatewayLoop Loop { get; }

    public ShardDefinition Definition { get; }

    /// <summary>Where sessions keep what they have in flight here. Never used again for another shard while this one lives.</summary>
    public int Slot { get; }

    public long TimeoutMs { get; }

    public ShardCounters Counters { get; } = new();

    /// <summary>Why requests are refused at present; null while they are sent.</summary>
    public ShardFailure? Breaker => _breaker;

    /// <summary>Requests that the shard did not run and that will be sent again.</summary>
    public RefusedRequests Refused { get; }

    public bool HasWaiters => _waiters.Count > 0;

    /// <summary>How many of its links relay a large reply: nearly always none, and then nobody need look for them.</summary>
    public int LargeReplyCount { get; set; }

    public bool IsRetired { get; private set; }

    public bool IsGone => IsRetired && _shared.Count == 0 && _private.Count == 0 && Refused.IsEmpty;

    public void CountSent()
    {
        Counters.Requests++;
        Counters.InFlight++;
    }

    public void CountInFlight(int change) => Counters.InFlight += change;

    /// <summary>Connects before anybody asks, so that the state of the shard is known from the start.</summary>
    public void Start()
    {
        _probing = true;
        Probe();
    }

    /// <summary>The shared link to use now; null when the caller must wait (a waiter is told when) or, with a failure, be refused.</summary>
    public SharedLink? FindShared(LinkKey key, int requestBytes, out ShardFailure? failure)
    {
        failure = _breaker;
        if (failure is not null)
        {
            Counters.Breaker++;
            return null;
        }
        int ofThisKey = 0;
        foreach (SharedLink link in _shared)
        {
            if (link.Key != key) continue;
            if (link.Accepts(requestBytes)) return link;
            ofThisKey++;

            // Full but in good order: what is ahead of us moves, and another link would not make the shard faster.
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

    /// <summary>A private link for one large request; null with a failure when there is none to be had.</summary>
    public PrivateLink? TakePrivate(LinkKey key, out ShardFailure? failure)
    {
        failure = _breaker;
        if (failure is not null)
        {
            Counters.Breaker++;
            return null;
        }
        for (int i = _idlePrivate.Count - 1; i >= 0; i--)
        {
            PrivateLink idle = _idlePrivate[i];
            if (idle.Key != key) continue;
            _idlePrivate.RemoveAt(i);
            return idle;
        }
        if (_private.Count >= _maxPrivate && _idlePrivate.Count > 0)
        {
            PrivateLink other = _idlePrivate[0];
            other.End("not needed any more", FailureKind.Retired);
        }
        if (_private.Count >= _maxPrivate)
        {
            failure = new ShardFailure(this, $"all {_maxPrivate} private links are in use; see private_links", FailureKind.Refused,
                $"TRYAGAIN shard '{Definition.Name}' has no private link left ({_maxPrivate} in use; see private_links); not executed");
            return null;
        }
        var link = new PrivateLink(this, key);
        _private.Add(link);
        Loop.Events.Connect(Definition.Address, link);
        return link;
    }

    public void GiveBack(PrivateLink link)
    {
        if (IsRetired || _breaker is not null || link.IsEnded || _idlePrivate.Count >= KeptIdlePrivate)
        {
            link.End("not needed any more", FailureKind.Retired);
            return;
        }
        link.IdleSinceMs = Loop.Events.NowMs;
        _idlePrivate.Add(link);
    }

    /// <summary>The session cannot go on before a link of this shard has room or has drained.</summary>
    public void Wait(ClientSession session) => _waiters.Add(session);

    public void OnLinkReady(ShardLink link)
    {
        if (link is SharedLink && (link.IsProbe || _breaker is null)) CloseBreaker();
        if (link == _probe) _probe = null;
    }

    public void OnLinkSetAside(ShardLink link) => WakeWaiters();

    /// <summary>A link has room again, or has drained.</summary>
    public void OnLinkFree(ShardLink link)
    {
        WakeWaiters();
        if (IsRetired && link.InFlightCount == 0) link.End("the map no longer names it", FailureKind.Retired);
    }

    /// <summary>A link whose requests were given up as silent has begun to answer: the shard is back.</summary>
    public void OnAnswering(ShardLink link) => CloseBreaker();

    public void OnSilent(ShardLink link)
    {
        Counters.Timeouts++;
        OpenBreaker(new ShardFailure(this, $"silent for {Reasons.Duration(TimeoutMs)}", FailureKind.Timeout));
    }

    /// <summary>It answered a request by LOADING: it serves nobody until it has its data.</summary>
    public void OnLoading(ReadOnlySpan<byte> reply)
    {
        if (_breaker is not { Kind: FailureKind.Loading }) OpenBreaker(new ShardFailure(this, Encoding.UTF8.GetString(reply[1..^2]), FailureKind.Loading));
    }

    public void OnHandshakeRefused(ShardLink link, HandshakeRefusal refusal)
    {
        Counters.Refused++;
        var failure = new ShardFailure(this, Reasons.HandshakeRefused(refusal), FailureKind.Handshake, refusal.Step == "SELECT" ? refusal.Text : null);

        // Probes are refused again and again, many times a second: what changes is news.
        if (refusal != _loggedRefusal) GatewayLog.HandshakeRefused(Loop.Log, Definition.Name, Definition.AddressText, refusal.Step, refusal.Text);
        _loggedRefusal = refusal;
        if (link.IsProbe) OpenBreaker(failure);
        else _refused[link.Key] = (failure, Loop.Events.NowMs + MaxBackOffMs);
    }

    public void OnLinkEnded(ShardLink link, string reason, FailureKind kind)
    {
        if (link is SharedLink shared)
        {
            _shared.Remove(shared);
            if (shared == _probe) _probe = null;
        }
        else if (link is PrivateLink own)
        {
            _private.Remove(own);
            _idlePrivate.Remove(own);
        }
        switch (kind)
        {
            case FailureKind.Lost: Counters.Lost++; break;
            case FailureKind.Protocol: Counters.Protocol++; break;
            case FailureKind.Refused: Counters.Lost++; break;
            case FailureKind.Timeout when !link.IsSilent: Counters.Timeouts++; break;
            default: break;
        }
        if (kind == FailureKind.Protocol) GatewayLog.LinkDoubted(Loop.Log, Definition.Name, Definition.AddressText, reason);
        if (kind is FailureKind.Refused or FailureKind.Timeout or FailureKind.Loading) OpenBreaker(new ShardFailure(this, reason, kind));
        WakeWaiters();

        // While other links stand, they tell how the shard is; a link for each that went would be one more each time.
        if (kind != FailureKind.Retired && !IsRetired && (_breaker is not null || _shared.Count == 0)) ScheduleProbe();
    }

    public void Retire()
    {
        IsRetired = true;
        Refused.FailAll();
        foreach (SharedLink link in _shared.ToArray())
        {
            if (link.InFlightCount == 0) link.End("the map no longer names it", FailureKind.Retired);
        }
        foreach (PrivateLink link in _idlePrivate.ToArray()) link.End("the map no longer names it", FailureKind.Retired);
    }

    /// <summary>Ends everything at once, at shutdown or after a probe of a map that is not taken.</summary>
    public void EndAll()
    {
        IsRetired = true;
        Refused.FailAll();
        foreach (SharedLink link in _shared.ToArray()) link.End("the gateway is shutting down", FailureKind.Retired);
        foreach (PrivateLink link in _private.ToArray()) link.End("the gateway is shutting down", FailureKind.Retired);
    }

    /// <summary>Time passes: silences, back-offs and idle links are looked after here, not by timers of their own.</summary>
    public void Tick(long nowMs)
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
        for (int i = _idlePrivate.Count - 1; i >= 0 && i < _idlePrivate.Count; i--)
        {
            if (nowMs - _idlePrivate[i].IdleSinceMs > PrivateIdleMs) _idlePrivate[i].End("not needed any more", FailureKind.Retired);
        }
        Counters.QueueBytes = queued;
        Counters.SharedLinks = _shared.Count;
        Counters.PrivateLinks = _private.Count;
        Refused.Tick();
        if (_probing && !IsRetired && _probe is null && nowMs >= _nextProbeMs) Probe();
    }

    /// <summary>What a reload waits for: every request that is in flight here now.</summary>
    public List<(ShardLink Link, long Added)> Everything()
    {
        var all = new List<(ShardLink, long)>();
        foreach (SharedLink link in _shared) all.Add((link, link.AddedRequests));
        foreach (PrivateLink link in _private) all.Add((link, link.AddedRequests));
        return all;
    }

    /// <summary>Whether somebody waits for a link of this key that only the end of a large reply can give.</summary>
    public bool IsStarved(LinkKey key)
    {
        if (_waiters.Count == 0) return false;
        int ofThisKey = 0;
        foreach (SharedLink link in _shared)
        {
            if (link.Key == key) ofThisKey++;
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
    }

    private static void CheckSilence(ShardLink link, long nowMs)
    {
        if (!link.OwesSomething) return;
        long silentMs = nowMs - link.LastProgressMs;
        if (silentMs >= link.Backend.TimeoutMs) link.OnSilence(silentMs);
    }

    private SharedLink OpenShared(LinkKey key, bool probe)
    {
        var link = new SharedLink(this, key, probe);
        _shared.Add(link);
        Loop.Events.Connect(Definition.Address, link);
        return link;
    }

    private void OpenBreaker(ShardFailure failure)
    {
        // Every loop sees it for itself; one of them is enough to tell.
        bool isNews = Loop.Number == 0 && (_breaker is null || (failure.Kind == FailureKind.Loading && _breaker.Kind != FailureKind.Loading));
        if (isNews && failure.Kind == FailureKind.Loading) GatewayLog.ShardLoading(Loop.Log, Definition.Name, Definition.AddressText);
        else if (isNews) GatewayLog.ShardDown(Loop.Log, Definition.Name, Definition.AddressText, failure.Reason);
        if (_breaker is null) _backOffMs = MinBackOffMs;
        _breaker = failure;
        Counters.Up = false;
        ScheduleProbe();
        WakeWaiters();
    }

    private void CloseBreaker()
    {
        if (!Counters.Up)
        {
            GatewayLog.ShardUp(Loop.Log, Definition.Name, Definition.AddressText);
            _loggedRefusal = null;
        }
        _breaker = null;
        _probing = false;
        _backOffMs = MinBackOffMs;
        Counters.Up = true;
        Refused.LookAtAll();
        WakeWaiters();
    }

    private void ScheduleProbe()
    {
        if (_probe is not null) return;
        _probing = true;
        _nextProbeMs = Loop.Events.NowMs + Loop.Random.Next(_backOffMs / 2, _backOffMs + 1);
        _backOffMs = Math.Min(MaxBackOffMs, _backOffMs * 2);
    }

    private void Probe()
    {
        _nextProbeMs = long.MaxValue;
        _probe = OpenShared(new LinkKey(false, 0), probe: true);
    }

    private void WakeWaiters()
    {
        if (_waiters.Count == 0) return;
        foreach (ClientSession session in _waiters) session.Unblock();
        _waiters.Clear();
    }
}
