using System.Collections.Frozen;
using Keyway.Protocol.Commands;

namespace Keyway.Sentinel.Commands;

/// <summary>Joins the rows of the sentinels' command table with what carries them out.</summary>
internal static class CommandRegistry
{
    private static readonly FrozenDictionary<string, Handler> ByName = new Dictionary<string, Handler>
    {
        ["acl|cat"] = AclCommands.Cat,
        ["acl|genpass"] = AclCommands.GenPass,
        ["acl|getuser"] = AclCommands.GetUser,
        ["acl|list"] = AclCommands.List,
        ["acl|users"] = AclCommands.Users,
        ["acl|whoami"] = AclCommands.WhoAmI,
        ["auth"] = ConnectionCommands.Auth,
        ["client|getname"] = ClientCommands.GetName,
        ["client|getredir"] = ClientCommands.GetRedir,
        ["client|help"] = ClientCommands.Help,
        ["client|id"] = ClientCommands.Id,
        ["client|info"] = ClientCommands.Info,
        ["client|kill"] = ClientKill.Kill,
        ["client|list"] = ClientCommands.List,
        ["client|no-evict"] = ClientCommands.NoEvict,
        ["client|reply"] = ClientCommands.Reply,
        ["client|setname"] = ClientCommands.SetName,
        ["command"] = ServerCommands.Command,
        ["command|count"] = ServerCommands.Command,
        ["command|docs"] = ServerCommands.Command,
        ["command|getkeys"] = ServerCommands.Command,
        ["command|getkeysandflags"] = ServerCommands.Command,
        ["command|help"] = ServerCommands.Command,
        ["command|info"] = ServerCommands.Command,
        ["command|list"] = ServerCommands.Command,
        ["hello"] = ConnectionCommands.Hello,
        ["info"] = InfoCommand.Info,
        ["ping"] = ConnectionCommands.Ping,
        ["psubscribe"] = PubSubCommands.PSubscribe,
        ["publish"] = PubSubCommands.Publish,
        ["punsubscribe"] = PubSubCommands.PUnsubscribe,
        ["quit"] = ConnectionCommands.Quit,
        ["reset"] = ConnectionCommands.Reset,
        ["role"] = ServerCommands.Role,
        ["shutdown"] = ServerCommands.Shutdown,
        ["subscribe"] = PubSubCommands.Subscribe,
        ["unsubscribe"] = PubSubCommands.Unsubscribe,
        ["sentinel|ckquorum"] = SentinelCommands.CheckQuorum,
        ["sentinel|config"] = SentinelConfigCommand.Config,
        ["sentinel|debug"] = SentinelDebugCommand.Debug,
        ["sentinel|failover"] = SentinelCommands.Failover,
        ["sentinel|flushconfig"] = SentinelCommands.FlushConfig,
        ["sentinel|get-master-addr-by-name"] = SentinelCommands.GetMasterAddress,
        ["sentinel|help"] = SentinelCommands.Help,
        ["sentinel|info-cache"] = SentinelLists.InfoCache,
        ["sentinel|is-master-down-by-addr"] = SentinelCommands.IsMasterDown,
        ["sentinel|master"] = SentinelLists.Master,
        ["sentinel|masters"] = SentinelLists.Masters,
        ["sentinel|monitor"] = SentinelCommands.Monitor,
        ["sentinel|myid"] = SentinelCommands.MyId,
        ["sentinel|pending-scripts"] = SentinelLists.PendingScripts,
        ["sentinel|remove"] = SentinelCommands.Remove,
        ["sentinel|replicas"] = SentinelLists.Replicas,
        ["sentinel|reset"] = SentinelCommands.Reset,
        ["sentinel|sentinels"] = SentinelLists.Sentinels,
        ["sentinel|set"] = SentinelSetCommand.Set,
        ["sentinel|simulate-failure"] = SentinelDebugCommand.SimulateFailure,
        ["sentinel|slaves"] = SentinelLists.Replicas,
    }.ToFrozenDictionary();

    public static Handler? Find(Command command) => ByName.GetValueOrDefault(command.Name);

    /// <summary>Rows that are here, and containers of such rows.</summary>
    public static bool Serves(Command command) => ByName.ContainsKey(command.Name) || command.Subcommands.Any(sub => ByName.ContainsKey(sub.Name));
}
