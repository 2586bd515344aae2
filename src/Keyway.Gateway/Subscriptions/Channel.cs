namespace Keyway.Gateway.Subscriptions;

/// <summary>A channel or pattern of one pool, as one loop knows it: who of the loop's clients listens to it, and what the loop has subscribed for that.</summary>
internal sealed class Channel(PoolChannels pool, ChannelKind kind, byte[] name)
{
    // Longer messages to several clients lie in memory once, and each client's output refers to them.
    private const int SharedFromBytes = 2 * 1024;

    private readonly List<Subscriber> _subscribers = [];
    private readonly List<PendingSubscription> _waiters = [];
    private int _count;

    public PoolChannels Pool { get; } = pool;

    public ChannelKind Kind { get; } = kind;

    public byte[] Name { get; } = name;

    /// <summary>How many of the loop's clients listen. Written by the loop alone, read by all.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Clients that will listen once their subscription is confirmed.</summary>
    public int Claims { get; set; }

    /// <summary>One at each shard that messages can come from.</summary>
    public List<Subscription> Sources { get; } = [];

    /// <summary>Since when nobody listens; -1 while somebody does.</summary>
    public long UnusedSinceMs { get; set; } = -1;

    public bool IsUnused => _subscribers.Count == 0 && Claims == 0;

    /// <summary>Every master that can be reached has confirmed it.</summary>
    public bool IsSettled(long nowMs)
    {
        foreach (Subscription source in Sources)
        {
            if (!source.Feed.IsSettled(source, nowMs, Pool.HoldMs)) return false;
        }
        return true;
    }

    /// <summary>A server's own words, if one has refused it.</summary>
    public byte[]? Refusal
    {
        get
        {
            foreach (Subscription source in Sources)
            {
                if (source.Refusal is { } refusal) return refusal;
            }
            return null;
        }
    }

    public void Wait(PendingSubscription pending) => _waiters.Add(pending);

    /// <summary>Something about it has changed at a shard: clients may have waited for that.</summary>
    public void TellWaiters(long nowMs)
    {
        if (_waiters.Count == 0 || !IsSettled(nowMs)) return;
        PendingSubscription[] waiters = [.. _waiters];
        _waiters.Clear();
        foreach (PendingSubscription waiter in waiters) waiter.OnSettled();
    }

    /// <returns>The subscriber's place, which it gives back when it leaves.</returns>
    public int Add(Subscriber subscriber)
    {
        _subscribers.Add(subscriber);
        Volatile.Write(ref _count, _subscribers.Count);
        return _subscribers.Count - 1;
    }

    public void Remove(int place)
    {
        // The last one takes the place of the one that goes.
        Subscriber last = _subscribers[^1];
        if (place < _subscribers.Count - 1)
        {
            _subscribers[place] = last;
            last.Move(this, place);
        }
        _subscribers.RemoveAt(_subscribers.Count - 1);
        if (_subscribers.Capacity > 64 && _subscribers.Count < _subscribers.Capacity / 8) _subscribers.TrimExcess();
        Volatile.Write(ref _count, _subscribers.Count);
    }

    /// <summary>Gives a message to everybody who listens.</summary>
    /// <param name="frame">As the shard sent it. In RESP3 it differs by its first byte alone.</param>
    public void Deliver(ReadOnlySpan<byte> frame)
    {
        byte[]? array = null;
        byte[]? push = null;
        bool isShared = frame.Length >= SharedFromBytes && _subscribers.Count > 1;

        // Nobody leaves meanwhile: a client that must go for what it has not taken goes later.
        foreach (Subscriber subscriber in _subscribers)
        {
            bool resp3 = subscriber.Session.State.Resp3;
            if (!isShared) subscriber.Session.Push(resp3 ? ">"u8 : "*"u8, frame[1..]);
            else if (resp3) subscriber.Session.Push(push ??= Copy((byte)'>', frame));
            else subscriber.Session.Push(array ??= Copy((byte)'*', frame));
        }
    }

    /// <summary>A message came that is longer than anybody's output may be, and was not kept.</summary>
    public void CutAll(string reason)
    {
        foreach (Subscriber subscriber in _subscribers) subscriber.Session.CloseOverLimit(reason);
    }

    private static byte[] Copy(byte first, ReadOnlySpan<byte> frame)
    {
        byte[] copy = frame.ToArray();
        copy[0] = first;
        return copy;
    }
}
