using System.Text;
using Keyway.Protocol.Commands;
using Keyway.Shard.Configuration;

namespace Keyway.Shard.Commands;

/// <summary>CONFIG.</summary>
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
            else if (Encoding.UTF8.GetString(context.Arguments[i]) is var name && DirectiveTable.Find(name) is { } directive) found.TryAdd(name, directive);
        }

        context.ReplyMap(found.Count);
        foreach ((string name, Directive directive) in found)
        {
            context.ReplyBulk(name);
            context.ReplyBulk(context.Server.Settings[directive]);
        }
    }

    // CONFIG SET parameter value [parameter value ...]
    public static void Set(ref CommandContext context)
    {
        if (context.Arguments.Count % 2 != 0)
        {
            context.ReplyWrongArity();
            return;
        }

        // All or nothing: nothing is set before everything has been checked.
        Settings settings = context.Server.Settings;
        var changes = new List<(Directive Directive, string Value)>();
        for (int i = 2; i < context.Arguments.Count; i += 2)
        {
            if (DirectiveTable.Find(Encoding.UTF8.GetString(context.Arguments[i])) is { } directive)
            {
                changes.Add((directive, ""));
                continue;
            }

            context.ReplyError(CommandContext.Concatenate("ERR Unknown option or number of arguments for CONFIG SET - '", context.Arguments[i], "'"));
            return;
        }

        for (int i = 0; i < changes.Count; i++)
        {
            Directive directive = changes[i].Directive;
            string? error = WhyRefused(changes, i);
            error ??= settings.TryNormalize(directive, Encoding.UTF8.GetString(context.Arguments[3 + (2 * i)]), out string value) is { } wrong
                ? wrong
                : Accept(changes, i, value);
            if (error == null) continue;

            context.ReplyError(CommandContext.Concatenate("ERR CONFIG SET failed (possibly related to argument '", context.Arguments[2 + (2 * i)], $"') - {error}"));
            return;
        }

        foreach ((Directive directive, string value) in changes)
        {
            settings.Set(directive, value);
            if (!directive.HasEffect) ShardLog.DirectiveWithoutEffect(context.Server.Logger, directive.Name);
        }

        context.Server.ApplySettings();
        context.ReplyOk();
    }

    // CONFIG RESETSTAT
    public static void ResetStat(ref CommandContext context)
    {
        context.Server.Statistics.Reset();
        context.Databases.Hits = context.Databases.Misses = context.Databases.ExpiredKeys = 0;
        context.ReplyOk();
    }

    private static void AddMatches(ReadOnlySpan<byte> pattern, Dictionary<string, Directive> found)
    {
        foreach (Directive directive in DirectiveTable.All)
        {
            if (GlobPattern.Matches(pattern, Encoding.ASCII.GetBytes(directive.Name), ignoreCase: true)) found.TryAdd(directive.Name, directive);
            if (directive.Alias != null && GlobPattern.Matches(pattern, Encoding.ASCII.GetBytes(directive.Alias), ignoreCase: true)) found.TryAdd(directive.Alias, directive);
        }
    }

    private static string? WhyRefused(List<(Directive Directive, string Value)> changes, int index)
    {
        if (changes[index].Directive.IsFixed) return "can't set immutable config";
        for (int i = 0; i < index; i++)
        {
            if (changes[i].Directive == changes[index].Directive) return "duplicate parameter";
        }

        return null;
    }

    private static string? Accept(List<(Directive Directive, string Value)> changes, int index, string value)
    {
        changes[index] = (changes[index].Directive, value);
        return null;
    }
}
