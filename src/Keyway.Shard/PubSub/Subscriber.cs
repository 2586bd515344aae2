namespace Keyway.Shard.PubSub;

/// <summary>A client's subscriptions: for each kind the channels' ids, and its place in each.</summary>
internal sealed class Subscriber(ClientSession client, int number)
{
    private const int NeverTrimmed = 16;

    private readonly Dictionary<int, int>?[] _places = new Dictionary<int, int>?[3];

    public readonly ClientSession Client = client;
    public readonly int Number = number;

    /// <summary>Its client is gone: wherever it still stands it does not count, and it is told nothing.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Of all kinds.</summary>
    public int Count { get; private set; }

    public int CountOf(ChannelKind kind) => _places[(int)kind]?.Count ?? 0;

    public bool Listens(ChannelKind kind, int channel) => _places[(int)kind]?.ContainsKey(channel) == true;

    public int PlaceIn(ChannelKind kind, int channel) => _places[(int)kind]![channel];

    public int[] ChannelsOf(ChannelKind kind) => _places[(int)kind] is { } places ? [.. places.Keys] : [];

    public void Add(ChannelKind kind, int channel, int place)
    {
        (_places[(int)kind] ??= []).Add(channel, place);
        Count++;
    }

    public void Move(ChannelKind kind, int channel, int place) => _places[(int)kind]![channel] = place;

    public bool Remove(ChannelKind kind, int channel, out int place)
    {
        place = 0;
        Dictionary<int, int>? places = _places[(int)kind];
        if (places == null || !places.Remove(channel, out place)) return false;

        Count--;
        if (places.Count == 0) _places[(int)kind] = null;
        else if (places.Capacity > NeverTrimmed && places.Count < places.Capacity / 8) places.TrimExcess();
        return true;
    }
}
