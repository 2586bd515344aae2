using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on lists.</summary>
internal static class ListRows
{
    public static readonly RowGroup Group = new("list", Acl.List,
    [
        new Row("blmove", 6, Write | DenyOom | NoScript | Blocking).Key(1, RW | Access | Delete).Key(2, RW | Insert).InSession()
            .About("6.2.0", "O(1)", "Moves an element from one list to another, waiting until there is one")
            .Takes("source:key destination:key (LEFT | RIGHT) (LEFT | RIGHT) timeout:double"),
        new Row("blmpop", -5, Write | Blocking | MovableKeys).CountedKeys(2, RW | Access | Delete).InSession()
            .About("7.0.0", "O(N+M)", "Pops elements from the first list that has some, waiting until one does")
            .Takes("timeout:double numkeys:int key... (LEFT | RIGHT) [COUNT count:int]"),
        new Row("blpop", -3, Write | NoScript | Blocking).Keys(1, -2, RW | Access | Delete).InSession()
            .About("2.0.0", "O(N)", "Pops the head of the first list that has elements, waiting until one does").Takes("key... timeout:double"),
        new Row("brpop", -3, Write | NoScript | Blocking).Keys(1, -2, RW | Access | Delete).InSession()
            .About("2.0.0", "O(N)", "Pops the tail of the first list that has elements, waiting until one does").Takes("key... timeout:double"),
        new Row("brpoplpush", 4, Write | DenyOom | NoScript | Blocking).Key(1, RW | Access | Delete).Key(2, RW | Insert).InSession()
            .About("2.2.0", "O(1)", "Moves the tail of a list to the head of another, waiting until there is one")
            .Takes("source:key destination:key timeout:double").Deprecated("6.2.0", "BLMOVE with RIGHT LEFT"),
        new Row("lindex", 3, ReadOnly).Key(1, RO | Access)
            .About("1.0.0", "O(N)", "Reads the element at a position of a list").Takes("key index:int"),
        new Row("linsert", 5, Write | DenyOom).Key(1, RW | Insert)
            .About("2.2.0", "O(N)", "Puts an element before or after another one").Takes("key (BEFORE | AFTER) pivot element"),
        new Row("llen", 2, ReadOnly | Fast).Key(1, RO)
            .About("1.0.0", "O(1)", "Counts the elements of a list").Takes("key"),
        new Row("lmove", 5, Write | DenyOom).Key(1, RW | Access | Delete).Key(2, RW | Insert)
            .About("6.2.0", "O(1)", "Moves an element from an end of one list to an end of another")
            .Takes("source:key destination:key (LEFT | RIGHT) (LEFT | RIGHT)"),
        new Row("lmpop", -4, Write | MovableKeys).CountedKeys(1, RW | Access | Delete)
            .About("7.0.0", "O(N+M)", "Pops elements from the first of several lists that has some")
            .Takes("numkeys:int key... (LEFT | RIGHT) [COUNT count:int]"),
        new Row("lpop", -2, Write | Fast).Key(1, RW | Access | Delete)
            .About("1.0.0", "O(N)", "Pops elements from the head of a list").Takes("key [count:int]"),
        new Row("lpos", -3, ReadOnly).Key(1, RO | Access)
            .About("6.0.6", "O(N)", "Finds the positions of an element in a list")
            .Takes("key element [RANK rank:int] [COUNT num-matches:int] [MAXLEN len:int]"),
        new Row("lpush", -3, Write | DenyOom | Fast).Key(1, RW | Insert)
            .About("1.0.0", "O(1)", "Puts elements at the head of a list").Takes("key element..."),
        new Row("lpushx", -3, Write | DenyOom | Fast).Key(1, RW | Insert)
            .About("2.2.0", "O(1)", "Puts elements at the head of a list that exists").Takes("key element..."),
        new Row("lrange", 4, ReadOnly).Key(1, RO | Access)
            .About("1.0.0", "O(S+N)", "Reads the elements between two positions of a list").Takes("key start:int stop:int"),
        new Row("lrem", 4, Write).Key(1, RW | Delete)
            .About("1.0.0", "O(N+M)", "Removes elements of a list that equal a value").Takes("key count:int element"),
        new Row("lset", 4, Write | DenyOom).Key(1, RW | Update)
            .About("1.0.0", "O(N)", "Replaces the element at a position of a list").Takes("key index:int element"),
        new Row("ltrim", 4, Write).Key(1, RW | Delete)
            .About("1.0.0", "O(N)", "Keeps only the elements between two positions of a list").Takes("key start:int stop:int"),
        new Row("rpop", -2, Write | Fast).Key(1, RW | Access | Delete)
            .About("1.0.0", "O(N)", "Pops elements from the tail of a list").Takes("key [count:int]"),
        new Row("rpoplpush", 3, Write | DenyOom).Key(1, RW | Access | Delete).Key(2, RW | Insert)
            .About("1.2.0", "O(1)", "Moves the tail of a list to the head of another").Takes("source:key destination:key")
            .Deprecated("6.2.0", "LMOVE with RIGHT LEFT"),
        new Row("rpush", -3, Write | DenyOom | Fast).Key(1, RW | Insert)
            .About("1.0.0", "O(1)", "Puts elements at the tail of a list").Takes("key element..."),
        new Row("rpushx", -3, Write | DenyOom | Fast).Key(1, RW | Insert)
            .About("2.2.0", "O(1)", "Puts elements at the tail of a list that exists").Takes("key element..."),
    ]);
}
