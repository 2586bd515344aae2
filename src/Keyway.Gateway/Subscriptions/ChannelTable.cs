using System.Collections.Concurrent;

namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// The channels of one kind of one pool on one loop. Only that loop changes it; the others look into it, for the number of a message's receivers is
/// asked with every PUBLISH, and a question to each loop would make the slowest of them its duration.
/// </summary>
internal sealed class ChannelTable
{
    private readonly ConcurrentDictionary<byte[], Channel> _byName = new(concurrencyLevel: 1, capacity: 31, NameComparer.Instance);
    private readonly ConcurrentDictionary<byte[], Channel>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;

    public ChannelTable() => _bySpan = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();

    public bool IsEmpty => _byName.IsEmpty;

    /// <summary>Without a lock; what comes and goes meanwhile may be in it or not.</summary>
    public IEnumerable<Channel> All
    {
        get
        {
            foreach ((_, Channel channel) in _byName) yield return channel;
        }
    }

    public Channel? Find(ReadOnlySpan<byte> name) => _bySpan.TryGetValue(name, out Channel? channel) ? channel : null;

    public void Add(Channel channel) => _byName[channel.Name] = channel;

    public void Remove(Channel channel) => _byName.TryRemove(channel.Name, out _);
}
