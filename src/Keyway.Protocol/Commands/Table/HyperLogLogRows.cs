using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on estimates of how many different elements were seen.</summary>
internal static class HyperLogLogRows
{
    public static readonly RowGroup Group = new("hyperloglog", Acl.HyperLogLog,
    [
        new Row("pfadd", -2, Write | DenyOom | Fast).Key(1, RW | Insert)
            .About("2.8.9", "O(1)", "Counts elements into a HyperLogLog").Takes("key [element...]"),
        new Row("pfcount", -2, ReadOnly | MayReplicate)
            .Keys(1, -1, RW | Access, note: "It may write the estimate that it made into the value")
            .About("2.8.9", "O(1)", "Estimates how many different elements HyperLogLogs have seen").Takes("key..."),
        new Row("pfdebug", 3, Write | DenyOom | Admin).Key(2, RW | Access).Refused()
            .About("2.8.9", "Shows the inside of a HyperLogLog, for Redis's own tests").Takes("subcommand key").Internal(),
        new Row("pfmerge", -2, Write | DenyOom).Key(1, RW | Access | Insert).Keys(2, -1, RO | Access)
            .About("2.8.9", "O(N)", "Joins HyperLogLogs into one").Takes("destkey:key sourcekey:key..."),
        new Row("pfselftest", 1, Admin).Refused()
            .About("2.8.9", "Checks the HyperLogLog code, for Redis's own tests").Internal(),
    ]);
}
