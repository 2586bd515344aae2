namespace Keyway.Shard.PubSub;

/// <summary>Somebody who has left, on the way out of the channels that it listened to.</summary>
internal sealed class Departure(Subscriber subscriber)
{
    private ChannelKind _kind;
    private int[]? _channels;
    private int _next;

    public Subscriber Subscriber { get; } = subscriber;

    public bool IsOver => _kind > ChannelKind.ShardChannel;

    /// <summary>Out of some channels, until about so much effort has been spent; returns how much it was. A channel that gets smaller is an effort.</summary>
    public int TakeOut(MessageBroker messages, int effort)
    {
        _channels ??= Subscriber.ChannelsOf(_kind);
        int spent = 1;
        for (ChannelTable table = messages[_kind]; spent < effort && _next < _channels.Length; _next++) spent += table.Leave(Subscriber, _channels[_next]);
        if (_next == _channels.Length)
        {
            _kind++;
            _channels = null;
            _next = 0;
        }

        return spent;
    }
}
