using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on hashes.</summary>
internal static class HashRows
{
    public static readonly RowGroup Group = new("hash", Acl.Hash,
    [
        new Row("hdel", -3, Write | Fast).Key(1, RW | Delete)
            .About("2.0.0", "O(N)", "Removes fields of a hash").Takes("key field..."),
        new Row("hexists", 3, ReadOnly | Fast).Key(1, RO)
            .About("2.0.0", "O(1)", "Tells whether a hash has a field").Takes("key field"),
        new Row("hget", 3, ReadOnly | Fast).Key(1, RO | Access)
            .About("2.0.0", "O(1)", "Reads one field of a hash").Takes("key field"),
        new Row("hgetall", 2, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output_order")
            .About("2.0.0", "O(N)", "Reads all fields of a hash with their values").Takes("key"),
        new Row("hincrby", 4, Write | DenyOom | Fast).Key(1, RW | Access | Update)
            .About("2.0.0", "O(1)", "Adds a number to an integer in a hash").Takes("key field increment:int"),
        new Row("hincrbyfloat", 4, Write | DenyOom | Fast).Key(1, RW | Access | Update)
            .About("2.6.0", "O(1)", "Adds a decimal number to a number in a hash").Takes("key field increment:double"),
        new Row("hkeys", 2, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output_order")
            .About("2.0.0", "O(N)", "Lists the fields of a hash").Takes("key"),
        new Row("hlen", 2, ReadOnly | Fast).Key(1, RO)
            .About("2.0.0", "O(1)", "Counts the fields of a hash").Takes("key"),
        new Row("hmget", -3, ReadOnly | Fast).Key(1, RO | Access)
            .About("2.0.0", "O(N)", "Reads several fields of a hash").Takes("key field..."),
        new Row("hmset", -4, Write | DenyOom | Fast).Key(1, RW | Update)
            .About("2.0.0", "O(N)", "Stores several fields of a hash").Takes("key (field value)...")
            .Deprecated("4.0.0", "HSET with multiple field-value pairs"),
        new Row("hrandfield", -2, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output")
            .About("6.2.0", "O(N)", "Draws fields of a hash at random").Takes("key [count:int [WITHVALUES]]"),
        new Row("hscan", -3, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output")
            .About("2.8.0", "O(1)", "Walks through a hash in steps").Takes("key cursor:int [MATCH pattern:pattern] [COUNT count:int]"),
        new Row("hset", -4, Write | DenyOom | Fast).Key(1, RW | Update)
            .About("2.0.0", "O(1)", "Stores fields of a hash").Takes("key (field value)..."),
        new Row("hsetnx", 4, Write | DenyOom | Fast).Key(1, RW | Insert)
            .About("2.0.0", "O(1)", "Stores a field of a hash unless it exists").Takes("key field value"),
        new Row("hstrlen", 3, ReadOnly | Fast).Key(1, RO)
            .About("3.2.0", "O(1)", "Tells how many bytes the value of a field has").Takes("key field"),
        new Row("hvals", 2, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output_order")
            .About("2.0.0", "O(N)", "Lists the values of a hash").Takes("key"),
    ]);
}
