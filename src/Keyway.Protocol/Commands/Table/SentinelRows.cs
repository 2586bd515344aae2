using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;

namespace Keyway.Protocol.Commands.Table;

/// <summary>What only sentinels answer.</summary>
internal static class SentinelRows
{
    public static readonly RowGroup Group = new("sentinel", Acl.None,
    [
        new Row("sentinel", -2, Admin)
            .About("2.8.4", "The masters under watch, and who else watches them")
            .Holds(
                new Row("ckquorum", 3, Admin).About("2.8.4", "Tells whether enough sentinels can be reached for a failover").Takes("master-name"),
                new Row("config", -3, Admin)
                    .About("6.2.0", "O(1)", "Reads or changes what holds for all masters").Takes("(SET parameter value | GET pattern)"),
                new Row("debug", -2, Admin).About("7.0.0", "O(N)", "Shows or changes the times that a sentinel keeps").Takes("[(parameter value)...]"),
                new Row("failover", 3, Admin).About("2.8.4", "Puts a replica in the master's place, without asking other sentinels").Takes("master-name"),
                new Row("flushconfig", 2, Admin).About("2.8.4", "O(1)", "Writes the configuration file anew"),
                new Row("get-master-addr-by-name", 3, Admin).About("2.8.4", "O(1)", "Tells where a master is").Takes("master-name"),
                new Row("help", 2, Loading | Stale).About("6.2.0", "O(1)", "Describes the subcommands"),
                new Row("info-cache", -3, Admin).About("3.2.0", "O(N)", "Shows what INFO answered last on masters and replicas").Takes("nodename..."),
                new Row("is-master-down-by-addr", 6, Admin)
                    .About("2.8.4", "O(1)", "Asks whether a master is down, and for a vote; for other sentinels").Takes("ip port:int current-epoch:int runid"),
                new Row("master", 3, Admin).About("2.8.4", "O(1)", "Describes a master").Takes("master-name"),
                new Row("masters", 2, Admin).About("2.8.4", "O(N)", "Describes all masters"),
                new Row("monitor", 6, Admin).About("2.8.4", "O(1)", "Begins to watch a master").Takes("name ip port:int quorum:int"),
                new Row("myid", 2, Admin).About("6.2.0", "O(1)", "Tells the sentinel's own id"),
                new Row("pending-scripts", 2, Admin).About("2.8.4", "Lists scripts that run or wait to be run"),
                new Row("remove", 3, Admin).About("2.8.4", "O(1)", "Ceases to watch a master").Takes("master-name"),
                new Row("replicas", 3, Admin).About("5.0.0", "O(N)", "Describes a master's replicas").Takes("master-name"),
                new Row("reset", 3, Admin).About("2.8.4", "O(N)", "Forgets replicas and other sentinels of masters").Takes("pattern:pattern"),
                new Row("sentinels", 3, Admin).About("2.8.4", "O(N)", "Describes the other sentinels of a master").Takes("master-name"),
                new Row("set", -5, Admin).About("2.8.4", "O(1)", "Changes how a master is watched").Takes("master-name (option value)..."),
                new Row("simulate-failure", -3, Admin)
                    .About("3.2.0", "Has the sentinel end at a certain point of a failover, for tests")
                    .Takes("(crash-after-election | crash-after-promotion | help)..."),
                new Row("slaves", 3, Admin).About("2.8.0", "O(N)", "The former name of SENTINEL REPLICAS").Takes("master-name").Deprecated("5.0.0", "SENTINEL REPLICAS")),
    ]);
}
