namespace Keyway.Gateway.Subscriptions;

/// <summary>One channel or pattern that a loop listens to at one shard, for all of its clients.</summary>
internal sealed class Subscription
{
    public Subscription(ShardFeed feed, ChannelKind kind, byte[] name)
    {
        Feed = feed;
        Kind = kind;
        Name = name;
        MayBringKeyspaceEvents = kind == ChannelKind.Pattern ? KeyspaceChannels.MayMatch(name) : kind == ChannelKind.Channel && KeyspaceChannels.Has(name);
        Slot = kind == ChannelKind.ShardChannel ? Topology.HashSlot.Of(name) : 0;
    }

    public ShardFeed Feed { get; }

    public ChannelKind Kind { get; }

    public byte[] Name { get; }

    /// <summary>In a cluster these come from each master, all else from one.</summary>
    public bool MayBringKeyspaceEvents { get; }

    /// <summary>Of a shard channel.</summary>
    public int Slot { get; }

    /// <summary>Whom its messages go to: one for each pool that uses the shard, so nearly always one.</summary>
    public List<Channel> Listeners { get; } = [];

    /// <summary>The server's own words when it refused it the last time.</summary>
    public byte[]? Refusal { get; set; }
}
