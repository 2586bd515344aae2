using Keyway.Shard.Keyspace;

namespace Keyway.Shard.PubSub;

/// <summary>All channels of one kind that have subscribers.</summary>
internal sealed class ChannelTable
{
    private readonly ChannelKind _kind;
    private readonly SubscriberTable _subscribers;
    private readonly Dictionary<byte[], Channel> _byName;
    private readonly Dictionary<byte[], Channel>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;
    private readonly List<Channel?> _byId = [];
    private readonly Stack<int> _freeIds = new();

    public ChannelTable(ChannelKind kind, KeyHash hash, SubscriberTable subscribers)
    {
        _kind = kind;
        _subscribers = subscribers;
        _byName = new Dictionary<byte[], Channel>(new KeyComparer(hash));
        _bySpan = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Channels with somebody who listens.</summary>
    public int Count => _subscribers.Leaving == 0 ? _byName.Count : Present.Count();

    public Dictionary<byte[], Channel>.ValueCollection All => _byName.Values;

    /// <summary>Those that somebody listens to who has not left.</summary>
    public IEnumerable<Channel> Present => All.Where(channel => channel.CountPresent(_subscribers, most: 1) > 0);

    public Channel this[int id] => _byId[id]!;

    public Channel? Find(ReadOnlySpan<byte> name) => _bySpan.TryGetValue(name, out Channel? channel) ? channel : null;

    /// <summary>How many listen to the channel.</summary>
    public int CountOf(ReadOnlySpan<byte> name) => Find(name)?.CountPresent(_subscribers) ?? 0;

    /// <summary>Does nothing for who listens already.</summary>
    public void Subscribe(Subscriber subscriber, ReadOnlySpan<byte> name)
    {
        Channel channel = Find(name) ?? Create(name);
        if (!subscriber.Listens(_kind, channel.Id)) subscriber.Add(_kind, channel.Id, channel.Add(subscriber.Number, _subscribers, _kind));
    }

    public void Unsubscribe(Subscriber subscriber, ReadOnlySpan<byte> name)
    {
        if (Find(name) is { } channel) Unsubscribe(subscriber, channel);
    }

    public void Unsubscribe(Subscriber subscriber, Channel channel)
    {
        if (subscriber.Remove(_kind, channel.Id, out int place)) Remove(channel, place);
    }

    /// <summary>The same for one that has left, who need not be told: it is forgotten as a whole.</summary>
    /// <returns>How many subscribers had to be dealt with.</returns>
    public int Leave(Subscriber subscriber, int channel) => 1 + Remove(_byId[channel]!, subscriber.PlaceIn(_kind, channel));

    private int Remove(Channel channel, int place)
    {
        int moved = channel.Remove(place, _subscribers, _kind);
        if (channel.Count > 0) return moved;

        _byName.Remove(channel.Name);
        _byId[channel.Id] = null;
        _freeIds.Push(channel.Id);
        return moved;
    }

    private Channel Create(ReadOnlySpan<byte> name)
    {
        if (!_freeIds.TryPop(out int id))
        {
            id = _byId.Count;
            _byId.Add(null);
        }

        var channel = new Channel(name.ToArray(), id);
        _byId[id] = channel;
        _byName.Add(channel.Name, channel);
        return channel;
    }
}
