using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Subscriptions;

/// <summary>What one client listens to, and its place in each of those channels.</summary>
internal sealed class Subscriber(ClientSession session, PoolChannels pool)
{
    /// <summary>The most that one client may listen to: many times what applications do, and nothing that memory would feel.</summary>
    public const int MostSubscriptions = 100_000;

    private readonly Dictionary<Channel, int>?[] _places = new Dictionary<Channel, int>?[ChannelWords.Kinds];

    public ClientSession Session { get; } = session;

    public PoolChannels Pool { get; } = pool;

    /// <summary>SUBSCRIBE requests whose confirmation has not gone out.</summary>
    public int Pending { get; set; }

    /// <summary>Channels in those requests.</summary>
    public int Claims { get; set; }

    /// <summary>Of all kinds.</summary>
    public int Count { get; private set; }

    public int CountOf(ChannelKind kind) => _places[(int)kind]?.Count ?? 0;

    /// <summary>As confirmations count: shard channels by themselves, channels and patterns together.</summary>
    public int CountWith(ChannelKind kind) =>
        kind == ChannelKind.ShardChannel ? CountOf(kind) : CountOf(ChannelKind.Channel) + CountOf(ChannelKind.Pattern);

    public IReadOnlyList<Channel> ChannelsOf(ChannelKind kind) => _places[(int)kind] is { } places ? [.. places.Keys] : [];

    /// <summary>Does nothing for what it listens to already.</summary>
    public void Add(Channel channel)
    {
        Dictionary<Channel, int> places = _places[(int)channel.Kind] ??= [];
        if (places.ContainsKey(channel)) return;
        places.Add(channel, channel.Add(this));
        Count++;
    }

    public void Move(Channel channel, int place) => _places[(int)channel.Kind]![channel] = place;

    public void Remove(Channel channel)
    {
        if (_places[(int)channel.Kind] is not { } places || !places.Remove(channel, out int place)) return;
        Count--;
        channel.Remove(place);
        Pool.NoteLeft(channel);
        if (places.Count == 0) _places[(int)channel.Kind] = null;
    }

    public void RemoveAll()
    {
        for (var kind = ChannelKind.Channel; kind <= ChannelKind.ShardChannel; kind++)
        {
            foreach (Channel channel in ChannelsOf(kind)) Remove(channel);
        }
    }

    /// <summary>Whether the client is still one that listens, or is about to, decides what else it may ask.</summary>
    public void UpdateMode() => Session.State.Set(SessionModes.Subscribed, Count > 0 || Pending > 0);
}
