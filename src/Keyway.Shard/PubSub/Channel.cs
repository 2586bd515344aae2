namespace Keyway.Shard.PubSub;

/// <summary>
/// A channel or pattern and who listens to it, in the order in which they came. Subscribers are numbers, not references: ten million subscriptions are
/// nothing that the garbage collector would have to walk over.
/// </summary>
internal sealed class Channel(byte[] name, int id)
{
    private const int Gone = -1;
    private const int Smallest = 4;

    private int[] _places = new int[Smallest];
    private int _end;

    public readonly byte[] Name = name;
    public readonly int Id = id;

    public int Count { get; private set; }

    /// <summary>The numbers of the subscribers, and negative ones where somebody has left.</summary>
    public ReadOnlySpan<int> Subscribers => _places.AsSpan(0, _end);

    /// <returns>The subscriber's place, which it gives back when it leaves.</returns>
    public int Add(int subscriber, SubscriberTable subscribers, ChannelKind kind)
    {
        if (_end == _places.Length) MakeRoom(subscribers, kind);
        _places[_end] = subscriber;
        Count++;
        return _end++;
    }

    public void Remove(int place, SubscriberTable subscribers, ChannelKind kind)
    {
        _places[place] = Gone;
        Count--;
        if (_places.Length > Smallest && Count <= _places.Length / 8) Resize(_places.Length / 2, subscribers, kind);
    }

    // Closing the gaps is paid for by those who have left since it was last done.
    private void MakeRoom(SubscriberTable subscribers, ChannelKind kind) => Resize(Count > _places.Length / 2 ? _places.Length * 2 : _places.Length, subscribers, kind);

    private void Resize(int size, SubscriberTable subscribers, ChannelKind kind)
    {
        var resized = new int[size];
        int count = 0;
        foreach (int subscriber in Subscribers)
        {
            if (subscriber == Gone) continue;
            resized[count] = subscriber;
            subscribers[subscriber].Move(kind, Id, count);
            count++;
        }

        _places = resized;
        _end = count;
    }
}
