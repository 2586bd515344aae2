using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Subscriptions;

/// <summary>Who listens to what, over all loops. From any thread: each loop's tables are looked into as they are.</summary>
internal sealed class PubSubNumbers
{
    private LoopSubscriptions[] _loops = [];

    /// <summary>Once, before anything is served.</summary>
    public void Count(IEnumerable<LoopSubscriptions> loops) => _loops = [.. loops];

    /// <summary>How many of the gateway's clients get a message that this shard sends out; who listens in two ways counts twice.</summary>
    public long Receivers(ShardDefinition shard, ReadOnlySpan<byte> channel)
    {
        long receivers = 0;
        foreach (LoopSubscriptions loop in _loops)
        {
            foreach (PoolChannels pool in loop.Pools)
            {
                if (!pool.Hears(shard)) continue;
                receivers += pool[ChannelKind.Channel].Find(channel)?.Count ?? 0;
                if (pool[ChannelKind.Pattern].IsEmpty) continue;
                foreach (Channel pattern in pool[ChannelKind.Pattern].All)
                {
                    int count = pattern.Count;
                    if (count > 0 && GlobPattern.Matches(pattern.Name, channel)) receivers += count;
                }
            }
        }
        return receivers;
    }

    /// <summary>The same of a shard channel.</summary>
    public long ShardReceivers(ShardDefinition shard, ReadOnlySpan<byte> channel)
    {
        long receivers = 0;
        foreach (LoopSubscriptions loop in _loops)
        {
            foreach (PoolChannels pool in loop.Pools)
            {
                if (pool[ChannelKind.ShardChannel].Find(channel) is { Count: > 0 } found && pool.Hears(shard, channel)) receivers += found.Count;
            }
        }
        return receivers;
    }

    /// <summary>How many clients of the pool listen to exactly this.</summary>
    public long Subscribers(string pool, ChannelKind kind, ReadOnlySpan<byte> name)
    {
        long count = 0;
        foreach (LoopSubscriptions loop in _loops) count += loop.Of(pool)?[kind].Find(name)?.Count ?? 0;
        return count;
    }

    /// <summary>What clients of the pool listen to, each name once.</summary>
    public IReadOnlyCollection<byte[]> Names(string pool, ChannelKind kind)
    {
        var names = new HashSet<byte[]>(NameComparer.Instance);
        foreach (LoopSubscriptions loop in _loops)
        {
            if (loop.Of(pool) is not { } channels) continue;
            foreach (Channel channel in channels[kind].All)
            {
                if (channel.Count > 0) names.Add(channel.Name);
            }
        }
        return names;
    }
}
