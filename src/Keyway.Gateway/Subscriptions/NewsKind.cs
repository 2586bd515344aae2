namespace Keyway.Gateway.Subscriptions;

/// <summary>What a server says on a link that listens.</summary>
internal enum NewsKind : byte
{
    /// <summary>Nothing about channels: an answer to PING.</summary>
    Other,

    Message,

    Subscribed,

    Unsubscribed,
}
