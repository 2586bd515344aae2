using System.Text;
using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Shards;

/// <summary>
/// A shard of several servers as one loop knows it: requests go to the one that is the master, as the shard's watch has found out. Any trouble
/// with it is a doubt: nothing more is sent, and clients wait, until the watch has looked again and somebody says, asked later than the trouble,
/// that it is the master. So a server that was replaced while it could not be reached gets nothing when it comes back.
/// </summary>
internal sealed class FollowedBackend : ShardBackend
{
    private const int MinPauseMs = 5;
    private const int MaxPauseMs = 50;
    private const int RumourPeriodMs = 100;

    private readonly ShardWatches _watches;
    private readonly HeldSessions _held;
    private readonly List<NodeBackend> _replicas = [];
    private NodeBackend? _master;
    private NodeBackend[] _masterNodes = [];
    private ShardTopology _topology = ShardTopology.Unknown;
    private ShardFailure? _doubt;
    private long _doubtTicks;
    private long _nextRumourMs;
    private long _pausedUntilMs;
    private bool _settlesAfterPause;

    public FollowedBackend(GatewayLoop loop, ShardDefinition definition, int slot, int loops, ShardWatches watches)
        : base(loop, definition, slot, loops)
    {
        _watches = watches;
        _held = new HeldSessions(this);
        Breaker = new ShardFailure(this, ShardTopology.Unknown.Reason, FailureKind.Refused);
    }

    public override string AddressText => _master?.Address.Text ?? Definition.AddressText;

    public override bool IsFollowed => true;

    public override IReadOnlyList<NodeBackend> MasterNodes => _masterNodes;

    public override void Start() => Follow(_watches.Of(Definition).Topology);

    public override IRefusalPolicy MakePolicy() => new FollowedPolicy(this);

    public override SharedLink? FindShared(LinkKey key, int requestBytes, out ShardFailure? failure)
    {
        failure = Breaker;
        return failure is null ? _master!.FindShared(key, requestBytes, out failure) : null;
    }

    public override PrivateLink? TakePrivate(LinkKey key, out ShardFailure? failure)
    {
        failure = Breaker;
        return failure is null ? _master!.TakePrivate(key, out failure) : null;
    }

    public override NodeBackend? FindMaster(out ShardFailure? failure)
    {
        failure = Breaker;
        return failure is null ? _master : null;
    }

    public override bool Suits(ShardLink link, ClientSession session, bool reads) =>
        link.Node != _master ? reads && ServesReads(link.Node, session)
        : !reads || (session.Pool.Definition.Reads == ReadsFrom.PreferReplica && !AnyServesReads(session));

    public override NodeBackend? FindReader(ClientSession session, out ShardFailure? failure)
    {
        failure = null;
        for (int i = 0; i < _replicas.Count; i++)
        {
            // Clients spread over the replicas; each stays with one, for the order of its requests.
            NodeBackend replica = _replicas[(session.Index + i) % _replicas.Count];
            if (ServesReads(replica, session)) return replica;
        }
        if (session.Pool.Definition.Reads == ReadsFrom.PreferReplica)
        {
            failure = Breaker;
            return failure is null ? _master : null;
        }
        failure = new ShardFailure(this, _replicas.Count == 0 ? "reads: replica" : "reads: replica, and max_lag", FailureKind.Refused) { State = "has no replica to read from" };
        return null;
    }

    /// <summary>The session waits, unsent, for the shard to have a master (or a replica). False: it has waited long enough, or too many do.</summary>
    public override bool TryHold(ClientSession session, ref ShardFailure failure) => _held.TryHold(session, ref failure);

    public override long PatienceMs(ClientSession? session) => session is null ? TimeoutMs : HeldSessions.MostMs(session);

    /// <summary>What the watch has found.</summary>
    public void Follow(ShardTopology topology)
    {
        if (IsRetired) return;
        _topology = topology;
        if (topology.Master != _master?.Address) Exchange(topology);
        FollowReplicas(topology);
        bool isSettled = topology.Master is not null && topology.VerifiedTicks >= _doubtTicks;
        _settlesAfterPause = isSettled && Loop.Events.NowMs < _pausedUntilMs;
        if (isSettled && !_settlesAfterPause) _doubt = null;
        Judge();
    }

    /// <summary>A server said READONLY, LOADING or MASTERDOWN.</summary>
    public void OnRefusal(ShardLink link, RefusalCode code, ReadOnlySpan<byte> reply)
    {
        string words = Encoding.UTF8.GetString(reply[1..^2]);
        OnTrouble(link, new ShardFailure(this, words, code == RefusalCode.Loading ? FailureKind.Loading : FailureKind.Refused));
    }

    /// <summary>What a script says may not be true: it is a reason to look, now and then, and none to stop.</summary>
    public override void OnOtherError(ReadOnlySpan<byte> reply)
    {
        bool isAboutRole = reply.StartsWith("-READONLY "u8) || reply.StartsWith("-MASTERDOWN "u8);
        if (!isAboutRole || Loop.Events.NowMs < _nextRumourMs) return;
        _nextRumourMs = Loop.Events.NowMs + RumourPeriodMs;
        _watches.LookNow(Definition);
    }

    public override void OnLinkReady(ShardLink link) => link.Node.PauseMs = MinPauseMs;

    public override void OnAnswering(ShardLink link) => WakeWaiters();

    public override void OnSilent(ShardLink link)
    {
        Counters.Timeouts++;
        OnTrouble(link, new ShardFailure(this, $"silent for {Reasons.Duration(TimeoutMs)}", FailureKind.Timeout));
    }

    public override void OnHandshakeRefused(ShardLink link, HandshakeRefusal refusal)
    {
        Counters.Refused++;
        var failure = new ShardFailure(this, Reasons.HandshakeRefused(refusal), FailureKind.Handshake, refusal.Verbatim);
        link.Node.Remember(link.Key, failure);
        if (refusal.Verbatim is null) GatewayLog.HandshakeRefused(Loop.Log, Definition.Name, link.Node.AddressText, refusal.Step, refusal.Text);
    }

    protected override void AfterLinkEnded(ShardLink link, string reason, FailureKind kind)
    {
        if (kind is not (FailureKind.Retired or FailureKind.Handshake)) OnTrouble(link, new ShardFailure(this, reason, kind));
        WakeWaiters();
    }

    protected override void AfterRetired() => _held.Release();

    protected override void AfterTick(long nowMs)
    {
        if (_settlesAfterPause && nowMs >= _pausedUntilMs) Follow(_topology);
        for (int i = Nodes.Count - 1; i >= 0; i--)
        {
            if (!Nodes[i].HasLinks && Nodes[i] != _master && !_replicas.Contains(Nodes[i])) Nodes.RemoveAt(i);
        }
        _held.Tick(nowMs);
    }

    private void OnTrouble(ShardLink link, ShardFailure failure)
    {
        if (link.Node == _master && !link.IsLeft)
        {
            // It may say to the watch that it is well, and take no link of ours: not as fast as it can refuse them.
            if (!link.HasServed) _pausedUntilMs = Pause(link.Node);
            Doubt(failure);
        }
        else if (_replicas.Contains(link.Node))
        {
            link.Node.PausedUntilMs = Pause(link.Node);
            _watches.LookNow(Definition);
        }
    }

    private long Pause(NodeBackend node)
    {
        long until = Loop.Events.NowMs + Loop.Random.Next(node.PauseMs / 2, node.PauseMs + 1);
        node.PauseMs = Math.Min(MaxPauseMs, 2 * node.PauseMs);
        return until;
    }

    private void Doubt(ShardFailure failure)
    {
        _doubt = failure;
        _settlesAfterPause = false;
        _doubtTicks = Loop.Events.Time.GetTimestamp();
        Judge();
        _watches.LookNow(Definition);
    }

    // Whether requests are sent, and if not, why.
    private void Judge()
    {
        bool wasDown = Breaker is not null;
        if (_topology.Master is null) Breaker = new ShardFailure(this, _topology.Reason, _topology.Kind);
        else if (_doubt is not null) Breaker = _topology.Reason.Length == 0 ? _doubt : new ShardFailure(this, _topology.Reason, _topology.Kind);

        // A look is short: a server that said nothing to it may only be busy, and its links tell when that takes too long.
        else if (_topology.Reason.Length > 0 && _topology.Kind != FailureKind.Timeout) Breaker = new ShardFailure(this, _topology.Reason, _topology.Kind);
        else Breaker = null;
        Counters.Up = Breaker is null;
        if (Breaker is not null)
        {
            if (!wasDown) WakeWaiters();
            return;
        }
        if (!wasDown) return;
        Refused.LookAtAll();
        _held.Release();
        WakeWaiters();
    }

    private void Exchange(ShardTopology topology)
    {
        NodeBackend? old = _master;
        _master = topology.Master is null ? null : NodeAt(topology.Master);
        _masterNodes = _master is null ? [] : [_master];
        if (old is null) return;
        _replicas.Remove(old);
        _doubt = null;
        _pausedUntilMs = 0;

        // What is in flight at a server that still answers has its answers; nobody can say what becomes of it at one that does not.
        if (topology.Silent.Contains(old.Address)) old.EndAll($"{old.AddressText} is not the master any more", FailureKind.Timeout);
        else old.Leave("it is not the master any more");
    }

    private void FollowReplicas(ShardTopology topology)
    {
        foreach (NodeBackend replica in _replicas.ToArray())
        {
            if (topology.Replicas.Any(state => state.Server == replica.Address)) continue;
            _replicas.Remove(replica);
            if (replica != _master) replica.Leave("it is no replica any more");
        }
        foreach (ReplicaState state in topology.Replicas)
        {
            NodeBackend node = NodeAt(state.Server);
            node.CaughtUpTicks = state.CaughtUpTicks;
            if (!_replicas.Contains(node)) _replicas.Add(node);
        }
    }

    private NodeBackend NodeAt(ServerAddress address)
    {
        if (Nodes.Find(node => node.Address == address) is { } known) return known;
        var node = new NodeBackend(this, address);
        Nodes.Add(node);
        return node;
    }

    private bool AnyServesReads(ClientSession session)
    {
        foreach (NodeBackend replica in _replicas)
        {
            if (ServesReads(replica, session)) return true;
        }
        return false;
    }

    private bool ServesReads(NodeBackend node, ClientSession session)
    {
        if (!_replicas.Contains(node) || Loop.Events.NowMs < node.PausedUntilMs) return false;
        return session.Pool.Definition.MaxLag is not { } most
            || (node.CaughtUpTicks > 0 && Loop.Events.Time.GetElapsedTime(node.CaughtUpTicks, Loop.Events.NowTicks) <= most);
    }
}
