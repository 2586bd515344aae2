using System.Text;

namespace Keyway.Gateway.Links;

/// <summary>
/// A shard of one server, whose place nobody can take. While its breaker is open requests are answered at once; one probe stays pending, so that
/// the shard serves again within moments of its return.
/// </summary>
internal sealed class LoneBackend : ShardBackend
{
    private readonly NodeBackend _node;
    private readonly ServerProbe _probe;
    private HandshakeRefusal? _loggedRefusal;

    public LoneBackend(GatewayLoop loop, ShardDefinition definition, int slot, int loops)
        : base(loop, definition, slot, loops)
    {
        _node = new NodeBackend(this, new ServerAddress(definition.Address, definition.AddressText));
        _probe = new ServerProbe(_node);
        Nodes.Add(_node);
    }

    /// <summary>Connects before anybody asks.</summary>
    public override void Start() => _probe.Begin();

    public override IRefusalPolicy MakePolicy() => new SingleNodePolicy(this);

    public override SharedLink? FindShared(LinkKey key, int requestBytes, out ShardFailure? failure)
    {
        failure = Breaker;
        if (failure is null) return _node.FindShared(key, requestBytes, out failure);
        Counters.Breaker++;
        return null;
    }

    public override PrivateLink? TakePrivate(LinkKey key, out ShardFailure? failure)
    {
        failure = Breaker;
        if (failure is null) return _node.TakePrivate(key, out failure);
        Counters.Breaker++;
        return null;
    }

    public override NodeBackend? FindMaster(out ShardFailure? failure)
    {
        failure = Breaker;
        if (failure is null) return _node;
        Counters.Breaker++;
        return null;
    }

    public override void OnLinkReady(ShardLink link)
    {
        if (link is SharedLink && (link.IsProbe || Breaker is null)) CloseBreaker();
        _probe.Forget(link);
    }

    public override void OnAnswering(ShardLink link) => CloseBreaker();

    public override void OnSilent(ShardLink link)
    {
        Counters.Timeouts++;
        OpenBreaker(new ShardFailure(this, $"silent for {Reasons.Duration(TimeoutMs)}", FailureKind.Timeout));
    }

    /// <summary>It answered a request by LOADING: it serves nobody until it has its data.</summary>
    public void OnLoading(ReadOnlySpan<byte> reply)
    {
        if (Breaker is not { Kind: FailureKind.Loading }) OpenBreaker(new ShardFailure(this, Encoding.UTF8.GetString(reply[1..^2]), FailureKind.Loading));
    }

    public override void OnHandshakeRefused(ShardLink link, HandshakeRefusal refusal)
    {
        Counters.Refused++;
        var failure = new ShardFailure(this, Reasons.HandshakeRefused(refusal), FailureKind.Handshake, refusal.Verbatim);

        // Probes are refused again and again, many times a second: what changes is news.
        if (refusal != _loggedRefusal) GatewayLog.HandshakeRefused(Loop.Log, Definition.Name, _node.AddressText, refusal.Step, refusal.Text);
        _loggedRefusal = refusal;
        if (link.IsProbe) OpenBreaker(failure);
        else _node.Remember(link.Key, failure);
    }

    protected override void AfterLinkEnded(ShardLink link, string reason, FailureKind kind)
    {
        _probe.Forget(link);
        bool isDown = kind is FailureKind.Refused or FailureKind.Timeout or FailureKind.Loading || (kind == FailureKind.Protocol && link.IsProbe && !link.HasServed);
        if (isDown) OpenBreaker(new ShardFailure(this, reason, kind));
        WakeWaiters();

        // While other links stand, they tell how the shard is; a link for each that went would be one more each time.
        if (kind != FailureKind.Retired && !IsRetired && (Breaker is not null || _node.SharedCount == 0)) _probe.Schedule(anew: false);
    }

    protected override void AfterRetired() { }

    protected override void AfterTick(long nowMs)
    {
        if (!IsRetired) _probe.Tick(nowMs);
    }

    private void OpenBreaker(ShardFailure failure)
    {
        // Every loop sees it for itself; one of them is enough to tell.
        bool isNews = Loop.Number == 0 && (Breaker is null || (failure.Kind == FailureKind.Loading && Breaker.Kind != FailureKind.Loading));
        if (isNews && failure.Kind == FailureKind.Loading) GatewayLog.ShardLoading(Loop.Log, Definition.Name, _node.AddressText);
        else if (isNews) GatewayLog.ShardDown(Loop.Log, Definition.Name, _node.AddressText, failure.Reason);
        bool isNew = Breaker is null;
        Breaker = failure;
        Counters.Up = false;
        _probe.Schedule(isNew);
        WakeWaiters();
    }

    private void CloseBreaker()
    {
        if (!Counters.Up)
        {
            GatewayLog.ShardUp(Loop.Log, Definition.Name, _node.AddressText);
            _loggedRefusal = null;
        }
        Breaker = null;
        _probe.Stop();
        Counters.Up = true;
        Refused.LookAtAll();
        WakeWaiters();
    }
}
