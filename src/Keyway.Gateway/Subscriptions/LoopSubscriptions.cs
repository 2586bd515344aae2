using System.Collections.Concurrent;
using Keyway.Gateway.Links;

namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// What the clients of one loop listen to, and how the loop hears it: a feed for each shard that messages can come from, shared by all of them.
/// </summary>
internal sealed class LoopSubscriptions(GatewayLoop loop)
{
    // Who leaves often comes back: a channel that nobody listens to any more stays subscribed for so long.
    private const int KeptUnusedMs = 1000;

    // A crowd that leaves at once is forgotten in as many ticks as it takes.
    private const int ForgottenAtOnce = 2000;

    private readonly ConcurrentDictionary<string, PoolChannels> _pools = new();
    private readonly List<ShardFeed> _feeds = [];
    private readonly List<PendingSubscription> _pending = [];
    private readonly Queue<(Channel Channel, long SinceMs)> _unused = new();

    public GatewayLoop Loop => loop;

    /// <summary>By name. From any thread.</summary>
    public PoolChannels? Of(string pool) => _pools.GetValueOrDefault(pool);

    /// <summary>From any thread.</summary>
    public IEnumerable<PoolChannels> Pools
    {
        get
        {
            foreach ((_, PoolChannels channels) in _pools) yield return channels;
        }
    }

    /// <summary>The map is another one, or the first.</summary>
    public void Follow(IReadOnlyList<PoolState> pools)
    {
        foreach (PoolState pool in pools) _pools.GetOrAdd(pool.Definition.Name, _ => new PoolChannels(this)).Follow(pool);
        foreach ((string name, _) in _pools)
        {
            if (!pools.Any(pool => pool.Definition.Name == name)) _pools.TryRemove(name, out _);
        }
    }

    public ShardFeed FeedOf(ShardBackend backend)
    {
        ShardFeed? feed = _feeds.Find(candidate => candidate.Backend == backend);
        if (feed is null) _feeds.Add(feed = new ShardFeed(backend));
        return feed;
    }

    /// <summary>A SUBSCRIBE waits for masters; for no longer than requests do.</summary>
    public void Watch(PendingSubscription pending) => _pending.Add(pending);

    public void NoteUnused(Channel channel) => _unused.Enqueue((channel, channel.UnusedSinceMs));

    public void Tick(long nowMs)
    {
        foreach (ShardFeed feed in _feeds) feed.Tick(nowMs);
        if (_pending.Count > 0) GiveUpWaiting(nowMs);
        if (_unused.Count > 0) ForgetUnused(nowMs);
    }

    public void Stop()
    {
        foreach (ShardFeed feed in _feeds) feed.Stop();
        _feeds.Clear();
    }

    /// <summary>The shard has gone from the map.</summary>
    public void Stop(ShardBackend backend)
    {
        int index = _feeds.FindIndex(feed => feed.Backend == backend);
        if (index < 0) return;
        _feeds[index].Stop();
        _feeds.RemoveAt(index);
    }

    private void GiveUpWaiting(long nowMs)
    {
        _pending.RemoveAll(pending => pending.IsReady);
        foreach (PendingSubscription pending in _pending)
        {
            if (nowMs - pending.SinceMs >= pending.HoldMs) pending.GiveUpWaiting(nowMs);
        }
    }

    private void ForgetUnused(long nowMs)
    {
        for (int i = 0; i < ForgottenAtOnce && _unused.TryPeek(out (Channel Channel, long SinceMs) oldest) && nowMs - oldest.SinceMs >= KeptUnusedMs; i++)
        {
            _unused.Dequeue();

            // Somebody may have come and gone meanwhile: then it stands in here again.
            if (oldest.Channel.IsUnused && oldest.Channel.UnusedSinceMs == oldest.SinceMs) oldest.Channel.Pool.Remove(oldest.Channel);
        }
    }
}
