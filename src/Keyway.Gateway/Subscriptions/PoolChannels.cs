using Keyway.Gateway.Links;
using Keyway.Topology;

namespace Keyway.Gateway.Subscriptions;

/// <summary>What the clients of one pool listen to on one loop. Lives on through reloads; which shards are listened to follows the map.</summary>
internal sealed class PoolChannels(LoopSubscriptions owner)
{
    private readonly ChannelTable[] _tables = [new(), new(), new()];
    private ShardFeed[] _feeds = [];
    private volatile PoolState? _state;
    private volatile int[] _shards = [];

    public long HoldMs => (long)_state!.Definition.Hold.TotalMilliseconds;

    public ChannelTable this[ChannelKind kind] => _tables[(int)kind];

    /// <summary>Whether messages that are born at this shard come to the pool's clients. From any thread.</summary>
    public bool Hears(ShardDefinition shard) => _state is { } state && Array.Exists(_shards, i => i < state.Backends.Length && state.Backends[i].Definition == shard);

    /// <summary>The same of a shard channel, which lives at one shard. From any thread.</summary>
    public bool Hears(ShardDefinition shard, ReadOnlySpan<byte> shardChannel)
    {
        if (_state is not { } state) return false;
        int owner = state.Map.Find(shardChannel).Shard;
        return owner >= 0 && state.Backends[owner].Definition == shard;
    }

    /// <summary>The map is another one, or the first.</summary>
    public void Follow(PoolState state)
    {
        // Clients with a map of their own write elsewhere, and what they do there is heard too.
        _state = state;
        _shards = [.. state.Definition.Users.Select(user => user.Map).OfType<PartitionMap>().Prepend(state.Map).SelectMany(map => map.ShardsInUse).Distinct()];
        _feeds = [.. _shards.Select(shard => owner.FeedOf(state.Backends[shard]))];
        foreach (ChannelTable table in _tables)
        {
            foreach (Channel channel in table.All)
            {
                ShardFeed[] feeds = FeedsOf(channel.Kind, channel.Name);
                foreach (Subscription source in channel.Sources.ToArray())
                {
                    if (Array.IndexOf(feeds, source.Feed) >= 0) continue;
                    channel.Sources.Remove(source);
                    source.Feed.Leave(source, channel);
                }
                foreach (ShardFeed feed in feeds)
                {
                    if (!channel.Sources.Exists(source => source.Feed == feed)) channel.Sources.Add(feed.Listen(channel));
                }
                channel.TellWaiters(owner.Loop.Events.NowMs);
            }
        }
    }

    /// <summary>Somebody is about to listen to it: it is subscribed from now on, if it was not.</summary>
    public Channel Claim(ChannelKind kind, ReadOnlySpan<byte> name)
    {
        Channel? channel = this[kind].Find(name);
        if (channel is null)
        {
            channel = new Channel(this, kind, name.ToArray());
            this[kind].Add(channel);
            foreach (ShardFeed feed in FeedsOf(kind, name)) channel.Sources.Add(feed.Listen(channel));
        }
        else if (channel.Refusal is not null)
        {
            foreach (Subscription source in channel.Sources) source.Feed.AskAgain(source);
        }
        channel.Claims++;
        channel.UnusedSinceMs = -1;
        return channel;
    }

    /// <summary>Somebody listens no more.</summary>
    public void NoteLeft(Channel channel)
    {
        if (!channel.IsUnused || channel.UnusedSinceMs >= 0) return;
        channel.UnusedSinceMs = owner.Loop.Events.NowMs;
        owner.NoteUnused(channel);
    }

    /// <summary>Nobody has listened to it for some time.</summary>
    public void Remove(Channel channel)
    {
        this[channel.Kind].Remove(channel);
        foreach (Subscription source in channel.Sources) source.Feed.Leave(source, channel);
        channel.Sources.Clear();
    }

    private ShardFeed[] FeedsOf(ChannelKind kind, ReadOnlySpan<byte> name)
    {
        if (kind != ChannelKind.ShardChannel) return _feeds;
        int shard = _state!.Map.Find(name).Shard;
        return shard < 0 ? [] : [owner.FeedOf(_state.Backends[shard])];
    }
}
