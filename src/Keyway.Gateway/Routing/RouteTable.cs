using Keyway.Gateway.Local;
using Keyway.Gateway.Scripts;
using Keyway.Gateway.Subscriptions;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Routing;

/// <summary>What the gateway serves, and how, by command row: the table's policies where the gateway has what they need.</summary>
public static class RouteTable
{
    private static readonly RouteKind[] Kinds = [.. CommandTable.All.Select(KindOf)];

    internal static RouteKind Of(Command command) => command.Id < Kinds.Length ? Kinds[command.Id] : OfUnlisted(command);

    /// <summary>True if a client of the gateway can use this command; the README's table and COMMAND show the same.</summary>
    public static bool Serves(Command command) => Of(command) switch
    {
        RouteKind.Refused => false,
        RouteKind.Container => command.Subcommands.Any(Serves),
        _ => true,
    };

    /// <summary>True if a shard has a part in answering this command.</summary>
    public static bool NeedsShard(Command command) => Of(command) switch
    {
        RouteKind.Refused or RouteKind.Local => false,
        RouteKind.Container => command.Subcommands.Any(NeedsShard),
        _ => true,
    };

    // What the table lacks is ours, or was learned from a shard.
    private static RouteKind OfUnlisted(Command command) =>
        LocalCommands.Find(command) is not null ? RouteKind.Local : command.Is(CommandFlags.Blocking) ? RouteKind.Blocking : RouteKind.OneUnit;

    private static RouteKind KindOf(Command command)
    {
        if (LocalCommands.Find(command) is not null) return RouteKind.Local;
        if (command.IsContainer) return RouteKind.Container;
        if (command.Group == "transactions") return RouteKind.Transaction;
        if (command.Group == "scripting") return ScriptRequests.KindOf(command);

        if (SubscriptionCommands.Has(command)) return RouteKind.Subscription;
        if (PublishCommands.Has(command)) return RouteKind.Publish;
        return command.Request switch
        {
            RequestPolicy.OneUnit when command.SimpleKey == 1 => RouteKind.OneKey,
            RequestPolicy.OneUnit => RouteKind.OneUnit,
            RequestPolicy.Split => RouteKind.Split,

            RequestPolicy.AllShards when command.Name == "scan" => RouteKind.Scan,
            RequestPolicy.Gateway when command.Name == "cluster|countkeysinslot" => RouteKind.Scan,
            RequestPolicy.AllShards when command.Name == "randomkey" => RouteKind.AllShards,

            // What an administrator does to a host (BGSAVE and its kind) is done at the host.
            RequestPolicy.AllShards when CanMerge(command.Response) && !command.Is(CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.PubSub) => RouteKind.AllShards,

            // XREAD and its kind wait only when they are told to: without BLOCK they are a read like any other.
            RequestPolicy.Session when command.Name is "xread" or "xreadgroup" => RouteKind.OneUnit,
            RequestPolicy.Session when command.Is(CommandFlags.Blocking) => RouteKind.Blocking,
            RequestPolicy.Session when command.Name == "wait" => RouteKind.Wait,
            _ => RouteKind.Refused,
        };
    }

    private static bool CanMerge(ResponsePolicy policy) => policy is not (ResponsePolicy.AsIs or ResponsePolicy.Special);
}
