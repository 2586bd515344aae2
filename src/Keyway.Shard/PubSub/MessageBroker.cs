using Keyway.Protocol.Commands;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.PubSub;

/// <summary>Channels, patterns and shard channels, and the road of a message to whoever listens.</summary>
internal sealed class MessageBroker(KeyHash hash)
{
    private readonly SubscriberTable _subscribers = new();
    private readonly MessageFrame _frame = new();
    private ChannelTable[]? _tables;

    public ChannelTable this[ChannelKind kind] => (_tables ??= MakeTables())[(int)kind];

    public void Subscribe(ClientSession client, ChannelKind kind, ReadOnlySpan<byte> name)
    {
        client.Subscriber ??= _subscribers.Add(client);
        this[kind].Subscribe(client.Subscriber, name);
    }

    public void Unsubscribe(ClientSession client, ChannelKind kind, ReadOnlySpan<byte> name)
    {
        if (client.Subscriber == null) return;
        this[kind].Unsubscribe(client.Subscriber, name);
        Forget(client);
    }

    /// <summary>Ends all subscriptions without a word.</summary>
    public void UnsubscribeAll(ClientSession client)
    {
        if (client.Subscriber is not { } subscriber) return;
        for (var kind = ChannelKind.Channel; kind <= ChannelKind.ShardChannel; kind++)
        {
            foreach (int id in subscriber.ChannelsOf(kind)) this[kind].Unsubscribe(subscriber, this[kind][id]);
        }

        Forget(client);
    }

    /// <summary>Sends the message to whoever listens to the channel or to a pattern that it matches.</summary>
    /// <returns>How many have got it; who listens in two ways gets it twice.</returns>
    public long Publish(ReadOnlySpan<byte> name, ReadOnlySpan<byte> message)
    {
        if (_tables == null) return 0;
        long receivers = 0;
        if (this[ChannelKind.Channel].Find(name) is { } channel)
        {
            _frame.Write("message"u8, name, message);
            receivers += Deliver(channel);
        }

        foreach (Channel pattern in this[ChannelKind.Pattern].All)
        {
            if (!GlobPattern.Matches(pattern.Name, name)) continue;
            _frame.Write("pmessage"u8, pattern.Name, name, message);
            receivers += Deliver(pattern);
        }

        return receivers;
    }

    public long PublishToShard(ReadOnlySpan<byte> name, ReadOnlySpan<byte> message)
    {
        if (_tables == null || this[ChannelKind.ShardChannel].Find(name) is not { } channel) return 0;
        _frame.Write("smessage"u8, name, message);
        return Deliver(channel);
    }

    // Nobody can leave meanwhile: a client that must go for what it has not read goes later.
    private long Deliver(Channel channel)
    {
        foreach (int number in channel.Subscribers)
        {
            if (number >= 0) _subscribers[number].Client.Push(_frame.Rest);
        }

        return channel.Count;
    }

    private void Forget(ClientSession client)
    {
        if (client.Subscriber is not { Count: 0 } subscriber) return;
        _subscribers.Remove(subscriber);
        client.Subscriber = null;
    }

    private ChannelTable[] MakeTables() =>
    [
        new ChannelTable(ChannelKind.Channel, hash, _subscribers),
        new ChannelTable(ChannelKind.Pattern, hash, _subscribers),
        new ChannelTable(ChannelKind.ShardChannel, hash, _subscribers),
    ];
}
