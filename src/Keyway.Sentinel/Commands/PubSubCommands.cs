using System.Text;
using Keyway.Protocol;
using Keyway.Sentinel.Sessions;

namespace Keyway.Sentinel.Commands;

/// <summary>Listening to events; and PUBLISH, by which other sentinels make themselves known.</summary>
internal static class PubSubCommands
{
    // SUBSCRIBE channel [channel ...]
    public static void Subscribe(in SentinelCall call)
    {
        for (int i = 1; i < call.Arguments.Count; i++)
        {
            call.Server.Events.Subscribe(call.Client, call.Arguments[i]);
            Confirm(call.Client, "subscribe"u8, call.Arguments[i]);
        }
    }

    // PSUBSCRIBE pattern [pattern ...]
    public static void PSubscribe(in SentinelCall call)
    {
        for (int i = 1; i < call.Arguments.Count; i++)
        {
            call.Server.Events.SubscribePattern(call.Client, call.Arguments[i]);
            Confirm(call.Client, "psubscribe"u8, call.Arguments[i]);
        }
    }

    // UNSUBSCRIBE [channel ...]
    public static void Unsubscribe(in SentinelCall call)
    {
        for (int i = 1; i < call.Arguments.Count; i++)
        {
            call.Server.Events.Unsubscribe(call.Client, call.Arguments[i]);
            Confirm(call.Client, "unsubscribe"u8, call.Arguments[i]);
        }

        if (call.Arguments.Count > 1) return;
        byte[][] channels = [.. call.Client.Channels];
        if (channels.Length == 0) ConfirmNothing(call.Client, "unsubscribe"u8);
        foreach (byte[] channel in channels)
        {
            call.Server.Events.Unsubscribe(call.Client, channel);
            Confirm(call.Client, "unsubscribe"u8, channel);
        }
    }

    // PUNSUBSCRIBE [pattern ...]
    public static void PUnsubscribe(in SentinelCall call)
    {
        for (int i = 1; i < call.Arguments.Count; i++)
        {
            call.Server.Events.UnsubscribePattern(call.Client, call.Arguments[i]);
            Confirm(call.Client, "punsubscribe"u8, call.Arguments[i]);
        }

        if (call.Arguments.Count > 1) return;
        byte[][] patterns = [.. call.Client.Patterns];
        if (patterns.Length == 0) ConfirmNothing(call.Client, "punsubscribe"u8);
        foreach (byte[] pattern in patterns)
        {
            call.Server.Events.UnsubscribePattern(call.Client, pattern);
            Confirm(call.Client, "punsubscribe"u8, pattern);
        }
    }

    // PUBLISH __sentinel__:hello "ip,port,runid,epoch,name,ip,port,epoch"
    public static void Publish(in SentinelCall call)
    {
        if (!call.Arguments[1].SequenceEqual("__sentinel__:hello"u8))
        {
            call.ReplyError("ERR Only HELLO messages are accepted by Sentinel instances.");
            return;
        }

        call.Server.OnHello(Encoding.UTF8.GetString(call.Arguments[2]));
        call.Reply.WriteInteger(1);
    }

    // Pushes, so CLIENT REPLY OFF does not silence them.
    private static void Confirm(SentinelClient client, ReadOnlySpan<byte> word, ReadOnlySpan<byte> name)
    {
        client.Reply.WritePush(3, client.IsResp3);
        client.Reply.WriteBulk(word);
        client.Reply.WriteBulk(name);
        client.Reply.WriteInteger(client.SubscriptionCount);
    }

    private static void ConfirmNothing(SentinelClient client, ReadOnlySpan<byte> word)
    {
        client.Reply.WritePush(3, client.IsResp3);
        client.Reply.WriteBulk(word);
        client.Reply.WriteNull(client.IsResp3);
        client.Reply.WriteInteger(client.SubscriptionCount);
    }
}
