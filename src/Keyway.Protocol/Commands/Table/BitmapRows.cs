using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on bits inside strings.</summary>
internal static class BitmapRows
{
    public static readonly RowGroup Group = new("bitmap", Acl.Bitmap,
    [
        new Row("bitcount", -2, ReadOnly).Key(1, RO | Access)
            .About("2.6.0", "O(N)", "Counts the bits that are set").Takes("key [start:int end:int [BYTE | BIT]]"),
        new Row("bitfield", -2, Write | DenyOom)
            .Key(1, RW | Access | Update | VariableFlags, note: "Which of both depends on the arguments")
            .About("3.2.0", "O(1)", "Reads and writes integers of any width inside a string")
            .Takes("key [GET encoding offset:int | " +
                "[OVERFLOW (WRAP | SAT | FAIL)] (SET encoding offset:int value:int | INCRBY encoding offset:int increment:int)]..."),
        new Row("bitfield_ro", -2, ReadOnly | Fast).Key(1, RO | Access)
            .About("6.0.0", "O(1)", "Reads integers of any width inside a string").Takes("key [GET encoding offset:int]..."),
        new Row("bitop", -4, Write | DenyOom).Key(2, OW | Update).Keys(3, -1, RO | Access)
            .About("2.6.0", "O(N)", "Stores the AND, OR, XOR or NOT of strings").Takes("operation destkey:key key..."),
        new Row("bitpos", -3, ReadOnly).Key(1, RO | Access)
            .About("2.8.7", "O(N)", "Finds the first bit that is set or clear").Takes("key bit:int [start:int [end:int [BYTE | BIT]]]"),
        new Row("getbit", 3, ReadOnly | Fast).Key(1, RO | Access)
            .About("2.2.0", "O(1)", "Reads one bit of a string").Takes("key offset:int"),
        new Row("setbit", 4, Write | DenyOom).Key(1, RW | Access | Update)
            .About("2.2.0", "O(1)", "Writes one bit of a string").Takes("key offset:int value:int"),
    ]);
}
