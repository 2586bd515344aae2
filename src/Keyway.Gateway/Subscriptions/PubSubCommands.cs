using Keyway.Gateway.Local;
using Keyway.Gateway.Local.Clients;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Subscriptions;

/// <summary>PUBSUB and its subcommands: what the gateway's own clients listen to.</summary>
internal static class PubSubCommands
{
    private static readonly string[] HelpLines =
    [
        "PUBSUB <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
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
        "HELP",
        "    Prints this help.",
    ];

    // PUBSUB CHANNELS [pattern]
    public static void Channels(in LocalCall call) => List(in call, ChannelKind.Channel);

    // PUBSUB SHARDCHANNELS [pattern]
    public static void ShardChannels(in LocalCall call) => List(in call, ChannelKind.ShardChannel);

    // PUBSUB NUMSUB [channel ...]
    public static void NumSub(in LocalCall call) => Count(in call, ChannelKind.Channel);

    // PUBSUB SHARDNUMSUB [shardchannel ...]
    public static void ShardNumSub(in LocalCall call) => Count(in call, ChannelKind.ShardChannel);

    // PUBSUB NUMPAT
    public static void NumPat(in LocalCall call) => call.Reply.WriteInteger(Numbers(in call).Names(Pool(in call), ChannelKind.Pattern).Count);

    // PUBSUB HELP
    public static void Help(in LocalCall call) => ClientCommands.WriteHelp(call.Reply, HelpLines);

    private static void List(in LocalCall call, ChannelKind kind)
    {
        if (call.Arguments.Count > 3)
        {
            string word = System.Text.Encoding.Latin1.GetString(call.Arguments[1]);
            call.Reply.WriteError(System.Text.Encoding.Latin1.GetBytes($"ERR unknown subcommand or wrong number of arguments for '{word}'. Try PUBSUB HELP."));
            return;
        }
        var found = new List<byte[]>();
        foreach (byte[] name in Numbers(in call).Names(Pool(in call), kind))
        {
            if (call.Arguments.Count == 2 || GlobPattern.Matches(call.Arguments[2], name)) found.Add(name);
        }
        call.Reply.WriteArray(found.Count);
        foreach (byte[] name in found) call.Reply.WriteBulk(name);
    }

    private static void Count(in LocalCall call, ChannelKind kind)
    {
        call.Reply.WriteArray((call.Arguments.Count - 2) * 2);
        for (int i = 2; i < call.Arguments.Count; i++)
        {
            call.Reply.WriteBulk(call.Arguments[i]);
            call.Reply.WriteInteger(Numbers(in call).Subscribers(Pool(in call), kind, call.Arguments[i]));
        }
    }

    private static PubSubNumbers Numbers(in LocalCall call) => call.Session.Loop.Info.PubSub;

    private static string Pool(in LocalCall call) => call.Session.Pool.Definition.Name;
}
