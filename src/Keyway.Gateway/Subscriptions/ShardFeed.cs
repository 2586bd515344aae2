using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;

namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// All that one loop listens to at one shard: one subscription for each channel, whoever of its clients wants it, at whichever servers are the
/// shard's masters now. A cluster repeats messages on all of its servers, so they are taken from one of them, and only keyspace events from each;
/// a shard channel is listened to where its slot is.
/// </summary>
internal sealed class ShardFeed
{
    private readonly Dictionary<byte[], Subscription>[] _tables = [new(NameComparer.Instance), new(NameComparer.Instance), new(NameComparer.Instance)];
    private readonly List<MasterFeed> _masters = [];
    private readonly ClusterBackend? _cluster;
    private IReadOnlyList<NodeBackend> _followed = [];
    private MasterFeed? _chosen;
    private int _slotVersion;
    private long _noMasterSinceMs;
    private long _interruptedMs = -1;
    private bool _hasToldUnconfirmed;

    public ShardFeed(ShardBackend backend)
    {
        Backend = backend;
        _cluster = backend as ClusterBackend;
        _noMasterSinceMs = backend.Loop.Events.NowMs;
    }

    public ShardBackend Backend { get; }

    public GatewayLoop Loop => Backend.Loop;

    /// <summary>The channel's messages from this shard are wanted from now on.</summary>
    public Subscription Listen(Channel channel)
    {
        Dictionary<byte[], Subscription> table = _tables[(int)channel.Kind];
        if (!table.TryGetValue(channel.Name, out Subscription? subscription))
        {
            FollowMasters();
            subscription = new Subscription(this, channel.Kind, channel.Name);
            table.Add(channel.Name, subscription);
            Place(subscription);
        }
        subscription.Listeners.Add(channel);
        return subscription;
    }

    public void Leave(Subscription subscription, Channel channel)
    {
        subscription.Listeners.Remove(channel);
        if (subscription.Listeners.Count > 0) return;
        _tables[(int)subscription.Kind].Remove(subscription.Name);
        foreach (MasterFeed master in _masters) master.Drop(subscription);
    }

    /// <summary>It was refused; somebody wants it all the same.</summary>
    public void AskAgain(Subscription subscription)
    {
        if (subscription.Refusal is null) return;
        subscription.Refusal = null;
        foreach (MasterFeed master in _masters) master.AskAgain(subscription);
    }

    /// <summary>Confirmed or refused by each master that it is asked of, but for those that could not be reached for longer than clients wait.</summary>
    public bool IsSettled(Subscription subscription, long nowMs, long holdMs)
    {
        if (subscription.Refusal is not null) return true;
        bool isAsked = false;
        foreach (MasterFeed master in _masters)
        {
            if (!master.Wants(subscription)) continue;
            isAsked = true;
            if (!master.HasConfirmed(subscription) && !master.IsDownFor(nowMs, holdMs)) return false;
        }
        return isAsked || (_noMasterSinceMs >= 0 && nowMs - _noMasterSinceMs >= holdMs);
    }

    /// <summary>A client is told that it is subscribed though this shard has not confirmed.</summary>
    public void TellIfUnconfirmed(Subscription subscription, long nowMs)
    {
        if (_hasToldUnconfirmed || IsSettled(subscription, nowMs, long.MaxValue)) return;
        _hasToldUnconfirmed = true;
        GatewayLog.SubscriptionsUnconfirmed(Loop.Log, Backend.Definition.Name, Backend.AddressText);
    }

    public void OnProgress(Subscription subscription)
    {
        _hasToldUnconfirmed = false;
        foreach (Channel channel in subscription.Listeners) channel.TellWaiters(Loop.Events.NowMs);
    }

    /// <summary>A link went on which subscriptions stood: until they stand again, messages are lost.</summary>
    public void OnInterrupted(MasterFeed master, string reason, int subscriptions)
    {
        Backend.Counters.SubscriptionGaps++;
        if (_interruptedMs < 0) _interruptedMs = Loop.Events.NowMs;
        GatewayLog.SubscriptionsInterrupted(Loop.Log, Backend.Definition.Name, master.Node.AddressText, reason, subscriptions);
    }

    public void OnRestored(MasterFeed master, int subscriptions)
    {
        if (_interruptedMs < 0) return;
        GatewayLog.SubscriptionsRestored(Loop.Log, Backend.Definition.Name, master.Node.AddressText, subscriptions, Loop.Events.NowMs - _interruptedMs);
        _interruptedMs = -1;
    }

    public void OnMessage(MasterFeed from, in News news, ReadOnlySpan<byte> frame)
    {
        if (FindFor(from, in news) is not { } subscription) return;
        foreach (Channel channel in subscription.Listeners) channel.Deliver(frame);
    }

    /// <summary>A message that is longer than the output of any client may be: who should have had it goes, as who takes nothing goes.</summary>
    public void OnMessageTooLong(MasterFeed from, in News news)
    {
        if (FindFor(from, in news) is not { } subscription) return;
        foreach (Channel channel in subscription.Listeners) channel.CutAll("a message for it passes max_collected");
    }

    /// <summary>The server ended a subscription by itself: the slot of a shard channel has gone to another.</summary>
    public void OnTakenAway(MasterFeed from, ChannelKind kind, ReadOnlySpan<byte> name)
    {
        if (!_tables[(int)kind].GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out Subscription? subscription)) return;
        if (!from.Lose(subscription)) return;
        Backend.Counters.SubscriptionGaps++;
        _cluster?.LookNow();
    }

    /// <summary>The server says that another one has the slot.</summary>
    public void OnMoved(MasterFeed from, ReadOnlySpan<byte> reply)
    {
        if (_cluster is not null && Redirection.TryRead(reply, from.Node.Address.EndPoint, out Redirection redirection)) _cluster.OnMoved(redirection);
    }

    public void Tick(long nowMs)
    {
        FollowMasters();
        for (int i = _masters.Count - 1; i >= 0; i--) _masters[i].Tick(nowMs);
    }

    /// <summary>The map no longer names the shard, or the gateway stops.</summary>
    public void Stop()
    {
        foreach (MasterFeed master in _masters) master.Stop();
        _masters.Clear();
        _followed = [];
    }

    private Subscription? FindFor(MasterFeed from, in News news)
    {
        // Repeated by the cluster: it comes from the chosen one, too.
        bool isRepeated = _cluster is not null && from != _chosen && news.Kind != ChannelKind.ShardChannel && !KeyspaceChannels.Has(news.Channel);
        if (isRepeated) return null;
        return _tables[(int)news.Kind].GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(news.Name, out Subscription? subscription) ? subscription : null;
    }

    private void FollowMasters()
    {
        if (Backend.IsRetired) return;
        IReadOnlyList<NodeBackend> nodes = Backend.MasterNodes;
        bool isNew = !ReferenceEquals(nodes, _followed) && !nodes.SequenceEqual(_followed);
        _followed = nodes;
        if (isNew)
        {
            for (int i = _masters.Count - 1; i >= 0; i--)
            {
                if (nodes.Contains(_masters[i].Node)) continue;
                _masters[i].Leave();
                _masters.RemoveAt(i);
            }
            foreach (NodeBackend node in nodes)
            {
                if (!_masters.Exists(master => master.Node == node)) _masters.Add(new MasterFeed(this, node));
            }
            _noMasterSinceMs = _masters.Count > 0 ? -1 : _noMasterSinceMs >= 0 ? _noMasterSinceMs : Loop.Events.NowMs;
        }
        bool hasOther = Choose();
        bool hasMoved = _cluster is not null && _cluster.Version != _slotVersion;
        if (_cluster is not null) _slotVersion = _cluster.Version;
        if (isNew || hasOther) PlaceAll(ChannelKind.Channel);
        else if (hasMoved) PlaceAll(ChannelKind.ShardChannel);
    }

    // Any of a cluster's masters has all messages; another is chosen when this one has gone or cannot be reached.
    private bool Choose()
    {
        if (_cluster is null || _masters.Count == 0) return false;
        bool isThere = _chosen is not null && _masters.Contains(_chosen);
        if (isThere && !_chosen!.IsInTrouble) return false;
        int first = Loop.Random.Next(_masters.Count);
        for (int i = 0; i < _masters.Count; i++)
        {
            MasterFeed candidate = _masters[(first + i) % _masters.Count];
            if (candidate.IsInTrouble) continue;
            _chosen = candidate;
            return true;
        }
        if (isThere) return false;
        _chosen = _masters[first];
        return true;
    }

    private void PlaceAll(ChannelKind from)
    {
        for (ChannelKind kind = from; kind <= ChannelKind.ShardChannel; kind++)
        {
            foreach (Subscription subscription in _tables[(int)kind].Values)
            {
                Place(subscription);
                OnProgress(subscription);
            }
        }
    }

    private void Place(Subscription subscription)
    {
        foreach (MasterFeed master in _masters)
        {
            if (BelongsTo(subscription, master)) master.Want(subscription);
            else master.Drop(subscription);
        }
    }

    private bool BelongsTo(Subscription subscription, MasterFeed master)
    {
        if (_cluster is null) return true;
        if (subscription.Kind == ChannelKind.ShardChannel) return _cluster.OwnerOf(subscription.Slot) == master.Node.Shard;
        return master == _chosen || subscription.MayBringKeyspaceEvents;
    }
}
