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

    /// <summary>With those that have left, as long as they stand here.</summary>
    public int Count { get; private set; }

    /// <summary>The numbers of the subscribers, and negative ones where somebody has left.</summary>
    public ReadOnlySpan<int> Subscribers => _places.AsSpan(0, _end);

    /// <summary>Those that have not left.</summary>
    public int CountPresent(SubscriberTable subscribers, int most = int.MaxValue)
    {
        if (subscribers.Leaving == 0) return Count;
        int count = 0;
        for (int i = 0; i < _end && count < most; i++) count += _places[i] != Gone && !subscribers[_places[i]].HasLeft ? 1 : 0;
        return count;
    }

    /// <returns>The subscriber's place, which it gives back when it leaves.</returns>
    public int Add(int subscriber, SubscriberTable subscribers, ChannelKind kind)
    {
        if (_end == _places.Length) MakeRoom(subscribers, kind);
        _places[_end] = subscriber;
        Count++;
        return _end++;
    }

    /// <returns>How many others have got another place for that.</returns>
    public int Remove(int place, SubscriberTable subscribers, ChannelKind kind)
    {
        _places[place] = Gone;
        Count--;
        return _places.Length > Smallest && Count <= _places.Length / 8 ? Resize(_places.Length / 2, subscribers, kind) : 0;
    }

    // Closing the gaps is paid for by those who have left since it was last done.
    private void MakeRoom(SubscriberTable subscribers, ChannelKind kind) => Resize(Count > _places.Length / 2 ? _places.Length * 2 : _places.Length, subscribers, kind);

    // Who stands where he stood need not be told, and that is everybody where nobody has left.
    private int Resize(int size, SubscriberTable subscribers, ChannelKind kind)
    {
        var resized = new int[size];
        int count = 0;
        int moved = 0;
        for (int i = 0; i < _end; i++)
        {
            int subscriber = _places[i];
            if (subscriber == Gone) continue;
            resized[count] = subscriber;
            if (count != i)
            {
                subscribers[subscriber].Move(kind, Id, count);
                moved++;
            }

            count++;
        }

        _places = resized;
        _end = count;
        return moved;
    }
}
