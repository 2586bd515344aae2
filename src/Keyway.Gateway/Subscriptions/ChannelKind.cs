namespace Keyway.Gateway.Subscriptions;

/// <summary>What one can listen to; each kind has names of its own.</summary>
internal enum ChannelKind : byte
{
    Channel,
    Pattern,
    ShardChannel,
}
