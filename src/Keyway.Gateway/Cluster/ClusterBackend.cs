using System.Net;
using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;
using Keyway.Gateway.Shards;
using Keyway.Topology;

namespace Keyway.Gateway.Cluster;

/// <summary>
/// A whole cluster as one loop knows it: which of its servers holds which slot. Requests go to those servers (<see cref="ClusterNodeBackend"/>);
/// what finds no server waits here.
/// </summary>
/// <remarks>
/// Within a cluster a client's requests keep their order slot by slot, as with any client of a cluster. A slot may change its server between two
/// requests of one client: the second waits until all of the client's earlier ones have been answered, wherever they are.
/// </remarks>
internal sealed class ClusterBackend : ShardBackend
{
    private readonly ShardWatches _watches;
    private readonly HeldSessions _held;
    private readonly SlotTable<ClusterNodeBackend> _slots = new();
    private readonly Dictionary<EndPoint, ClusterNodeBackend> _byAddress = [];
    private readonly int _loops;
    private NodeBackend[] _masterNodes = [];

    public ClusterBackend(GatewayLoop loop, ShardDefinition definition, int slot, int loops, ShardWatches watches)
        : base(loop, definition, slot, loops)
    {
        _watches = watches;
        _loops = loops;
        _held = new HeldSessions(this);
        Breaker = new ShardFailure(this, ClusterState.Unknown.Reason, FailureKind.Refused);
    }

    public override bool IsFollowed => true;

    /// <summary>Goes up whenever a slot changes its server.</summary>
    public int Version => _slots.Version;

    /// <summary>For a request that is being split: the place of each slot among its owners, plus one. Cleared behind every request.</summary>
    public ushort[] OwnerOfSlot { get; } = new ushort[HashSlot.Count];

    public RequestSlot SlotReader { get; } = new();

    /// <summary>The servers that hold slots, each once.</summary>
    public IReadOnlyList<ClusterNodeBackend> Masters { get; private set; } = [];

    /// <summary>Every slot has a server.</summary>
    public bool IsWhole { get; private set; }

    public override IReadOnlyList<NodeBackend> MasterNodes => _masterNodes;

    public override void Start() => Follow(_watches.ClusterOf(Definition).State);

    public override IRefusalPolicy MakePolicy() => new ClusterPolicy(this, () => this);

    /// <summary>Who gets a request for this slot; the cluster itself where nobody holds it.</summary>
    public ShardBackend OwnerOf(int slot) => (ShardBackend?)_slots[slot] ?? this;

    /// <summary>
    /// Who gets a request for this key; null when the session must wait, blocked: a slot has another server than a moment ago, and requests of the
    /// session are in flight.
    /// </summary>
    public ShardBackend? OwnerFor(ClientSession session, ReadOnlySpan<byte> key)
    {
        if (!IsCurrent(session)) return null;
        return OwnerOf(HashSlot.Of(key));
    }

    /// <summary>What the session has in flight was sent by the owners that hold now. False: it waits, blocked, for its replies.</summary>
    public bool IsCurrent(ClientSession session)
    {
        ref LinkUse use = ref session.UseOf(this);
        if (use.Version == Version) return true;
        foreach (ClusterNodeBackend node in _byAddress.Values)
        {
            if (session.UseOf(node).InFlight == 0) continue;
            session.Block(BlockReason.Order);
            return false;
        }

        // Anew: a session's table of uses may have grown.
        session.UseOf(this).Version = Version;
        return true;
    }

    public ClusterNodeBackend NodeAt(EndPoint address)
    {
        if (_byAddress.TryGetValue(address, out ClusterNodeBackend? known)) return known;
        var node = new ClusterNodeBackend(this, new ServerAddress(address, ClusterNode.TextOf(address)), Loop.TakeSlot(), _loops);
        _byAddress[address] = node;
        Nodes.Add(node.Node);
        node.Start();
        return node;
    }

    /// <summary>What the watch has found.</summary>
    public void Follow(ClusterState state)
    {
        if (IsRetired) return;
        if (state.View is not { } view)
        {
            Breaker = new ShardFailure(this, state.Reason, state.Kind);
            WakeWaiters();
            if (state.Kind == FailureKind.Handshake) _held.Release();
            return;
        }

        _slots.SetAll(view, master => NodeAt(master.Address));
        Breaker = null;
        LeaveThoseNotIn(view);
        FollowMasters();
        FollowReplicas(view);
        Wake();
    }

    /// <summary>A server says that another one holds the slot now.</summary>
    public void OnMoved(Redirection redirection)
    {
        if (IsRetired) return;
        if (_slots.Set(redirection.Slot, NodeAt(redirection.Target))) FollowMasters();
        LookNow();
    }

    public void LookNow() => _watches.LookNow(Definition);

    public override SharedLink? FindShared(LinkKey key, int requestBytes, out ShardFailure? failure)
    {
        failure = NoOwner();
        return null;
    }

    public override PrivateLink? TakePrivate(LinkKey key, out ShardFailure? failure)
    {
        failure = NoOwner();
        return null;
    }

    public override NodeBackend? FindMaster(out ShardFailure? failure)
    {
        failure = NoOwner();
        return null;
    }

    public override bool TryHold(ClientSession session, ref ShardFailure failure) => _held.TryHold(session, ref failure);

    public override long PatienceMs(ClientSession? session) => session is null ? TimeoutMs : HeldSessions.MostMs(session);

    public override void ReturnSlots()
    {
        base.ReturnSlots();
        foreach (ClusterNodeBackend node in _byAddress.Values) Loop.ReturnSlot(node.Slot);
    }

    public override bool HoldsFrom(long startTicks) => _byAddress.Values.Any(node => node.Refused.HoldsFrom(startTicks));

    public override bool IsGone => base.IsGone && _byAddress.Values.All(node => node.Refused.IsEmpty);

    public override int LargeReplyCount
    {
        get => _byAddress.Values.Sum(node => node.LargeReplyCount);
        set { }
    }

    public override void OnLinkReady(ShardLink link) { }

    public override void OnAnswering(ShardLink link) { }

    public override void OnSilent(ShardLink link) { }

    public override void OnHandshakeRefused(ShardLink link, HandshakeRefusal refusal) { }

    protected override void AfterLinkEnded(ShardLink link, string reason, FailureKind kind) { }

    protected override void AfterRetired()
    {
        foreach (ClusterNodeBackend node in _byAddress.Values) node.Retire();
        _held.Release();
    }

    protected override void AfterTick(long nowMs)
    {
        bool isDown = Breaker is not null;
        foreach (ClusterNodeBackend node in _byAddress.Values)
        {
            node.TickNode(nowMs);
            isDown |= node.Breaker is not null && Masters.Contains(node);
        }
        Counters.Up = !isDown;

        // A master that cannot be reached may have a successor any moment.
        if (isDown && !IsRetired) LookNow();
        _held.Tick(nowMs);
        ForgetThoseLeft();
    }

    private ShardFailure NoOwner() =>
        Breaker ?? new ShardFailure(this, "no server of the cluster holds the key's slot", FailureKind.Refused);

    private void LeaveThoseNotIn(ClusterView view)
    {
        HashSet<EndPoint> named = [.. view.Nodes.Select(node => node.Address)];
        foreach ((EndPoint address, ClusterNodeBackend node) in _byAddress) node.IsLeft = !named.Contains(address);
    }

    private void FollowReplicas(ClusterView view)
    {
        var replicas = new Dictionary<EndPoint, EndPoint[]>();
        foreach (ClusterShard shard in view.Shards)
        {
            if (shard.Master is { } master) replicas[master.Address] = [.. shard.Replicas.Where(node => node.IsOnline).Select(node => node.Address)];
        }
        foreach ((EndPoint address, ClusterNodeBackend node) in _byAddress) node.FollowReplicas(replicas.GetValueOrDefault(address) ?? []);
    }

    private void FollowMasters()
    {
        var masters = new List<ClusterNodeBackend>();
        IsWhole = true;
        for (int slot = 0; slot < HashSlot.Count; slot++)
        {
            IsWhole &= _slots[slot] is not null;
            if (_slots[slot] is { } owner && (masters.Count == 0 || masters[^1] != owner) && !masters.Contains(owner)) masters.Add(owner);
        }
        Masters = masters;
        _masterNodes = [.. masters.Select(master => master.Node)];
    }

    // A server that the cluster names no more, and that holds nothing of ours any more.
    private void ForgetThoseLeft()
    {
        foreach ((EndPoint address, ClusterNodeBackend node) in _byAddress)
        {
            if (!node.IsLeft || Masters.Contains(node) || !node.Refused.IsEmpty) continue;
            if (!node.IsRetired) node.Retire();
            if (!node.IsGone) continue;
            _byAddress.Remove(address);
            foreach (NodeBackend server in node.Nodes) Nodes.Remove(server);
            Loop.ReturnSlot(node.Slot);
            return;
        }
    }

    // Whatever waits may have a server now.
    private void Wake()
    {
        _held.Release();
        Refused.LookAtAll();
        WakeWaiters();
        foreach (ClusterNodeBackend node in _byAddress.Values) node.Wake();
    }
}
