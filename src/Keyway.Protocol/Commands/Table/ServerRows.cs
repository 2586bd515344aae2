using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;
using static Keyway.Protocol.Commands.ResponsePolicy;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on the server, its configuration and its data as a whole.</summary>
internal static class ServerRows
{
    public static readonly RowGroup Group = new("server", Acl.None,
    [
        new Row("acl", -2, None)
            .About("6.0.0", "Users and their permissions")
            .Holds(
                new Row("cat", -2, NoScript | Loading | Stale)
                    .About("6.0.0", "O(1)", "Lists the command categories, or the commands of one").Takes("[categoryname]"),
                new Row("deluser", -3, Admin | NoScript | Loading | Stale).Refused()
                    .About("6.0.0", "O(1)", "Removes users and closes their connections").Takes("username..."),
                new Row("dryrun", -4, Admin | NoScript | Loading | Stale)
                    .About("7.0.0", "O(1)", "Tells whether a user could run a command, without running it").Takes("username command [arg...]"),
                new Row("genpass", -2, NoScript | Loading | Stale)
                    .About("6.0.0", "O(1)", "Makes a random password").Takes("[bits:int]"),
                new Row("getuser", 3, Admin | NoScript | Loading | Stale)
                    .About("6.0.0", "O(N)", "Describes a user").Takes("username"),
                new Row("help", 2, Loading | Stale).About("6.0.0", "O(1)", "Describes the subcommands"),
                new Row("list", 2, Admin | NoScript | Loading | Stale)
                    .About("6.0.0", "O(N)", "Lists all users as rules"),
                new Row("load", 2, Admin | NoScript | Loading | Stale).Refused()
                    .About("6.0.0", "O(N)", "Reads the users from the ACL file again"),
                new Row("log", -2, Admin | NoScript | Loading | Stale)
                    .About("6.0.0", "O(N)", "Lists what was refused lately").Takes("[count:int | RESET]"),
                new Row("save", 2, Admin | NoScript | Loading | Stale).Refused()
                    .About("6.0.0", "O(N)", "Writes the users to the ACL file"),
                new Row("setuser", -3, Admin | NoScript | Loading | Stale).Refused()
                    .About("6.0.0", "O(N)", "Makes or changes a user").Takes("username [rule...]"),
                new Row("users", 2, Admin | NoScript | Loading | Stale)
                    .About("6.0.0", "O(N)", "Lists the names of the users"),
                new Row("whoami", 2, NoScript | Loading | Stale)
                    .About("6.0.0", "O(1)", "Tells the user of this connection")),
        new Row("bgrewriteaof", 1, Admin | NoScript | NoAsyncLoading).FansOut(AllSucceeded)
            .About("1.0.0", "O(1)", "Writes the append-only file anew in the background"),
        new Row("bgsave", -1, Admin | NoScript | NoAsyncLoading).FansOut(AllSucceeded)
            .About("1.0.0", "O(1)", "Writes a snapshot in the background").Takes("[SCHEDULE]"),
        new Row("command", -1, Loading | Stale).Also(Acl.Connection).Tips("nondeterministic_output_order")
            .About("2.8.13", "O(N)", "Describes the commands")
            .Holds(
                new Row("count", 2, Loading | Stale).Also(Acl.Connection)
                    .About("2.8.13", "O(1)", "Counts the commands"),
                new Row("docs", -2, Loading | Stale).Also(Acl.Connection).Tips("nondeterministic_output_order")
                    .About("7.0.0", "O(N)", "Documents commands").Takes("[command-name...]"),
                new Row("getkeys", -4, Loading | Stale).Also(Acl.Connection)
                    .About("2.8.13", "O(N)", "Finds the keys in a full command"),
                new Row("getkeysandflags", -4, Loading | Stale).Also(Acl.Connection)
                    .About("7.0.0", "O(N)", "Finds the keys in a full command and how each is used"),
                new Row("help", 2, Loading | Stale).Also(Acl.Connection).About("5.0.0", "O(1)", "Describes the subcommands"),
                new Row("info", -2, Loading | Stale).Also(Acl.Connection).Tips("nondeterministic_output_order")
                    .About("2.8.13", "O(N)", "Describes some or all commands").Takes("[command-name...]"),
                new Row("list", -2, Loading | Stale).Also(Acl.Connection).Tips("nondeterministic_output_order")
                    .About("7.0.0", "O(N)", "Lists the names of commands")
                    .Takes("[FILTERBY (MODULE module-name | ACLCAT category | PATTERN pattern:pattern)]")),
        new Row("config", -2, None)
            .About("2.0.0", "The server's configuration")
            .Holds(
                new Row("get", -3, Admin | NoScript | Loading | Stale)
                    .About("2.0.0", "O(N)", "Reads parameters").Takes("(parameter)..."),
                new Row("help", 2, Loading | Stale).About("5.0.0", "O(1)", "Describes the subcommands"),
                new Row("resetstat", 2, Admin | NoScript | Loading | Stale)
                    .About("2.0.0", "O(1)", "Sets the counters of INFO to zero"),
                new Row("rewrite", 2, Admin | NoScript | Loading | Stale).Refused()
                    .About("2.8.0", "O(1)", "Writes the configuration in use to its file"),
                new Row("set", -4, Admin | NoScript | Loading | Stale).Refused()
                    .Tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .About("2.0.0", "O(N)", "Changes parameters").Takes("(parameter value)...")),
        new Row("dbsize", 1, ReadOnly | Fast).Also(Acl.Keyspace).FansOut(Sum).Tips("request_policy:all_shards", "response_policy:agg_sum")
            .About("1.0.0", "O(1)", "Counts the keys of the database"),
        new Row("debug", -2, Admin | NoScript | Loading | Stale | Protected).Refused()
            .About("1.0.0", "Tools for debugging the server").Internal(),
        new Row("failover", -1, Admin | NoScript | Stale).Refused()
            .About("6.2.0", "O(1)", "Hands the master's role to a replica").Takes("[TO host port:int [FORCE]] [ABORT] [TIMEOUT milliseconds:int]"),
        new Row("flushall", -1, Write).Also(Acl.Keyspace | Acl.Dangerous).FansOut(AllSucceeded)
            .Tips("request_policy:all_shards", "response_policy:all_succeeded")
            .About("1.0.0", "O(N)", "Removes all keys of all databases").Takes("[ASYNC | SYNC]"),
        new Row("flushdb", -1, Write).Also(Acl.Keyspace | Acl.Dangerous).FansOut(AllSucceeded)
            .Tips("request_policy:all_shards", "response_policy:all_succeeded")
            .About("1.0.0", "O(N)", "Removes all keys of the database").Takes("[ASYNC | SYNC]"),
        new Row("info", -1, Loading | Stale).Also(Acl.Dangerous)
            .Tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
            .About("1.0.0", "O(1)", "Describes the server and its state").Takes("[section...]"),
        new Row("lastsave", 1, Loading | Stale | Fast).Also(Acl.Admin | Acl.Dangerous).FansOut(Minimum).Tips("nondeterministic_output")
            .About("1.0.0", "O(1)", "Tells when the last snapshot was written"),
        new Row("latency", -2, None)
            .About("2.8.13", "Records of slow events")
            .Holds(
                new Row("doctor", 2, Admin | NoScript | Loading | Stale)
                    .Tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .About("2.8.13", "O(1)", "Explains the slow events in words"),
                new Row("graph", 3, Admin | NoScript | Loading | Stale)
                    .Tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .About("2.8.13", "O(1)", "Draws the slow events of one kind").Takes("event"),
                new Row("help", 2, Loading | Stale).About("2.8.13", "O(1)", "Describes the subcommands"),
                new Row("histogram", -2, Admin | NoScript | Loading | Stale)
                    .Tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .About("7.0.0", "O(N)", "Shows how long commands took").Takes("[command...]"),
                new Row("history", 3, Admin | NoScript | Loading | Stale)
                    .Tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .About("2.8.13", "O(1)", "Lists the slow events of one kind").Takes("event"),
                new Row("latest", 2, Admin | NoScript | Loading | Stale)
                    .Tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .About("2.8.13", "O(1)", "Shows the latest slow event of each kind"),
                new Row("reset", -2, Admin | NoScript | Loading | Stale).Tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .About("2.8.13", "O(1)", "Forgets slow events").Takes("[event...]")),
        new Row("lolwut", -1, ReadOnly | Fast)
            .About("5.0.0", "Draws a picture and tells the version").Takes("[VERSION version:int]"),
        new Row("memory", -2, None)
            .About("4.0.0", "What the memory is used for")
            .Holds(
                new Row("doctor", 2, None).Tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                    .About("4.0.0", "O(1)", "Explains problems with memory in words"),
                new Row("help", 2, Loading | Stale).About("4.0.0", "O(1)", "Describes the subcommands"),
                new Row("malloc-stats", 2, None).Tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                    .About("4.0.0", "Shows the allocator's own figures"),
                new Row("purge", 2, None).FansOut(AllSucceeded).Tips("request_policy:all_shards", "response_policy:all_succeeded")
                    .About("4.0.0", "Asks the allocator to give memory back"),
                new Row("stats", 2, None).Tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                    .About("4.0.0", "O(1)", "Shows the memory in use by purpose"),
                new Row("usage", -3, ReadOnly).Key(2, RO)
                    .About("4.0.0", "O(N)", "Estimates how many bytes a key takes").Takes("key [SAMPLES count:int]")),
        new Row("module", -2, None).Refused()
            .About("4.0.0", "Modules of the server")
            .Holds(
                new Row("help", 2, Loading | Stale).Refused().About("5.0.0", "O(1)", "Describes the subcommands"),
                new Row("list", 2, Admin | NoScript).Refused().Tips("nondeterministic_output_order")
                    .About("4.0.0", "O(N)", "Lists the loaded modules"),
                new Row("load", -3, Admin | NoScript | NoAsyncLoading | Protected).Refused()
                    .About("4.0.0", "O(1)", "Loads a module").Takes("path [arg...]"),
                new Row("loadex", -3, Admin | NoScript | NoAsyncLoading | Protected).Refused()
                    .About("7.0.0", "O(1)", "Loads a module with configuration").Takes("path [CONFIG name value]... [ARGS (arg)...]"),
                new Row("unload", 3, Admin | NoScript | NoAsyncLoading | Protected).Refused()
                    .About("4.0.0", "O(1)", "Unloads a module").Takes("name")),
        new Row("monitor", 1, Admin | NoScript | Loading | Stale)
            .About("1.0.0", "Shows every command that the server runs"),
        new Row("psync", -3, Admin | NoScript | NoAsyncLoading | NoMulti).Refused()
            .About("2.8.0", "Begins or goes on with replication, for replicas").Takes("replicationid offset:int"),
        new Row("replconf", -1, Admin | NoScript | Loading | Stale | AllowBusy).Refused()
            .About("3.0.0", "O(1)", "Tells the master about a replica").Internal(),
        new Row("replicaof", 3, Admin | NoScript | Stale | NoAsyncLoading).Refused()
            .About("5.0.0", "O(1)", "Makes the server a replica, or a master again").Takes("(host port:int | NO ONE)"),
        new Row("restore-asking", -4, Write | DenyOom | Asking).Key(1, OW | Update).Also(Acl.Keyspace | Acl.Dangerous).Refused()
            .About("3.0.0", "O(1)", "RESTORE for a slot that is being imported")
            .Takes("key ttl:int serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds:int] [FREQ frequency:int]").Internal(),
        new Row("role", 1, NoScript | Loading | Stale | Fast).Also(Acl.Admin | Acl.Dangerous)
            .About("2.8.12", "O(1)", "Tells the role in replication and who the peers are"),
        new Row("save", 1, Admin | NoScript | NoAsyncLoading | NoMulti).Refused()
            .About("1.0.0", "O(N)", "Writes a snapshot and lets everybody wait for it"),
        new Row("shutdown", -1, Admin | NoScript | Loading | Stale | NoMulti | AllowBusy).Refused()
            .About("1.0.0", "O(N)", "Stops the server").Takes("[NOSAVE | SAVE] [NOW] [FORCE] [ABORT]"),
        new Row("slaveof", 3, Admin | NoScript | Stale | NoAsyncLoading).Refused()
            .About("1.0.0", "O(1)", "The former name of REPLICAOF").Takes("(host port:int | NO ONE)").Deprecated("5.0.0", "REPLICAOF"),
        new Row("slowlog", -2, None)
            .About("2.2.12", "Records of slow commands")
            .Holds(
                new Row("get", -2, Admin | Loading | Stale).Tips("request_policy:all_nodes", "nondeterministic_output")
                    .About("2.2.12", "O(N)", "Lists slow commands").Takes("[count:int]"),
                new Row("help", 2, Loading | Stale).About("6.2.0", "O(1)", "Describes the subcommands"),
                new Row("len", 2, Admin | Loading | Stale)
                    .Tips("request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output")
                    .About("2.2.12", "O(1)", "Counts the slow commands on record"),
                new Row("reset", 2, Admin | Loading | Stale).Tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .About("2.2.12", "O(N)", "Forgets the slow commands")),
        new Row("swapdb", 3, Write | Fast).Also(Acl.Keyspace | Acl.Dangerous).Refused()
            .About("4.0.0", "O(N)", "Exchanges two databases").Takes("index1:int index2:int"),
        new Row("sync", 1, Admin | NoScript | NoAsyncLoading | NoMulti).Refused()
            .About("1.0.0", "Begins replication, for old replicas"),
        new Row("time", 1, Loading | Stale | Fast).Tips("nondeterministic_output")
            .About("2.6.0", "O(1)", "Tells the server's time"),
    ]);
}
