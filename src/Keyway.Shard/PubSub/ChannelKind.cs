namespace Keyway.Shard.PubSub;

/// <summary>What one can listen to; each kind has names of its own.</summary>
internal enum ChannelKind
{
    Channel,
    Pattern,
    ShardChannel,
}
