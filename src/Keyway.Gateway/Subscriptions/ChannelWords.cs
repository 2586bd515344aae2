namespace Keyway.Gateway.Subscriptions;

/// <summary>How each kind of channel is asked for and confirmed.</summary>
internal static class ChannelWords
{
    public const int Kinds = 3;

    public static ReadOnlySpan<byte> Subscribe(ChannelKind kind) => kind switch
    {
        ChannelKind.Channel => "subscribe"u8,
        ChannelKind.Pattern => "psubscribe"u8,
        _ => "ssubscribe"u8,
    };

    public static ReadOnlySpan<byte> Unsubscribe(ChannelKind kind) => kind switch
    {
        ChannelKind.Channel => "unsubscribe"u8,
        ChannelKind.Pattern => "punsubscribe"u8,
        _ => "sunsubscribe"u8,
    };

    public static ReadOnlySpan<byte> Message(ChannelKind kind) => kind switch
    {
        ChannelKind.Channel => "message"u8,
        ChannelKind.Pattern => "pmessage"u8,
        _ => "smessage"u8,
    };
}
