using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on streams and their consumer groups.</summary>
internal static class StreamRows
{
    public static readonly RowGroup Group = new("stream", Acl.Stream,
    [
        new Row("xack", -4, Write | Fast).Key(1, RW | Update)
            .About("5.0.0", "O(1)", "Notes that a consumer group has finished with entries").Takes("key group id..."),
        new Row("xadd", -5, Write | DenyOom | Fast).Key(1, RW | Update, note: "It may also trim").Tips("nondeterministic_output")
            .About("5.0.0", "O(1)", "Appends an entry to a stream")
            .Takes("key [NOMKSTREAM] [(MAXLEN | MINID) ['=' | '~'] threshold [LIMIT count:int]] ('*' | id) (field value)..."),
        new Row("xautoclaim", -6, Write | Fast).Key(1, RW | Delete).Tips("nondeterministic_output")
            .About("6.2.0", "O(1)", "Takes over entries that have been pending for long, in steps")
            .Takes("key group consumer min-idle-time start [COUNT count:int] [JUSTID]"),
        new Row("xclaim", -6, Write | Fast).Key(1, RW | Update).Tips("nondeterministic_output")
            .About("5.0.0", "O(log(N))", "Takes over named entries that are pending with another consumer")
            .Takes("key group consumer min-idle-time id... [IDLE ms:int] [TIME unix-time-milliseconds:unix] [RETRYCOUNT count:int] " +
                "[FORCE] [JUSTID] [LASTID id]"),
        new Row("xdel", -3, Write | Fast).Key(1, RW | Delete)
            .About("5.0.0", "O(1)", "Removes entries of a stream").Takes("key id..."),
        new Row("xgroup", -2, None)
            .About("5.0.0", "Consumer groups of a stream")
            .Holds(
                new Row("create", -5, Write | DenyOom).Key(2, RW | Insert)
                    .About("5.0.0", "O(1)", "Makes a consumer group").Takes("key groupname (id | '$') [MKSTREAM] [ENTRIESREAD entries_read:int]"),
                new Row("createconsumer", 5, Write | DenyOom).Key(2, RW | Insert)
                    .About("6.2.0", "O(1)", "Adds a consumer to a group").Takes("key groupname consumername"),
                new Row("delconsumer", 5, Write).Key(2, RW | Delete)
                    .About("5.0.0", "O(1)", "Removes a consumer from a group").Takes("key groupname consumername"),
                new Row("destroy", 4, Write).Key(2, RW | Delete)
                    .About("5.0.0", "O(N)", "Removes a consumer group").Takes("key groupname"),
                new Row("help", 2, Loading | Stale).About("5.0.0", "O(1)", "Describes the subcommands"),
                new Row("setid", -5, Write).Key(2, RW | Update)
                    .About("5.0.0", "O(1)", "Moves the position from which a group reads on")
                    .Takes("key groupname (id | '$') [ENTRIESREAD entries_read:int]")),
        new Row("xinfo", -2, None)
            .About("5.0.0", "Looks into a stream")
            .Holds(
                new Row("consumers", 4, ReadOnly).Key(2, RO | Access).Tips("nondeterministic_output")
                    .About("5.0.0", "O(1)", "Describes the consumers of a group").Takes("key groupname"),
                new Row("groups", 3, ReadOnly).Key(2, RO | Access)
                    .About("5.0.0", "O(1)", "Describes the consumer groups of a stream").Takes("key"),
                new Row("help", 2, Loading | Stale).About("5.0.0", "O(1)", "Describes the subcommands"),
                new Row("stream", -3, ReadOnly).Key(2, RO | Access)
                    .About("5.0.0", "O(1)", "Describes a stream").Takes("key [FULL [COUNT count:int]]")),
        new Row("xlen", 2, ReadOnly | Fast).Key(1, RO)
            .About("5.0.0", "O(1)", "Counts the entries of a stream").Takes("key"),
        new Row("xpending", -3, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output")
            .About("5.0.0", "O(N)", "Entries that a group has delivered and that nobody has acknowledged")
            .Takes("key group [[IDLE min-idle-time:int] start end count:int [consumer]]"),
        new Row("xrange", -4, ReadOnly).Key(1, RO | Access)
            .About("5.0.0", "O(N)", "Entries between two ids, oldest first").Takes("key start end [COUNT count:int]"),
        new Row("xread", -4, ReadOnly | Blocking | MovableKeys).KeysAfter("STREAMS", 1, RO | Access, share: 2).FoundBy(KeyRule.Streams)
            .InSession()
            .About("5.0.0", "Entries of several streams after given ids; can wait for new ones")
            .Takes("[COUNT count:int] [BLOCK milliseconds:int] (STREAMS key... id...)"),
        new Row("xreadgroup", -7, Write | Blocking | MovableKeys).KeysAfter("STREAMS", 4, RO | Access, share: 2).FoundBy(KeyRule.Streams)
            .InSession()
            .About("5.0.0", "Entries of several streams for a consumer of a group; can wait for new ones")
            .Takes("(GROUP group consumer) [COUNT count:int] [BLOCK milliseconds:int] [NOACK] (STREAMS key... id...)"),
        new Row("xrevrange", -4, ReadOnly).Key(1, RO | Access)
            .About("5.0.0", "O(N)", "Entries between two ids, newest first").Takes("key end start [COUNT count:int]"),
        new Row("xsetid", -3, Write | DenyOom | Fast).Key(1, RW | Update)
            .About("5.0.0", "O(1)", "Sets the last id of a stream, as replicas need it")
            .Takes("key last-id [ENTRIESADDED entries_added:int] [MAXDELETEDID max_deleted_entry_id]"),
        new Row("xtrim", -4, Write).Key(1, RW | Delete).Tips("nondeterministic_output")
            .About("5.0.0", "O(N)", "Removes the oldest entries of a stream")
            .Takes("key ((MAXLEN | MINID) ['=' | '~'] threshold [LIMIT count:int])"),
    ]);
}
