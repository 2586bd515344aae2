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

    public int Count => _byName.Count;

    public Dictionary<byte[], Channel>.ValueCollection All => _byName.Values;

    public Channel this[int id] => _byId[id]!;

    public Channel? Find(ReadOnlySpan<byte> name) => _bySpan.TryGetValue(name, out Channel? channel) ? channel : null;

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
        if (!subscriber.Remove(_kind, channel.Id, out int place)) return;
        channel.Remove(place, _subscribers, _kind);
        if (channel.Count > 0) return;

        _byName.Remove(channel.Name);
        _byId[channel.Id] = null;
        _freeIds.Push(channel.Id);
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
