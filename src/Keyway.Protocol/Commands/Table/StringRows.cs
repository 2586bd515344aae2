using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;
using static Keyway.Protocol.Commands.ResponsePolicy;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on strings.</summary>
internal static class StringRows
{
    public static readonly RowGroup Group = new("string", Acl.String,
    [
        new Row("append", 3, Write | DenyOom | Fast).Key(1, RW | Insert)
            .About("2.0.0", "O(1)", "Adds bytes to the end of a string; a missing key begins empty").Takes("key value"),
        new Row("decr", 2, Write | DenyOom | Fast).Key(1, RW | Access | Update)
            .About("1.0.0", "O(1)", "Subtracts one from an integer; a missing key counts as 0").Takes("key"),
        new Row("decrby", 3, Write | DenyOom | Fast).Key(1, RW | Access | Update)
            .About("1.0.0", "O(1)", "Subtracts a number from an integer").Takes("key decrement:int"),
        new Row("get", 2, ReadOnly | Fast).Key(1, RO | Access)
            .About("1.0.0", "O(1)", "Reads a string").Takes("key"),
        new Row("getdel", 2, Write | Fast).Key(1, RW | Access | Delete)
            .About("6.2.0", "O(1)", "Reads a string and removes its key").Takes("key"),
        new Row("getex", -2, Write | Fast).Key(1, RW | Access | Update, note: "It changes the time to live")
            .About("6.2.0", "O(1)", "Reads a string and sets or removes its time to live")
            .Takes("key [EX seconds:int | PX milliseconds:int | EXAT unix-time-seconds:unix | PXAT unix-time-milliseconds:unix | PERSIST]"),
        new Row("getrange", 4, ReadOnly).Key(1, RO | Access)
            .About("2.4.0", "O(N)", "Reads the bytes of a string between two offsets").Takes("key start:int end:int"),
        new Row("getset", 3, Write | DenyOom | Fast).Key(1, RW | Access | Update)
            .About("1.0.0", "O(1)", "Replaces a string and returns what it was").Takes("key value").Deprecated("6.2.0", "SET with GET"),
        new Row("incr", 2, Write | DenyOom | Fast).Key(1, RW | Access | Update)
            .About("1.0.0", "O(1)", "Adds one to an integer; a missing key counts as 0").Takes("key"),
        new Row("incrby", 3, Write | DenyOom | Fast).Key(1, RW | Access | Update)
            .About("1.0.0", "O(1)", "Adds a number to an integer").Takes("key increment:int"),
        new Row("incrbyfloat", 3, Write | DenyOom | Fast).Key(1, RW | Access | Update)
            .About("2.6.0", "O(1)", "Adds a decimal number to a number").Takes("key increment:double"),
        new Row("lcs", -3, ReadOnly).Keys(1, 2, RO | Access)
            .About("7.0.0", "O(N*M)", "Finds the longest subsequence that two strings share")
            .Takes("key1:key key2:key [LEN] [IDX] [MINMATCHLEN len:int] [WITHMATCHLEN]"),
        new Row("mget", -2, ReadOnly | Fast).Keys(1, -1, RO | Access).Splits(KeyOrder).Tips("request_policy:multi_shard")
            .About("1.0.0", "O(N)", "Reads several strings at once").Takes("key..."),
        new Row("mset", -3, Write | DenyOom).Keys(1, -1, OW | Update, step: 2).Splits(AllSucceeded)
            .Tips("request_policy:multi_shard", "response_policy:all_succeeded")
            .About("1.0.1", "O(N)", "Stores several strings at once").Takes("(key value)..."),
        new Row("msetnx", -3, Write | DenyOom).Keys(1, -1, OW | Insert, step: 2)
            .Tips("request_policy:multi_shard", "response_policy:agg_min")
            .About("1.0.1", "O(N)", "Stores several strings, or none when one of the keys exists").Takes("(key value)..."),
        new Row("psetex", 4, Write | DenyOom).Key(1, OW | Update)
            .About("2.6.0", "O(1)", "Stores a string that expires after some milliseconds").Takes("key milliseconds:int value"),
        new Row("set", -3, Write | DenyOom).Key(1, RW | Access | Update | VariableFlags, note: "GET returns the former value")
            .About("1.0.0", "O(1)", "Stores a string in place of whatever the key held")
            .Takes("key value [NX | XX] [GET] " +
                "[EX seconds:int | PX milliseconds:int | EXAT unix-time-seconds:unix | PXAT unix-time-milliseconds:unix | KEEPTTL]"),
        new Row("setex", 4, Write | DenyOom).Key(1, OW | Update)
            .About("2.0.0", "O(1)", "Stores a string that expires after some seconds").Takes("key seconds:int value"),
        new Row("setnx", 3, Write | DenyOom | Fast).Key(1, OW | Insert)
            .About("1.0.0", "O(1)", "Stores a string unless the key exists").Takes("key value"),
        new Row("setrange", 4, Write | DenyOom).Key(1, RW | Update)
            .About("2.2.0", "O(1)", "Overwrites the bytes of a string from an offset on").Takes("key offset:int value"),
        new Row("strlen", 2, ReadOnly | Fast).Key(1, RO)
            .About("2.2.0", "O(1)", "Tells how many bytes a string has").Takes("key"),
        new Row("substr", 4, ReadOnly).Key(1, RO | Access)
            .About("1.0.0", "O(N)", "The former name of GETRANGE").Takes("key start:int end:int").Deprecated("2.0.0", "GETRANGE"),
    ]);
}
