using Keyway.Protocol;
using Keyway.Shard.PubSub;

namespace Keyway.Shard.Commands.PubSub;

/// <summary>Channels: listening, sending, and what there is.</summary>
internal static class PubSubCommands
{
    private static readonly string[] HelpLines =
    [
        "CHANNELS [<pattern>]",
        "    Return the currently active channels matching a <pattern> (default: '*').",
        "NUMPAT",
        "    Return number of subscriptions to patterns.",
        "NUMSUB [<channel> ...]",
        "    Return the number of subscribers for the specified channels, excluding",
        "    pattern subscriptions(default: no channels).",
        "SHARDCHANNELS [<pattern>]",
        "    Return the currently active shard level channels matching a <pattern> (default: '*').",
        "SHARDNUMSUB [<shardchannel> ...]",
        "    Return the number of subscribers for the specified shard level channel(s)",
    ];

    // SUBSCRIBE channel [channel ...]
    public static void Subscribe(ref CommandContext context) => Subscribe(ref context, ChannelKind.Channel, "subscribe"u8);

    // PSUBSCRIBE pattern [pattern ...]
    public static void PSubscribe(ref CommandContext context) => Subscribe(ref context, ChannelKind.Pattern, "psubscribe"u8);

    // SSUBSCRIBE shardchannel [shardchannel ...]
    public static void SSubscribe(ref CommandContext context)
    {
        if (context.Client.DeniesBlocking)
        {
            context.ReplyError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"u8);
            return;
        }

        Subscribe(ref context, ChannelKind.ShardChannel, "ssubscribe"u8);
    }

    // UNSUBSCRIBE [channel ...]
    public static void Unsubscribe(ref CommandContext context) => Unsubscribe(ref context, ChannelKind.Channel, "unsubscribe"u8);

    // PUNSUBSCRIBE [pattern ...]
    public static void PUnsubscribe(ref CommandContext context) => Unsubscribe(ref context, ChannelKind.Pattern, "punsubscribe"u8);

    // SUNSUBSCRIBE [shardchannel ...]
    public static void SUnsubscribe(ref CommandContext context) => Unsubscribe(ref context, ChannelKind.ShardChannel, "sunsubscribe"u8);

    // PUBLISH channel message
    public static void Publish(ref CommandContext context)
    {
        long receivers = context.Server.Messages.Publish(context.Arguments[1], context.Arguments[2]);
        context.Propagation.AsMessage();
        context.ReplyInteger(receivers);
    }

    // SPUBLISH shardchannel message
    public static void SPublish(ref CommandContext context)
    {
        long receivers = context.Server.Messages.PublishToShard(context.Arguments[1], context.Arguments[2]);
        context.Propagation.AsMessage();
        context.ReplyInteger(receivers);
    }

    // PUBSUB CHANNELS [pattern]
    public static void Channels(ref CommandContext context) => List(ref context, ChannelKind.Channel);

    // PUBSUB SHARDCHANNELS [pattern]
    public static void ShardChannels(ref CommandContext context) => List(ref context, ChannelKind.ShardChannel);

    // PUBSUB NUMSUB [channel ...]
    public static void NumSub(ref CommandContext context) => CountSubscribers(ref context, ChannelKind.Channel);

    // PUBSUB SHARDNUMSUB [shardchannel ...]
    public static void ShardNumSub(ref CommandContext context) => CountSubscribers(ref context, ChannelKind.ShardChannel);

    // PUBSUB NUMPAT
    public static void NumPat(ref CommandContext context) => context.ReplyInteger(context.Server.Messages[ChannelKind.Pattern].Count);

    // PUBSUB HELP
    public static void Help(ref CommandContext context) => context.ReplyHelp(HelpLines);

    private static void Subscribe(ref CommandContext context, ChannelKind kind, ReadOnlySpan<byte> word)
    {
        for (int i = 1; i < context.Arguments.Count; i++)
        {
            context.Server.Messages.Subscribe(context.Client, kind, context.Arguments[i]);
            Confirm(ref context, kind, word, context.Arguments[i]);
        }
    }

    private static void Unsubscribe(ref CommandContext context, ChannelKind kind, ReadOnlySpan<byte> word)
    {
        MessageBroker messages = context.Server.Messages;
        for (int i = 1; i < context.Arguments.Count; i++)
        {
            messages.Unsubscribe(context.Client, kind, context.Arguments[i]);
            Confirm(ref context, kind, word, context.Arguments[i]);
        }

        if (context.Arguments.Count > 1) return;
        if (context.Client.Subscriber is not { } subscriber || subscriber.CountOf(kind) == 0)
        {
            BeginConfirmation(ref context, word);
            context.Client.Reply.WriteNull(context.Resp3);
            EndConfirmation(ref context, kind);
            return;
        }

        foreach (int id in subscriber.ChannelsOf(kind))
        {
            byte[] name = messages[kind][id].Name;
            messages.Unsubscribe(context.Client, kind, name);
            Confirm(ref context, kind, word, name);
        }
    }

    private static void Confirm(ref CommandContext context, ChannelKind kind, ReadOnlySpan<byte> word, ReadOnlySpan<byte> name)
    {
        BeginConfirmation(ref context, word);
        context.Client.Reply.WriteBulk(name);
        EndConfirmation(ref context, kind);
    }

    // A push, so CLIENT REPLY OFF does not silence it.
    private static void BeginConfirmation(ref CommandContext context, ReadOnlySpan<byte> word)
    {
        context.Client.Reply.WritePush(3, context.Resp3);
        context.Client.Reply.WriteBulk(word);
    }

    // Shard channels are counted by themselves, channels and patterns together.
    private static void EndConfirmation(ref CommandContext context, ChannelKind kind)
    {
        Subscriber? subscriber = context.Client.Subscriber;
        int count = 0;
        if (subscriber != null && kind == ChannelKind.ShardChannel) count = subscriber.CountOf(kind);
        else if (subscriber != null) count = subscriber.CountOf(ChannelKind.Channel) + subscriber.CountOf(ChannelKind.Pattern);
        context.Client.Reply.WriteInteger(count);
    }

    private static void List(ref CommandContext context, ChannelKind kind)
    {
        if (context.Arguments.Count > 3)
        {
            context.ReplyUnknownSubcommand();
            return;
        }

        var found = new List<byte[]>();
        foreach (Channel channel in context.Server.Messages[kind].Present)
        {
            if (context.Arguments.Count == 2 || Protocol.Commands.GlobPattern.Matches(context.Arguments[2], channel.Name)) found.Add(channel.Name);
        }

        context.ReplyArray(found.Count);
        foreach (byte[] name in found) context.ReplyBulk(name);
    }

    private static void CountSubscribers(ref CommandContext context, ChannelKind kind)
    {
        context.ReplyArray((context.Arguments.Count - 2) * 2);
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            context.ReplyBulk(context.Arguments[i]);
            context.ReplyInteger(context.Server.Messages[kind].CountOf(context.Arguments[i]));
        }
    }
}
