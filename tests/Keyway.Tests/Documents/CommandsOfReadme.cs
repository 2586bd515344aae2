using System.Text;
using Keyway.Gateway.Routing;
using Keyway.Protocol.Commands;
using Keyway.Shard;

namespace Keyway.Tests.Documents;

/// <summary>The README's table of commands, written from the command table and from what the gateway and the shard have for its rows.</summary>
internal static class CommandsOfReadme
{
    public static string Write()
    {
        var text = new StringBuilder();
        text.Append("| group | the gateway serves | of these, the included shard serves |\n|---|---|---|\n");
        foreach (IGrouping<string, Command> group in CommandTable.TopLevel.GroupBy(command => command.Group))
        {
            Command[] served = [.. group.Where(RouteTable.Serves)];
            if (served.Length == 0) continue;

            // What the gateway answers itself needs no shard.
            Command[] relayed = [.. served.Where(RouteTable.NeedsShard)];
            Command[] ofShard = [.. relayed.Where(ShardServer.Serves)];
            string shard = relayed.Length == 0 ? "(the gateway's own answers)" : ofShard.Length == relayed.Length ? "all" : ofShard.Length == 0 ? "none yet" : Names(ofShard);
            text.Append($"| {group.Key} | {Names(served)} | {shard} |\n");
        }
        return text.ToString();
    }

    private static string Names(IEnumerable<Command> commands) => string.Join(' ', commands.Select(command => command.Name.ToUpperInvariant()).Order(StringComparer.Ordinal));
}
