using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on hash slots and the nodes that serve them.</summary>
internal static class ClusterRows
{
    public static readonly RowGroup Group = new("cluster", Acl.None,
    [
        new Row("asking", 1, Fast).Also(Acl.Connection)
            .About("3.0.0", "O(1)", "Lets the next command into a slot that is being imported"),
        new Row("cluster", -2, None)
            .About("3.0.0", "The cluster's nodes and slots")
            .Holds(
                new Row("addslots", -3, Admin | Stale | NoAsyncLoading).Refused()
                    .About("3.0.0", "O(N)", "Takes hash slots").Takes("slot:int..."),
                new Row("addslotsrange", -4, Admin | Stale | NoAsyncLoading).Refused()
                    .About("7.0.0", "O(N)", "Takes ranges of hash slots").Takes("(start-slot:int end-slot:int)..."),
                new Row("bumpepoch", 2, Admin | Stale | NoAsyncLoading).Refused().Tips("nondeterministic_output")
                    .About("3.0.0", "O(1)", "Raises the configuration epoch"),
                new Row("count-failure-reports", 3, Admin | Stale).Refused().Tips("nondeterministic_output")
                    .About("3.0.0", "O(N)", "Counts the nodes that report a node as failing").Takes("node-id"),
                new Row("countkeysinslot", 3, Stale)
                    .About("3.0.0", "O(1)", "Counts the keys of a hash slot").Takes("slot:int"),
                new Row("delslots", -3, Admin | Stale | NoAsyncLoading).Refused()
                    .About("3.0.0", "O(N)", "Gives hash slots up").Takes("slot:int..."),
                new Row("delslotsrange", -4, Admin | Stale | NoAsyncLoading).Refused()
                    .About("7.0.0", "O(N)", "Gives ranges of hash slots up").Takes("(start-slot:int end-slot:int)..."),
                new Row("failover", -2, Admin | Stale | NoAsyncLoading).Refused()
                    .About("3.0.0", "O(1)", "Makes a replica take its master's place").Takes("[FORCE | TAKEOVER]"),
                new Row("flushslots", 2, Admin | Stale | NoAsyncLoading).Refused()
                    .About("3.0.0", "O(1)", "Gives all hash slots up"),
                new Row("forget", 3, Admin | Stale | NoAsyncLoading).Refused()
                    .About("3.0.0", "O(1)", "Removes a node from this node's view").Takes("node-id"),
                new Row("getkeysinslot", 4, Stale).Refused().Tips("nondeterministic_output")
                    .About("3.0.0", "O(log(N))", "Lists keys of a hash slot").Takes("slot:int count:int"),
                new Row("help", 2, Loading | Stale).About("5.0.0", "O(1)", "Describes the subcommands"),
                new Row("info", 2, Stale).Tips("nondeterministic_output")
                    .About("3.0.0", "O(1)", "Describes the state of the cluster"),
                new Row("keyslot", 3, Stale)
                    .About("3.0.0", "O(N)", "Tells the hash slot of a key").Takes("key:string"),
                new Row("links", 2, Stale).Refused().Tips("nondeterministic_output")
                    .About("7.0.0", "O(N)", "Describes the connections to the other nodes"),
                new Row("meet", -4, Admin | Stale | NoAsyncLoading).Refused()
                    .About("3.0.0", "O(1)", "Introduces another node").Takes("ip port:int [cluster_bus_port:int]"),
                new Row("myid", 2, Stale)
                    .About("3.0.0", "O(1)", "Tells this node's id"),
                new Row("nodes", 2, Stale).Tips("nondeterministic_output")
                    .About("3.0.0", "O(N)", "Describes all nodes, one line each"),
                new Row("replicas", 3, Admin | Stale).Refused().Tips("nondeterministic_output")
                    .About("5.0.0", "O(1)", "Describes the replicas of a master").Takes("node-id"),
                new Row("replicate", 3, Admin | Stale | NoAsyncLoading).Refused()
                    .About("3.0.0", "O(1)", "Makes this node the replica of another").Takes("node-id"),
                new Row("reset", -2, Admin | NoScript | Stale).Refused()
                    .About("3.0.0", "O(N)", "Brings this node back to the state in which it began").Takes("[HARD | SOFT]"),
                new Row("saveconfig", 2, Admin | Stale | NoAsyncLoading).Refused()
                    .About("3.0.0", "O(1)", "Writes the node's file to disk"),
                new Row("set-config-epoch", 3, Admin | Stale | NoAsyncLoading).Refused()
                    .About("3.0.0", "O(1)", "Gives a new node its configuration epoch").Takes("config-epoch:int"),
                new Row("setslot", -4, Admin | Stale | NoAsyncLoading).Refused()
                    .About("3.0.0", "O(1)", "Moves a hash slot, step by step")
                    .Takes("slot:int (IMPORTING node-id | MIGRATING node-id | NODE node-id | STABLE)"),
                new Row("shards", 2, Stale).Tips("nondeterministic_output")
                    .About("7.0.0", "O(N)", "Describes the masters, their replicas and slots"),
                new Row("slaves", 3, Admin | Stale).Refused().Tips("nondeterministic_output")
                    .About("3.0.0", "O(1)", "The former name of CLUSTER REPLICAS").Takes("node-id").Deprecated("5.0.0", "CLUSTER REPLICAS"),
                new Row("slots", 2, Stale).Tips("nondeterministic_output")
                    .About("3.0.0", "O(N)", "Tells which nodes serve which hash slots").Deprecated("7.0.0", "CLUSTER SHARDS")),
        new Row("readonly", 1, Loading | Stale | Fast).Also(Acl.Connection)
            .About("3.0.0", "O(1)", "Allows reads from a replica of the cluster on this connection"),
        new Row("readwrite", 1, Loading | Stale | Fast).Also(Acl.Connection)
            .About("3.0.0", "O(1)", "Ends READONLY"),
    ]);
}
