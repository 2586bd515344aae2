using System.Runtime.InteropServices;
using System.Text;
using Keyway.Gateway.Links;

namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// One master that a loop listens to: what is wanted of it, and the link on which it is asked. A link that goes is made anew at once, after pauses
/// that differ and grow, and everything is asked for again; what was sent meanwhile is lost, as it is for any subscriber of a server that goes.
/// </summary>
internal sealed class MasterFeed
{
    private const int MinBackOffMs = 5;
    private const int MaxBackOffMs = 50;

    // A server that could not say yes for now: the slot is on its way, or the cluster is not whole.
    private const int SoonMs = 20;

    // One that said no, of something that clients listen to: it may be allowed again some day.
    private const int LaterMs = 1000;

    private readonly ShardFeed _feed;
    private readonly Dictionary<Subscription, Request> _wanted = [];
    private readonly List<(Subscription Subscription, long DueMs)> _again = [];
    private SubscriptionLink? _link;
    private long _lastNumber;
    private int _confirmed;
    private long _nextConnectMs;
    private int _backOffMs = MinBackOffMs;
    private long _downSinceMs;
    private bool _hasFailed;
    private HandshakeRefusal? _loggedRefusal;

    public MasterFeed(ShardFeed feed, NodeBackend node)
    {
        _feed = feed;
        Node = node;
        _downSinceMs = feed.Loop.Events.NowMs;
    }

    /// <summary>How a channel was last asked for, and whether that was confirmed.</summary>
    private struct Request
    {
        public long Number;
        public bool IsConfirmed;
    }

    public NodeBackend Node { get; }

    public ShardFeed Feed => _feed;

    /// <summary>It could not be reached when it was last tried.</summary>
    public bool IsInTrouble => _hasFailed && _link is not { IsReady: true };

    public bool Wants(Subscription subscription) => _wanted.ContainsKey(subscription);

    public bool HasConfirmed(Subscription subscription) => _wanted.TryGetValue(subscription, out Request request) && request.IsConfirmed;

    /// <summary>Nothing has been heard of it for so long that nobody waits for it.</summary>
    public bool IsDownFor(long nowMs, long limitMs) => _downSinceMs >= 0 && nowMs - _downSinceMs >= limitMs;

    public void Want(Subscription subscription)
    {
        if (_wanted.ContainsKey(subscription)) return;
        _wanted.Add(subscription, default);
        if (_link is { IsReady: true }) Ask(subscription);
        else if (_link is null) TryConnect(_feed.Loop.Events.NowMs);
    }

    public void Drop(Subscription subscription)
    {
        if (!_wanted.Remove(subscription, out Request request)) return;
        if (request.IsConfirmed) _confirmed--;
        if (_link is { IsReady: true } link) link.Unsubscribe(subscription);
    }

    public void AskAgain(Subscription subscription)
    {
        if (_wanted.ContainsKey(subscription) && _link is { IsReady: true }) Ask(subscription);
    }

    /// <summary>The server has ended the subscription. False: it was not wanted any more.</summary>
    public bool Lose(Subscription subscription)
    {
        if (!Unconfirm(subscription)) return false;
        _again.Add((subscription, _feed.Loop.Events.NowMs + SoonMs));
        return true;
    }

    public void Tick(long nowMs)
    {
        _link?.Tick(nowMs);
        for (int i = _again.Count - 1; i >= 0; i--)
        {
            (Subscription subscription, long dueMs) = _again[i];
            if (nowMs < dueMs) continue;
            _again.RemoveAt(i);
            if (!HasConfirmed(subscription)) AskAgain(subscription);
        }
        if (_wanted.Count == 0) _link?.End("nobody listens any more", FailureKind.Retired);
        else if (_link is null) TryConnect(nowMs);
    }

    /// <summary>It is not the shard's master any more.</summary>
    public void Leave()
    {
        _link?.End("it is not the master any more", FailureKind.Retired);
        _wanted.Clear();
    }

    /// <summary>Nobody is to hear of the shard any more.</summary>
    public void Stop()
    {
        _wanted.Clear();
        _confirmed = 0;
        _link?.End("the map no longer names it", FailureKind.Retired);
    }

    public void OnReady()
    {
        _hasFailed = false;
        _backOffMs = MinBackOffMs;
        _downSinceMs = -1;
        _loggedRefusal = null;
        _feed.Backend.Counters.SubscriptionLinks++;
        foreach (Subscription subscription in _wanted.Keys.ToArray()) Ask(subscription);
    }

    public void OnConfirmed(Subscription subscription, long number)
    {
        ref Request request = ref CollectionsMarshal.GetValueRefOrNullRef(_wanted, subscription);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref request) || request.Number != number || request.IsConfirmed) return;
        request.IsConfirmed = true;
        subscription.Refusal = null;
        _confirmed++;
        if (_confirmed == _wanted.Count) _feed.OnRestored(this, _confirmed);
        _feed.OnProgress(subscription);
    }

    public void OnRefused(Subscription subscription, long number, ReadOnlySpan<byte> reply)
    {
        if (!_wanted.TryGetValue(subscription, out Request request) || request.Number != number) return;
        long nowMs = _feed.Loop.Events.NowMs;
        bool passes = reply.StartsWith("-MOVED "u8) || reply.StartsWith("-CLUSTERDOWN "u8) || reply.StartsWith("-TRYAGAIN "u8) || reply.StartsWith("-LOADING "u8);
        _again.Add((subscription, nowMs + (passes ? SoonMs : LaterMs)));
        if (reply.StartsWith("-MOVED "u8)) _feed.OnMoved(this, reply);
        if (passes) return;

        if (subscription.Refusal is null) GatewayLog.SubscriptionRefused(_feed.Loop.Log, _feed.Backend.Definition.Name, Node.AddressText, Encoding.UTF8.GetString(reply[1..^2]));
        subscription.Refusal = reply[1..^2].ToArray();
        _feed.OnProgress(subscription);
    }

    public void OnHandshakeRefused(HandshakeRefusal refusal)
    {
        _feed.Backend.Counters.Refused++;
        if (refusal != _loggedRefusal) GatewayLog.HandshakeRefused(_feed.Loop.Log, _feed.Backend.Definition.Name, Node.AddressText, refusal.Step, refusal.Text);
        _loggedRefusal = refusal;
    }

    public void OnEnded(SubscriptionLink link, string reason, bool wasReady)
    {
        if (link != _link) return;
        _link = null;
        long nowMs = _feed.Loop.Events.NowMs;
        if (wasReady)
        {
            _feed.Backend.Counters.SubscriptionLinks--;
            if (_confirmed > 0) _feed.OnInterrupted(this, reason, _confirmed);
            _downSinceMs = nowMs;
        }
        _hasFailed = true;
        _confirmed = 0;
        _again.Clear();
        foreach (Subscription subscription in _wanted.Keys) CollectionsMarshal.GetValueRefOrNullRef(_wanted, subscription) = default;
        _nextConnectMs = nowMs + _feed.Loop.Random.Next(_backOffMs / 2, _backOffMs + 1);
        _backOffMs = Math.Min(MaxBackOffMs, 2 * _backOffMs);
    }

    // While the shard's own links say that the server does not serve, they also try whether it does again.
    private void TryConnect(long nowMs)
    {
        if (nowMs < _nextConnectMs || Node.Shard.Breaker is not null) return;
        _link = new SubscriptionLink(this);
        _feed.Loop.Events.Connect(Node.Address.EndPoint, _link, _feed.Backend.Definition.Tls);
    }

    private void Ask(Subscription subscription)
    {
        Unconfirm(subscription);
        long number = ++_lastNumber;
        _wanted[subscription] = new Request { Number = number };
        _link!.Subscribe(subscription, number);
    }

    private bool Unconfirm(Subscription subscription)
    {
        if (!_wanted.TryGetValue(subscription, out Request request)) return false;
        if (!request.IsConfirmed) return true;
        _confirmed--;
        request.IsConfirmed = false;
        _wanted[subscription] = request;
        return true;
    }
}
