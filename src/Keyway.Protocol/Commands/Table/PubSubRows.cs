using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on channels, their publishers and listeners.</summary>
internal static class PubSubRows
{
    public static readonly RowGroup Group = new("pubsub", Acl.PubSub,
    [
        new Row("psubscribe", -2, PubSub | NoScript | Loading | Stale).InSession()
            .About("2.0.0", "O(N)", "Listens to all channels that match patterns").Takes("(pattern:pattern)..."),
        new Row("publish", 3, PubSub | Loading | Stale | Fast | MayReplicate).InSession()
            .About("2.0.0", "O(N+M)", "Sends a message to a channel").Takes("channel message"),
        new Row("pubsub", -2, None)
            .About("2.8.0", "Looks into channels and their listeners")
            .Holds(
                new Row("channels", -2, PubSub | Loading | Stale)
                    .About("2.8.0", "O(N)", "Lists the channels that have listeners").Takes("[pattern:pattern]"),
                new Row("help", 2, Loading | Stale).Only(Acl.None).About("6.2.0", "O(1)", "Describes the subcommands"),
                new Row("numpat", 2, PubSub | Loading | Stale)
                    .About("2.8.0", "O(1)", "Counts the patterns that have listeners"),
                new Row("numsub", -2, PubSub | Loading | Stale)
                    .About("2.8.0", "O(N)", "Counts the listeners of channels").Takes("[channel...]"),
                new Row("shardchannels", -2, PubSub | Loading | Stale)
                    .About("7.0.0", "O(N)", "Lists the shard channels that have listeners").Takes("[pattern:pattern]"),
                new Row("shardnumsub", -2, PubSub | Loading | Stale)
                    .About("7.0.0", "O(N)", "Counts the listeners of shard channels").Takes("[shardchannel...]")),
        new Row("punsubscribe", -1, PubSub | NoScript | Loading | Stale).InSession()
            .About("2.0.0", "O(N+M)", "Stops listening to patterns").Takes("[pattern:pattern...]"),
        new Row("spublish", 3, PubSub | Loading | Stale | Fast | MayReplicate).Key(1, NotKey)
            .About("7.0.0", "O(N)", "Sends a message to a shard channel").Takes("shardchannel message"),
        new Row("ssubscribe", -2, PubSub | NoScript | Loading | Stale).Keys(1, -1, NotKey).InSession()
            .About("7.0.0", "O(N)", "Listens to shard channels").Takes("shardchannel..."),
        new Row("subscribe", -2, PubSub | NoScript | Loading | Stale).InSession()
            .About("2.0.0", "O(N)", "Listens to channels").Takes("channel..."),
        new Row("sunsubscribe", -1, PubSub | NoScript | Loading | Stale).Keys(1, -1, NotKey).InSession()
            .About("7.0.0", "O(N)", "Stops listening to shard channels").Takes("[shardchannel...]"),
        new Row("unsubscribe", -1, PubSub | NoScript | Loading | Stale).InSession()
            .About("2.0.0", "O(N)", "Stops listening to channels").Takes("[channel...]"),
    ]);
}
