using Keyway.Shard.Commands.PubSub;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddPubSub()
    {
        Add("subscribe", &PubSubCommands.Subscribe);
        Add("psubscribe", &PubSubCommands.PSubscribe);
        Add("ssubscribe", &PubSubCommands.SSubscribe);
        Add("unsubscribe", &PubSubCommands.Unsubscribe);
        Add("punsubscribe", &PubSubCommands.PUnsubscribe);
        Add("sunsubscribe", &PubSubCommands.SUnsubscribe);
        Add("publish", &PubSubCommands.Publish);
        Add("spublish", &PubSubCommands.SPublish);
        Add("pubsub|channels", &PubSubCommands.Channels);
        Add("pubsub|shardchannels", &PubSubCommands.ShardChannels);
        Add("pubsub|numsub", &PubSubCommands.NumSub);
        Add("pubsub|shardnumsub", &PubSubCommands.ShardNumSub);
        Add("pubsub|numpat", &PubSubCommands.NumPat);
        Add("pubsub|help", &PubSubCommands.Help);
    }
}
