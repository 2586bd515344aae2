using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on sets.</summary>
internal static class SetRows
{
    public static readonly RowGroup Group = new("set", Acl.Set,
    [
        new Row("sadd", -3, Write | DenyOom | Fast).Key(1, RW | Insert)
            .About("1.0.0", "O(1)", "Adds members to a set").Takes("key member..."),
        new Row("scard", 2, ReadOnly | Fast).Key(1, RO)
            .About("1.0.0", "O(1)", "Counts the members of a set").Takes("key"),
        new Row("sdiff", -2, ReadOnly).Keys(1, -1, RO | Access).Tips("nondeterministic_output_order")
            .About("1.0.0", "O(N)", "Members of the first set that no other set has").Takes("key..."),
        new Row("sdiffstore", -3, Write | DenyOom).Key(1, OW | Update).Keys(2, -1, RO | Access)
            .About("1.0.0", "O(N)", "Stores the members of the first set that no other set has").Takes("destination:key key..."),
        new Row("sinter", -2, ReadOnly).Keys(1, -1, RO | Access).Tips("nondeterministic_output_order")
            .About("1.0.0", "O(N*M)", "Members that all the sets have").Takes("key..."),
        new Row("sintercard", -3, ReadOnly | MovableKeys).CountedKeys(1, RO | Access)
            .About("7.0.0", "O(N*M)", "Counts the members that all the sets have").Takes("numkeys:int key... [LIMIT limit:int]"),
        new Row("sinterstore", -3, Write | DenyOom).Key(1, RW | Update).Keys(2, -1, RO | Access)
            .About("1.0.0", "O(N*M)", "Stores the members that all the sets have").Takes("destination:key key..."),
        new Row("sismember", 3, ReadOnly | Fast).Key(1, RO)
            .About("1.0.0", "O(1)", "Tells whether a set has a member").Takes("key member"),
        new Row("smembers", 2, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output_order")
            .About("1.0.0", "O(N)", "Lists the members of a set").Takes("key"),
        new Row("smismember", -3, ReadOnly | Fast).Key(1, RO | Access)
            .About("6.2.0", "O(N)", "Tells for each of several values whether a set has it").Takes("key member..."),
        new Row("smove", 4, Write | Fast).Key(1, RW | Access | Delete).Key(2, RW | Insert)
            .About("1.0.0", "O(1)", "Moves a member from one set to another").Takes("source:key destination:key member"),
        new Row("spop", -2, Write | Fast).Key(1, RW | Access | Delete).Tips("nondeterministic_output")
            .About("1.0.0", "Removes members of a set at random and returns them").Takes("key [count:int]"),
        new Row("srandmember", -2, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output")
            .About("1.0.0", "Draws members of a set at random").Takes("key [count:int]"),
        new Row("srem", -3, Write | Fast).Key(1, RW | Delete)
            .About("1.0.0", "O(N)", "Removes members of a set").Takes("key member..."),
        new Row("sscan", -3, ReadOnly).Key(1, RO | Access).Tips("nondeterministic_output")
            .About("2.8.0", "O(1)", "Walks through a set in steps").Takes("key cursor:int [MATCH pattern:pattern] [COUNT count:int]"),
        new Row("sunion", -2, ReadOnly).Keys(1, -1, RO | Access).Tips("nondeterministic_output_order")
            .About("1.0.0", "O(N)", "Members that any of the sets has").Takes("key..."),
        new Row("sunionstore", -3, Write | DenyOom).Key(1, OW | Update).Keys(2, -1, RO | Access)
            .About("1.0.0", "O(N)", "Stores the members that any of the sets has").Takes("destination:key key..."),
    ]);
}
