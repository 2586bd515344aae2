using System.Net;
using System.Text;
using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Cluster;

/// <summary>
/// One server of a cluster, as a master of slots: its own links, breaker and order of requests; and the replicas that answer reads in its place.
/// While it cannot be reached, requests wait for it or for whoever gets its slots.
/// </summary>
internal sealed class ClusterNodeBackend : ShardBackend
{
    private const int MinReplicaPauseMs = 5;
    private const int MaxReplicaPauseMs = 50;

    private readonly ClusterBackend _cluster;
    private readonly ServerProbe _probe;
    private readonly HeldSessions _held;
    private readonly List<NodeBackend> _replicas = [];
    private HandshakeRefusal? _loggedRefusal;
    private bool _isUp;

    public ClusterNodeBackend(ClusterBackend cluster, ServerAddress address, int slot, int loops)
        : base(cluster.Loop, cluster.Definition, slot, loops, cluster.Counters)
    {
        _cluster = cluster;
        _held = new HeldSessions(this);
        Node = new NodeBackend(this, address);
        _probe = new ServerProbe(Node);
        Nodes.Add(Node);
    }

    public NodeBackend Node { get; }

    public override ShardBackend Whole => _cluster;

    public override bool IsFollowed => true;

    public override string AddressText => Node.AddressText;

    /// <summary>The cluster names it no more.</summary>
    public bool IsLeft { get; set; }

    public override void Start() => _probe.Begin();

    public override IRefusalPolicy MakePolicy() => new ClusterPolicy(this, () => _cluster);

    public override SharedLink? FindShared(LinkKey key, int requestBytes, out ShardFailure? failure)
    {
        failure = Breaker;
        return failure is null ? Node.FindShared(key, requestBytes, out failure) : null;
    }

    public override PrivateLink? TakePrivate(LinkKey key, out ShardFailure? failure)
    {
        failure = Breaker;
        return failure is null ? Node.TakePrivate(key, out failure) : null;
    }

    public override NodeBackend? FindMaster(out ShardFailure? failure)
    {
        failure = Breaker;
        return failure is null ? Node : null;
    }

    public override bool Suits(ShardLink link, ClientSession session, bool reads) =>
        link.Node != Node ? reads && ServesReads(link.Node)
        : !reads || (session.Pool.Definition.Reads == ReadsFrom.PreferReplica && !_replicas.Exists(ServesReads));

    public override NodeBackend? FindReader(ClientSession session, out ShardFailure? failure)
    {
        failure = null;
        for (int i = 0; i < _replicas.Count; i++)
        {
            // Clients spread over the replicas; each stays with one, for the order of its requests.
            NodeBackend replica = _replicas[(session.Index + i) % _replicas.Count];
            if (ServesReads(replica)) return replica;
        }
        if (session.Pool.Definition.Reads == ReadsFrom.PreferReplica)
        {
            failure = Breaker;
            return failure is null ? Node : null;
        }
        failure = new ShardFailure(this, "reads: replica", FailureKind.Refused) { State = "has no replica to read from" };
        return null;
    }

    public override bool TryHold(ClientSession session, ref ShardFailure failure) => _held.TryHold(session, ref failure);

    public override long PatienceMs(ClientSession? session) => session is null ? TimeoutMs : HeldSessions.MostMs(session);

    public void FollowReplicas(IReadOnlyList<EndPoint> addresses)
    {
        foreach (NodeBackend replica in _replicas.ToArray())
        {
            if (addresses.Contains(replica.Address.EndPoint)) continue;
            _replicas.Remove(replica);
            replica.Leave("it is no replica any more");
        }
        foreach (EndPoint address in addresses)
        {
            if (_replicas.Exists(replica => replica.Address.EndPoint.Equals(address))) continue;
            NodeBackend? former = Nodes.Find(node => node != Node && node.Address.EndPoint.Equals(address));
            NodeBackend replica = former ?? new NodeBackend(this, new ServerAddress(address, ClusterNode.TextOf(address))) { SaysReadOnly = true };
            if (former is null)
            {
                Nodes.Add(replica);
                _cluster.Nodes.Add(replica);
            }
            _replicas.Add(replica);
        }
    }

    /// <summary>It answered a request by LOADING: it serves nobody until it has its data.</summary>
    public void OnLoading(ReadOnlySpan<byte> reply)
    {
        if (Breaker is not { Kind: FailureKind.Loading }) OpenBreaker(new ShardFailure(this, Encoding.UTF8.GetString(reply[1..^2]), FailureKind.Loading));
    }

    /// <summary>Slots may have other servers now: whoever waits for this one looks again.</summary>
    public void Wake()
    {
        _held.Release();
        Refused.LookAtAll();
        WakeWaiters();
    }

    /// <summary>Called by the cluster, which looks after the links of all its servers.</summary>
    public void TickNode(long nowMs)
    {
        Refused.Tick();
        if (!IsRetired) _probe.Tick(nowMs);
        _held.Tick(nowMs);
        for (int i = Nodes.Count - 1; i > 0; i--)
        {
            if (Nodes[i].HasLinks || _replicas.Contains(Nodes[i])) continue;
            _cluster.Nodes.Remove(Nodes[i]);
            Nodes.RemoveAt(i);
        }
    }

    public override void OnLinkReady(ShardLink link)
    {
        link.Node.PauseMs = MinReplicaPauseMs;
        if (link.Node != Node) return;
        if (link is SharedLink && (link.IsProbe || Breaker is null)) CloseBreaker();
        _probe.Forget(link);
    }

    public override void OnAnswering(ShardLink link)
    {
        if (link.Node == Node) CloseBreaker();
        else WakeWaiters();
    }

    public override void OnSilent(ShardLink link)
    {
        Counters.Timeouts++;
        OnTrouble(link, new ShardFailure(this, $"silent for {Reasons.Duration(TimeoutMs)}", FailureKind.Timeout));
    }

    public override void OnHandshakeRefused(ShardLink link, HandshakeRefusal refusal)
    {
        Counters.Refused++;
        var failure = new ShardFailure(this, Reasons.HandshakeRefused(refusal), FailureKind.Handshake, refusal.Verbatim);

        // Probes are refused again and again, many times a second: what changes is news.
        if (refusal != _loggedRefusal && refusal.Verbatim is null) GatewayLog.HandshakeRefused(Loop.Log, Definition.Name, link.Node.AddressText, refusal.Step, refusal.Text);
        _loggedRefusal = refusal;
        if (link.IsProbe) OpenBreaker(failure);
        else link.Node.Remember(link.Key, failure);
    }

    protected override void AfterLinkEnded(ShardLink link, string reason, FailureKind kind)
    {
        _probe.Forget(link);
        bool isDown = kind is FailureKind.Refused or FailureKind.Timeout or FailureKind.Loading || (kind == FailureKind.Protocol && !link.HasServed);
        if (isDown) OnTrouble(link, new ShardFailure(this, reason, kind));
        else if (kind is FailureKind.Lost) _cluster.LookNow();
        WakeWaiters();
        if (link.Node == Node && kind != FailureKind.Retired && !IsRetired && (Breaker is not null || Node.SharedCount == 0)) _probe.Schedule(anew: false);
    }

    protected override void AfterRetired() => _held.Release();

    protected override void AfterTick(long nowMs) { }

    private bool ServesReads(NodeBackend node) => _replicas.Contains(node) && Loop.Events.NowMs >= node.PausedUntilMs;

    private void OnTrouble(ShardLink link, ShardFailure failure)
    {
        if (link.Node == Node)
        {
            OpenBreaker(failure);
        }
        else
        {
            link.Node.PausedUntilMs = Loop.Events.NowMs + Loop.Random.Next(link.Node.PauseMs / 2, link.Node.PauseMs + 1);
            link.Node.PauseMs = Math.Min(MaxReplicaPauseMs, 2 * link.Node.PauseMs);
        }
        _cluster.LookNow();
    }

    private void OpenBreaker(ShardFailure failure)
    {
        bool isNew = Breaker is null;
        if (isNew && _isUp && Loop.Number == 0) GatewayLog.ShardDown(Loop.Log, Definition.Name, Node.AddressText, failure.Reason);
        _isUp = false;
        Breaker = failure;
        _probe.Schedule(anew: isNew);
        WakeWaiters();
    }

    private void CloseBreaker()
    {
        if (!_isUp && Loop.Number == 0) GatewayLog.ShardUp(Loop.Log, Definition.Name, Node.AddressText);
        _isUp = true;
        _loggedRefusal = null;
        Breaker = null;
        _probe.Stop();
        Wake();
    }
}
