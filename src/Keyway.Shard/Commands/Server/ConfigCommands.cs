using System.Text;
using Keyway.Protocol.Commands;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;

namespace Keyway.Shard.Commands.Server;

/// <summary>CONFIG, but for SET.</summary>
internal static class ConfigCommands
{
    private static readonly string[] HelpLines =
    [
        "GET <pattern>",
        "    Return parameters matching the glob-like <pattern> and their values.",
        "SET <directive> <value>",
        "    Set the configuration <directive> to <value>.",
        "RESETSTAT",
        "    Reset statistics reported by the INFO command.",
        "REWRITE",
        "    Rewrite the configuration file.",
    ];

    // CONFIG HELP
    public static void Help(ref CommandContext context) => context.ReplyHelp(HelpLines);

    // CONFIG GET parameter [parameter ...]
    public static void Get(ref CommandContext context)
    {
        var found = new Dictionary<string, Directive>(StringComparer.OrdinalIgnoreCase);
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            // A name is shown as it was asked for; a pattern finds names as they are written here.
            if (context.Arguments[i].IndexOfAny("[*?"u8) >= 0) AddMatches(context.Arguments[i], found);
            else if (ByteText.Of(context.Arguments[i]) is var name && DirectiveTable.Find(name) is { } directive) found.TryAdd(name, directive);
        }

        context.ReplyMap(found.Count);
        foreach ((string name, Directive directive) in found)
        {
            context.ReplyBulk(name);
            context.ReplyBulk(ByteText.ToBytes(context.Server.Settings[directive]));
        }
    }

    // CONFIG RESETSTAT
    public static void ResetStat(ref CommandContext context)
    {
        context.Server.Statistics.Reset();
        context.Databases.Hits = context.Databases.Misses = context.Databases.ExpiredKeys = 0;
        context.Server.Evictor.ResetStatistics();
        context.Server.Expiry.ResetStatistics();
        InfoLoop.Reset(context.Server);
        context.ReplyOk();
    }

    // CONFIG REWRITE
    public static void Rewrite(ref CommandContext context)
    {
        string file = context.Server.Options.File;
        if (file.Length == 0)
        {
            context.ReplyError("ERR The server is running without a config file"u8);
            return;
        }

        if (ConfRewrite.TryRewrite(file, context.Server.Settings, out string reason, keepsRole: context.Server.Options.NamesRoleBesideFile))
        {
            ShardLog.ConfigRewritten(context.Server.Logger);
            context.ReplyOk();
            return;
        }

        ShardLog.ConfigNotRewritten(context.Server.Logger, reason);
        context.ReplyError($"ERR Rewriting config file: {reason}");
    }

    private static void AddMatches(ReadOnlySpan<byte> pattern, Dictionary<string, Directive> found)
    {
        foreach (Directive directive in DirectiveTable.All)
        {
            if (directive.IsHidden) continue;
            if (GlobPattern.Matches(pattern, Encoding.ASCII.GetBytes(directive.Name), ignoreCase: true)) found.TryAdd(directive.Name, directive);
            if (directive.Alias != null && GlobPattern.Matches(pattern, Encoding.ASCII.GetBytes(directive.Alias), ignoreCase: true)) found.TryAdd(directive.Alias, directive);
        }
    }
}
