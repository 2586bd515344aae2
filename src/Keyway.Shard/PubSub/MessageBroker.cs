using Keyway.Platform;
using Keyway.Protocol.Commands;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.PubSub;

/// <summary>Channels, patterns and shard channels, and the road of a message to whoever listens.</summary>
/// <param name="hash">Of names.</param>
/// <param name="loop">On which those who have left are taken out of their channels, a slice at a time.</param>
internal sealed class MessageBroker(KeyHash hash, EventLoop loop)
{
    private const int LeavesAtOnce = 64;                 // channels; more are a matter of slices
    private const int EffortPerSlice = 10_000;           // subscribers that are taken out or moved: about a millisecond

    private readonly Queue<Departure> _leaving = new();
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

    /// <summary>
    /// The client is gone, and with it its subscriptions. A crowd that listens to many channels each may leave in one turn: from here on nobody hears or
    /// counts them, and their places are given back by and by.
    /// </summary>
    public void Leave(ClientSession client)
    {
        if (client.Subscriber is not { } subscriber) return;
        if (subscriber.Count <= LeavesAtOnce)
        {
            UnsubscribeAll(client);
            return;
        }

        client.Subscriber = null;
        subscriber.HasLeft = true;
        _subscribers.Leaving++;
        _leaving.Enqueue(new Departure(subscriber));
        if (_leaving.Count == 1) loop.Post(TakeOutSome);
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
        long receivers = 0;
        foreach (int number in channel.Subscribers)
        {
            if (number < 0 || _subscribers[number].HasLeft) continue;
            _subscribers[number].Client.Push(_frame.Rest);
            receivers++;
        }

        return receivers;
    }

    private void TakeOutSome()
    {
        for (int left = EffortPerSlice; left > 0 && _leaving.TryPeek(out Departure? next);)
        {
            left -= next.TakeOut(this, left);
            if (!next.IsOver) continue;
            _leaving.Dequeue();
            _subscribers.Leaving--;
            _subscribers.Remove(next.Subscriber);
        }

        if (_leaving.Count > 0) loop.Post(TakeOutSome);
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
