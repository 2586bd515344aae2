using Keyway.Gateway.Local.Access;
using Keyway.Gateway.Local.Clients;
using Keyway.Gateway.Local.Slow;
using Keyway.Gateway.Presented;
using Keyway.Protocol;
using Keyway.Gateway.Subscriptions;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Local;

/// <summary>The commands that the gateway answers itself. To add one: a method here and its name; its facts are the table's row.</summary>
internal static class LocalCommands
{
    private static readonly Dictionary<string, LocalHandler> ByName = new()
    {
        ["ping"] = ConnectionCommands.Ping,
        ["echo"] = ConnectionCommands.Echo,
        ["select"] = ConnectionCommands.Select,
        ["quit"] = ConnectionCommands.Quit,
        ["reset"] = ConnectionCommands.Reset,
        ["hello"] = HelloCommand.Hello,
        ["auth"] = HelloCommand.Auth,
        ["client|id"] = ClientCommands.Id,
        ["client|getname"] = ClientCommands.GetName,
        ["client|setname"] = ClientCommands.SetName,
        ["client|info"] = ClientCommands.Info,
        ["client|no-evict"] = ClientCommands.NoEvict,
        ["client|list"] = ClientList.List,
        ["client|kill"] = ClientKill.Kill,
        ["client|pause"] = ClientCommands.Pause,
        ["client|unpause"] = ClientCommands.Unpause,
        ["client|reply"] = ClientCommands.Reply,
        ["client|unblock"] = ClientCommands.Unblock,
        ["client|getredir"] = ClientCommands.GetRedir,
        ["client|trackinginfo"] = ClientCommands.TrackingInfo,
        ["client|help"] = ClientCommands.Help,
        ["cluster|help"] = ClusterCommands.Help,
        ["cluster|info"] = ClusterCommands.Info,
        ["cluster|keyslot"] = ClusterCommands.KeySlot,
        ["cluster|myid"] = ClusterCommands.MyId,
        ["cluster|nodes"] = ClusterCommands.Nodes,
        ["cluster|shards"] = ClusterCommands.Shards,
        ["cluster|slots"] = ClusterCommands.Slots,
        ["readonly"] = ClusterCommands.Accept,
        ["readwrite"] = ClusterCommands.Accept,
        ["asking"] = ClusterCommands.Accept,
        ["time"] = ServerCommands.Time,
        ["lolwut"] = ServerCommands.Lolwut,
        ["role"] = ServerCommands.Role,
        ["module|list"] = ServerCommands.NoModules,
        ["config|get"] = ConfigCommand.Get,
        ["config|set"] = ConfigSet.Set,
        ["config|resetstat"] = ConfigCommand.ResetStatistics,
        ["slowlog|get"] = SlowLogCommands.Get,
        ["slowlog|len"] = SlowLogCommands.Len,
        ["slowlog|reset"] = SlowLogCommands.Reset,
        ["slowlog|help"] = SlowLogCommands.Help,
        ["latency|latest"] = LatencyCommands.Latest,
        ["latency|history"] = LatencyCommands.History,
        ["latency|reset"] = LatencyCommands.Reset,
        ["latency|doctor"] = LatencyCommands.Doctor,
        ["latency|histogram"] = LatencyCommands.Histogram,
        ["latency|help"] = LatencyCommands.Help,
        ["memory|doctor"] = MemoryCommands.Doctor,
        ["memory|stats"] = MemoryCommands.Stats,
        ["memory|malloc-stats"] = MemoryCommands.MallocStats,
        ["memory|purge"] = MemoryCommands.Purge,
        ["memory|help"] = MemoryCommands.Help,
        ["acl|whoami"] = AclCommands.WhoAmI,
        ["acl|list"] = AclCommands.List,
        ["acl|users"] = AclCommands.Users,
        ["acl|getuser"] = AclCommands.GetUser,
        ["acl|cat"] = AclCommands.Cat,
        ["acl|dryrun"] = AclCommands.DryRun,
        ["acl|genpass"] = AclCommands.GenPass,
        ["acl|log"] = AclLogCommand.Log,
        ["acl|help"] = AclCommands.Help,
        ["config|help"] = ConfigCommand.Help,
        ["monitor"] = MonitorCommand.Monitor,
        ["info"] = InfoCommand.Info,
        ["pubsub|channels"] = PubSubCommands.Channels,
        ["pubsub|shardchannels"] = PubSubCommands.ShardChannels,
        ["pubsub|numsub"] = PubSubCommands.NumSub,
        ["pubsub|shardnumsub"] = PubSubCommands.ShardNumSub,
        ["pubsub|numpat"] = PubSubCommands.NumPat,
        ["pubsub|help"] = PubSubCommands.Help,
        ["command"] = ServerCommands.Command,
        ["command|count"] = ServerCommands.Command,
        ["command|docs"] = ServerCommands.Command,
        ["command|getkeys"] = ServerCommands.Command,
        ["command|getkeysandflags"] = ServerCommands.Command,
        ["command|help"] = ServerCommands.Command,
        ["command|info"] = ServerCommands.Command,
        ["command|list"] = ServerCommands.Command,
    };

    // All loops are asked first, or the answer depends on what is heard at all: a place among other answers cannot be held for them.
    private static readonly HashSet<string> AnsweredLater =
    [
        "client|list", "client|kill", "client|pause", "client|unpause", "client|unblock", "client|reply", "slowlog|get", "slowlog|len", "slowlog|reset",
        "latency|latest", "latency|history", "latency|reset", "latency|doctor", "memory|stats", "acl|log", "config|set", "monitor", "keyway",
    ];

    private static readonly LocalHandler?[] ById = [.. CommandTable.All.Select(command => ByName.GetValueOrDefault(command.Name))];

    /// <summary>All names, for the test that holds them to the table.</summary>
    internal static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>True for commands that may write nothing when they are called: their reply, if any, comes by itself.</summary>
    public static bool AnswersLater(Command command) => AnsweredLater.Contains(command.Name);

    public static LocalHandler? Find(Command command)
    {
        if (command.Id < ById.Length) return ById[command.Id];
        if (command == SetInfo.Row) return SetInfo.Set;
        return command == KeywayCommand.Row ? KeywayCommand.Keyway : null;
    }

    /// <summary>A command of ours that the table, which is Redis 7.0's, does not have.</summary>
    public static Command? FindOwn(in Arguments arguments) =>
        SetInfo.IsAskedBy(in arguments) ? SetInfo.Row : KeywayCommand.IsAskedBy(in arguments) ? KeywayCommand.Row : null;
}
