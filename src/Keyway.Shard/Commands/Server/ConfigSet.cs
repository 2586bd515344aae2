using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;

namespace Keyway.Shard.Commands.Server;

/// <summary>CONFIG SET: all of its pairs or none.</summary>
internal static class ConfigSet
{
    // CONFIG SET parameter value [parameter value ...]
    public static void Set(ref CommandContext context)
    {
        if (context.Arguments.Count % 2 != 0)
        {
            context.ReplySyntaxError();
            return;
        }

        if (!TryReadNames(ref context, out List<Directive> directives)) return;

        Settings settings = context.Server.Settings;
        List<string> before = directives.ConvertAll(directive => settings[directive]);
        for (int i = 0; i < directives.Count; i++)
        {
            string? error = settings.TryNormalize(directives[i], ByteText.Of(context.Arguments[3 + (2 * i)]), out string value);
            if (error == null)
            {
                settings.Set(directives[i], value);
                continue;
            }

            for (int done = i - 1; done >= 0; done--) settings.Set(directives[done], before[done]);
            ReplyFailed(ref context, NameAsGiven(context.Arguments[2 + (2 * i)]), error);
            return;
        }

        if (context.Server.TryApplySettings(directives, before, out int failed, out string reason))
        {
            foreach (Directive directive in directives)
            {
                if (!directive.HasEffect) ShardLog.DirectiveWithoutEffect(context.Server.Logger, directive.Name);
            }

            context.ReplyOk();
            return;
        }

        ReplyFailed(ref context, NameAsGiven(context.Arguments[2 + (2 * failed)]), reason);
    }

    // The first thing that is wrong is told.
    private static bool TryReadNames(ref CommandContext context, out List<Directive> directives)
    {
        directives = [];
        bool isLocal = context.Client.IsLocal;
        for (int i = 2; i < context.Arguments.Count; i += 2)
        {
            Directive? directive = DirectiveTable.Find(ByteText.Of(context.Arguments[i]));
            if (directive == null)
            {
                context.ReplyError(CommandContext.Concatenate("ERR Unknown option or number of arguments for CONFIG SET - '", context.Arguments[i], "'"));
                return false;
            }

            string? error = null;
            if (directive.IsFixed) error = "can't set immutable config";
            else if (directive.IsProtected && !context.Server.Settings.AllowsProtectedConfigs(isLocal)) error = "can't set protected config";
            else if (IsRepeated(context, i)) error = "duplicate parameter";
            if (error != null)
            {
                ReplyFailed(ref context, context.Arguments[i].ToArray(), error);
                return false;
            }

            directives.Add(directive);
        }

        return true;
    }

    // By name: a directive and its older name may stand side by side, and the last one holds.
    private static bool IsRepeated(in CommandContext context, int index)
    {
        for (int i = 2; i < index; i += 2)
        {
            if (Word.Is(context.Arguments[i], context.Arguments[index])) return true;
        }

        return false;
    }

    private static byte[] NameAsGiven(ReadOnlySpan<byte> name) => ByteText.ToBytes(ByteText.Of(name).ToLowerInvariant());

    private static void ReplyFailed(ref CommandContext context, byte[] name, string reason) =>
        context.ReplyError(CommandContext.Concatenate("ERR CONFIG SET failed (possibly related to argument '", name, $"') - {reason}"));
}
