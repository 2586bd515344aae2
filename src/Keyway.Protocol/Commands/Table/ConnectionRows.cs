using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on the connection itself.</summary>
internal static class ConnectionRows
{
    public static readonly RowGroup Group = new("connection", Acl.Connection,
    [
        new Row("auth", -2, NoScript | Loading | Stale | Fast | NoAuth | AllowBusy)
            .About("1.0.0", "O(N)", "Logs in").Takes("[username] password"),
        new Row("client", -2, None)
            .About("2.4.0", "The connections of clients")
            .Holds(
                new Row("caching", 3, NoScript | Loading | Stale)
                    .About("6.0.0", "O(1)", "Says whether the keys of the next command are tracked").Takes("(YES | NO)"),
                new Row("getname", 2, NoScript | Loading | Stale)
                    .About("2.6.9", "O(1)", "Tells the name of this connection"),
                new Row("getredir", 2, NoScript | Loading | Stale)
                    .About("6.0.0", "O(1)", "Tells which connection receives this one's invalidations"),
                new Row("help", 2, Loading | Stale).About("5.0.0", "O(1)", "Describes the subcommands"),
                new Row("id", 2, NoScript | Loading | Stale)
                    .About("5.0.0", "O(1)", "Tells the number of this connection"),
                new Row("info", 2, NoScript | Loading | Stale).Tips("nondeterministic_output")
                    .About("6.2.0", "O(1)", "Describes this connection"),
                new Row("kill", -3, Admin | NoScript | Loading | Stale)
                    .About("2.4.0", "O(N)", "Closes connections")
                    .Takes("(ip:port | (ID client-id:int | TYPE (NORMAL | MASTER | SLAVE | REPLICA | PUBSUB) | USER username | ADDR ip:port | " +
                        "LADDR ip:port | SKIPME yes/no)...)"),
                new Row("list", -2, Admin | NoScript | Loading | Stale).Tips("nondeterministic_output")
                    .About("2.4.0", "O(N)", "Describes the connections")
                    .Takes("[TYPE (NORMAL | MASTER | REPLICA | PUBSUB)] [ID client-id:int...]"),
                new Row("no-evict", 3, Admin | NoScript | Loading | Stale)
                    .About("7.0.0", "O(1)", "Exempts this connection from eviction when clients use too much memory").Takes("(ON | OFF)"),
                new Row("pause", -3, Admin | NoScript | Loading | Stale)
                    .About("2.9.50", "O(1)", "Makes commands of clients wait for a while").Takes("timeout:int [WRITE | ALL]"),
                new Row("reply", 3, NoScript | Loading | Stale)
                    .About("3.2.0", "O(1)", "Turns replies on this connection on or off").Takes("(ON | OFF | SKIP)"),
                new Row("setname", 3, NoScript | Loading | Stale)
                    .About("2.6.9", "O(1)", "Names this connection").Takes("connection-name"),
                new Row("tracking", -3, NoScript | Loading | Stale)
                    .About("6.0.0", "O(1)", "Turns invalidation messages for client-side caches on or off")
                    .Takes("(ON | OFF) [REDIRECT client-id:int] [PREFIX prefix]... [BCAST] [OPTIN] [OPTOUT] [NOLOOP]"),
                new Row("trackinginfo", 2, NoScript | Loading | Stale)
                    .About("6.2.0", "O(1)", "Tells how this connection's keys are tracked"),
                new Row("unblock", -3, Admin | NoScript | Loading | Stale)
                    .About("5.0.0", "O(log(N))", "Ends the wait of a connection that is blocked").Takes("client-id:int [TIMEOUT | ERROR]"),
                new Row("unpause", 2, Admin | NoScript | Loading | Stale)
                    .About("6.2.0", "O(N)", "Lets paused commands go on")),
        new Row("echo", 2, Loading | Stale | Fast)
            .About("1.0.0", "O(1)", "Returns its argument").Takes("message"),
        new Row("hello", -1, NoScript | Loading | Stale | Fast | NoAuth | AllowBusy)
            .About("6.0.0", "O(1)", "Chooses the protocol version; can log in and name the connection")
            .Takes("[protover:int [AUTH username password] [SETNAME clientname]]"),
        new Row("ping", -1, Fast).Tips("request_policy:all_shards", "response_policy:all_succeeded")
            .About("1.0.0", "O(1)", "Answers PONG, or its argument").Takes("[message]"),
        new Row("quit", -1, NoScript | Loading | Stale | Fast | NoAuth | AllowBusy)
            .About("1.0.0", "O(1)", "Closes the connection after an OK"),
        new Row("reset", 1, NoScript | Loading | Stale | Fast | NoAuth | AllowBusy)
            .About("6.2.0", "O(1)", "Brings the connection back to the state in which it began"),
        new Row("select", 2, Loading | Stale | Fast)
            .About("1.0.0", "O(1)", "Chooses the database").Takes("index:int"),
    ]);
}
