using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;
using static Keyway.Protocol.Commands.ResponsePolicy;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on keys of any type.</summary>
internal static class KeyRows
{
    public static readonly RowGroup Group = new("generic", Acl.Keyspace,
    [
        new Row("copy", -3, Write | DenyOom).Key(1, RO | Access).Key(2, OW | Update)
            .About("6.2.0", "O(N)", "Copies a value to another key").Takes("source:key destination:key [DB destination-db:int] [REPLACE]"),
        new Row("del", -2, Write).Keys(1, -1, RM | Delete).Splits(Sum).Tips("request_policy:multi_shard", "response_policy:agg_sum")
            .About("1.0.0", "O(N)", "Removes keys").Takes("key..."),
        new Row("dump", 2, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output")
            .About("2.6.0", "O(1)", "Serializes the value of a key").Takes("key"),
        new Row("exists", -2, ReadOnly | Fast).Keys(1, -1, RO).Splits(Sum).Tips("request_policy:multi_shard", "response_policy:agg_sum")
            .About("1.0.0", "O(N)", "Counts those of the given keys that exist").Takes("key..."),
        new Row("expire", -3, Write | Fast).Key(1, RW | Update)
            .About("1.0.0", "O(1)", "Lets a key expire after some seconds").Takes("key seconds:int [NX | XX | GT | LT]"),
        new Row("expireat", -3, Write | Fast).Key(1, RW | Update)
            .About("1.2.0", "O(1)", "Lets a key expire at a time in seconds").Takes("key unix-time-seconds:unix [NX | XX | GT | LT]"),
        new Row("expiretime", 2, ReadOnly | Fast).Key(1, RO | Access)
            .About("7.0.0", "O(1)", "Tells when a key will expire, in seconds").Takes("key"),
        new Row("keys", 2, ReadOnly).Also(Acl.Dangerous).FansOut(Concatenate)
            .Tips("request_policy:all_shards", "nondeterministic_output_order")
            .About("1.0.0", "O(N)", "Lists the keys that match a pattern").Takes("pattern:pattern"),
        new Row("migrate", -6, Write | MovableKeys).Key(3, RW | Access | Delete).KeysAfter("KEYS", -2, RW | Access | Delete | Incomplete)
            .FoundBy(KeyRule.Migrate).Also(Acl.Dangerous).Refused().Tips("nondeterministic_output")
            .About("2.6.0", "Moves keys to another server")
            .Takes("host port:int (key | '') destination-db:int timeout:int [COPY] [REPLACE] [AUTH password | AUTH2 username password] " +
                "[KEYS key...]"),
        new Row("move", 3, Write | Fast).Key(1, RW | Access | Update)
            .About("1.0.0", "O(1)", "Moves a key to another database").Takes("key db:int"),
        new Row("object", -2, None)
            .About("2.2.3", "Looks into how a value is kept")
            .Holds(
                new Row("encoding", 3, ReadOnly).Key(2, RO).Tips("nondeterministic_output")
                    .About("2.2.3", "O(1)", "Tells how a value is encoded in memory").Takes("key"),
                new Row("freq", 3, ReadOnly).Key(2, RO).Tips("nondeterministic_output")
                    .About("4.0.0", "O(1)", "Tells how often a key is used, on a logarithmic scale").Takes("key"),
                new Row("help", 2, Loading | Stale).About("6.2.0", "O(1)", "Describes the subcommands"),
                new Row("idletime", 3, ReadOnly).Key(2, RO).Tips("nondeterministic_output")
                    .About("2.2.3", "O(1)", "Tells for how many seconds a key has not been used").Takes("key"),
                new Row("refcount", 3, ReadOnly).Key(2, RO).Tips("nondeterministic_output")
                    .About("2.2.3", "O(1)", "Tells how many references a value has").Takes("key")),
        new Row("persist", 2, Write | Fast).Key(1, RW | Update)
            .About("2.2.0", "O(1)", "Keeps a key from expiring").Takes("key"),
        new Row("pexpire", -3, Write | Fast).Key(1, RW | Update)
            .About("2.6.0", "O(1)", "Lets a key expire after some milliseconds").Takes("key milliseconds:int [NX | XX | GT | LT]"),
        new Row("pexpireat", -3, Write | Fast).Key(1, RW | Update)
            .About("2.6.0", "O(1)", "Lets a key expire at a time in milliseconds").Takes("key unix-time-milliseconds:unix [NX | XX | GT | LT]"),
        new Row("pexpiretime", 2, ReadOnly | Fast).Key(1, RO | Access)
            .About("7.0.0", "O(1)", "Tells when a key will expire, in milliseconds").Takes("key"),
        new Row("pttl", 2, ReadOnly | Fast).Key(1, RO | Access).Tips("nondeterministic_output")
            .About("2.6.0", "O(1)", "Tells how long a key will live, in milliseconds").Takes("key"),
        new Row("randomkey", 1, ReadOnly).FansOut(Special).Tips("request_policy:all_shards", "nondeterministic_output")
            .About("1.0.0", "O(1)", "Draws a key at random"),
        new Row("rename", 3, Write).Key(1, RW | Access | Delete).Key(2, OW | Update)
            .About("1.0.0", "O(1)", "Gives a value another key, whatever that held").Takes("key newkey:key"),
        new Row("renamenx", 3, Write | Fast).Key(1, RW | Access | Delete).Key(2, OW | Insert)
            .About("1.0.0", "O(1)", "Gives a value another key unless that exists").Takes("key newkey:key"),
        new Row("restore", -4, Write | DenyOom).Key(1, OW | Update).Also(Acl.Dangerous)
            .About("2.6.0", "O(1)", "Makes a key from what DUMP returned")
            .Takes("key ttl:int serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds:int] [FREQ frequency:int]"),
        new Row("scan", -2, ReadOnly).FansOut(Special).Tips("nondeterministic_output", "request_policy:special")
            .About("2.8.0", "O(1)", "Walks through the keys in steps").Takes("cursor:int [MATCH pattern:pattern] [COUNT count:int] [TYPE type]"),
        new Row("sort", -2, Write | DenyOom | MovableKeys).Key(1, RO | Access)
            .UnknownKeys(RO | Access, "BY and GET: the keys follow from the elements that are sorted")
            .UnknownKeys(OW | Update, "STORE may stand anywhere among the arguments").FoundBy(KeyRule.Sort)
            .Only(Acl.Set | Acl.SortedSet | Acl.List | Acl.Dangerous)
            .About("1.0.0", "O(N+M*log(M))", "Sorts a list, set or sorted set; can store the result")
            .Takes("key [BY pattern:pattern] [LIMIT offset:int count:int] [GET pattern:pattern]... [ASC | DESC] [ALPHA] [STORE destination:key]"),
        new Row("sort_ro", -2, ReadOnly | MovableKeys).Key(1, RO | Access)
            .UnknownKeys(RO | Access, "BY and GET: the keys follow from the elements that are sorted").FoundBy(KeyRule.Sort)
            .Only(Acl.Set | Acl.SortedSet | Acl.List | Acl.Dangerous)
            .About("7.0.0", "O(N+M*log(M))", "Sorts a list, set or sorted set")
            .Takes("key [BY pattern:pattern] [LIMIT offset:int count:int] [GET pattern:pattern]... [ASC | DESC] [ALPHA]"),
        new Row("touch", -2, ReadOnly | Fast).Keys(1, -1, RO).Splits(Sum).Tips("request_policy:multi_shard", "response_policy:agg_sum")
            .About("3.2.1", "O(N)", "Marks keys as used now").Takes("key..."),
        new Row("ttl", 2, ReadOnly | Fast).Key(1, RO | Access).Tips("nondeterministic_output")
            .About("1.0.0", "O(1)", "Tells how long a key will live, in seconds").Takes("key"),
        new Row("type", 2, ReadOnly | Fast).Key(1, RO)
            .About("1.0.0", "O(1)", "Tells what kind of value a key holds").Takes("key"),
        new Row("unlink", -2, Write | Fast).Keys(1, -1, RM | Delete).Splits(Sum)
            .Tips("request_policy:multi_shard", "response_policy:agg_sum")
            .About("4.0.0", "O(1)", "Removes keys and frees large values in the background").Takes("key..."),
        new Row("wait", 3, NoScript).Only(Acl.Connection).InSession(Minimum).Tips("request_policy:all_shards", "response_policy:agg_min")
            .About("3.0.0", "O(1)", "Waits until replicas have the writes of this connection").Takes("numreplicas:int timeout:int"),
    ]);
}
