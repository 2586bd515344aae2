namespace Keyway.Shard.PubSub;

/// <summary>Clients that listen, by small numbers that are used again.</summary>
internal sealed class SubscriberTable
{
    private readonly List<Subscriber?> _byNumber = [];
    private readonly Stack<int> _freeNumbers = new();

    /// <summary>How many have left and still stand in channels.</summary>
    public int Leaving { get; set; }

    public Subscriber this[int number] => _byNumber[number]!;

    public Subscriber Add(ClientSession client)
    {
        if (!_freeNumbers.TryPop(out int number))
        {
            number = _byNumber.Count;
            _byNumber.Add(null);
        }

        var subscriber = new Subscriber(client, number);
        _byNumber[number] = subscriber;
        return subscriber;
    }

    public void Remove(Subscriber subscriber)
    {
        _byNumber[subscriber.Number] = null;
        _freeNumbers.Push(subscriber.Number);
    }
}
