using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;
using static Keyway.Protocol.Commands.ResponsePolicy;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on Lua scripts and functions.</summary>
internal static class ScriptingRows
{
    public static readonly RowGroup Group = new("scripting", Acl.Scripting,
    [
        new Row("eval", -3, NoScript | Stale | SkipMonitor | NoMandatoryKeys | MovableKeys | MayReplicate)
            .CountedKeys(2, RW | Access | Update, note: "A script may do anything with its keys")
            .About("2.6.0", "Runs a Lua script").Takes("script numkeys:int [key...] [arg...]"),
        new Row("eval_ro", -3, ReadOnly | NoScript | Stale | SkipMonitor | NoMandatoryKeys | MovableKeys)
            .CountedKeys(2, RO | Access, note: "A script may read all of its keys")
            .About("7.0.0", "Runs a Lua script that may only read").Takes("script numkeys:int [key...] [arg...]"),
        new Row("evalsha", -3, NoScript | Stale | SkipMonitor | NoMandatoryKeys | MovableKeys | MayReplicate)
            .CountedKeys(2, RW | Access | Update)
            .About("2.6.0", "Runs a loaded Lua script, named by its SHA1").Takes("sha1 numkeys:int [key...] [arg...]"),
        new Row("evalsha_ro", -3, ReadOnly | NoScript | Stale | SkipMonitor | NoMandatoryKeys | MovableKeys).CountedKeys(2, RO | Access)
            .About("7.0.0", "Runs a loaded Lua script that may only read, named by its SHA1").Takes("sha1 numkeys:int [key...] [arg...]"),
        new Row("fcall", -3, NoScript | Stale | SkipMonitor | NoMandatoryKeys | MovableKeys | MayReplicate)
            .CountedKeys(2, RW | Access | Update, note: "A script may do anything with its keys")
            .About("7.0.0", "Calls a function of a library").Takes("function numkeys:int [key...] [arg...]"),
        new Row("fcall_ro", -3, ReadOnly | NoScript | Stale | SkipMonitor | NoMandatoryKeys | MovableKeys)
            .CountedKeys(2, RO | Access, note: "A script may read all of its keys")
            .About("7.0.0", "Calls a function of a library that may only read").Takes("function numkeys:int [key...] [arg...]"),
        new Row("function", -2, None)
            .About("7.0.0", "Libraries of functions")
            .Holds(
                new Row("delete", 3, Write | NoScript).FansOut(AllSucceeded)
                    .Tips("request_policy:all_shards", "response_policy:all_succeeded")
                    .About("7.0.0", "O(1)", "Removes a library").Takes("library-name"),
                new Row("dump", 2, NoScript).ToOneUnit()
                    .About("7.0.0", "O(N)", "Serializes all libraries"),
                new Row("flush", -2, Write | NoScript).FansOut(AllSucceeded)
                    .Tips("request_policy:all_shards", "response_policy:all_succeeded")
                    .About("7.0.0", "O(N)", "Removes all libraries").Takes("[ASYNC | SYNC]"),
                new Row("help", 2, Loading | Stale).About("7.0.0", "O(1)", "Describes the subcommands"),
                new Row("kill", 2, NoScript | AllowBusy).FansOut(OneSucceeded)
                    .Tips("request_policy:all_shards", "response_policy:one_succeeded")
                    .About("7.0.0", "O(1)", "Stops the function that is running"),
                new Row("list", -2, NoScript).ToOneUnit().Tips("nondeterministic_output_order")
                    .About("7.0.0", "O(N)", "Describes the libraries").Takes("[LIBRARYNAME library-name-pattern] [WITHCODE]"),
                new Row("load", -3, Write | DenyOom | NoScript).FansOut(AllSucceeded)
                    .Tips("request_policy:all_shards", "response_policy:all_succeeded")
                    .About("7.0.0", "O(1)", "Adds a library").Takes("[REPLACE] function-code"),
                new Row("restore", -3, Write | DenyOom | NoScript).FansOut(AllSucceeded)
                    .Tips("request_policy:all_shards", "response_policy:all_succeeded")
                    .About("7.0.0", "O(N)", "Brings back libraries from what FUNCTION DUMP returned")
                    .Takes("serialized-value [FLUSH | APPEND | REPLACE]"),
                new Row("stats", 2, NoScript | AllowBusy).FansOut(Special)
                    .Tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                    .About("7.0.0", "O(1)", "Tells which function is running, and what engines there are")),
        new Row("script", -2, None)
            .About("2.6.0", "The cache of Lua scripts")
            .Holds(
                new Row("debug", 3, NoScript).Refused()
                    .About("3.2.0", "O(1)", "Chooses how the next scripts are debugged").Takes("(YES | SYNC | NO)"),
                new Row("exists", -3, NoScript).FansOut(LogicalAnd).Tips("request_policy:all_shards", "response_policy:agg_logical_and")
                    .About("2.6.0", "O(N)", "Tells for each SHA1 whether that script is loaded").Takes("sha1..."),
                new Row("flush", -2, NoScript).FansOut(AllSucceeded).Tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .About("2.6.0", "O(N)", "Forgets all scripts").Takes("[ASYNC | SYNC]"),
                new Row("help", 2, Loading | Stale).About("5.0.0", "O(1)", "Describes the subcommands"),
                new Row("kill", 2, NoScript | AllowBusy).FansOut(OneSucceeded)
                    .Tips("request_policy:all_shards", "response_policy:one_succeeded")
                    .About("2.6.0", "O(1)", "Stops the script that is running"),
                new Row("load", 3, NoScript | Stale).FansOut(AllSucceeded)
                    .Tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .About("2.6.0", "O(N)", "Loads a script and tells its SHA1").Takes("script")),
    ]);
}
