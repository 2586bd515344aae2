namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>Who listens to what at one faulty shard.</summary>
internal sealed class ShardChannels
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<ShardConnection>> _listeners = [];

    public void Add(string channel, ShardConnection listener)
    {
        lock (_lock)
        {
            if (!_listeners.TryGetValue(channel, out HashSet<ShardConnection>? listeners)) _listeners.Add(channel, listeners = []);
            listeners.Add(listener);
        }
    }

    public void Remove(string channel, ShardConnection listener)
    {
        lock (_lock)
        {
            if (_listeners.TryGetValue(channel, out HashSet<ShardConnection>? listeners) && listeners.Remove(listener) && listeners.Count == 0) _listeners.Remove(channel);
        }
    }

    /// <returns>How many connections it went to.</returns>
    public int Publish(string channel, byte[] message)
    {
        ShardConnection[] listeners;
        lock (_lock) listeners = _listeners.TryGetValue(channel, out HashSet<ShardConnection>? found) ? [.. found] : [];
        foreach (ShardConnection listener in listeners) listener.Deliver(message);
        return listeners.Length;
    }
}
