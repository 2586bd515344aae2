using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands.Server;

/// <summary>What the server tells about itself and its clock.</summary>
internal static class ServerCommands
{
    private static readonly string[] ModuleHelpLines =
    [
        "LIST",
        "    Return a list of loaded modules.",
        "LOAD <path> [<arg> ...]",
        "    Load a module library from <path>, passing to it any optional arguments.",
        "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
        "    Load a module library from <path>, while passing it module configurations and optional arguments.",
        "UNLOAD <name>",
        "    Unload a module.",
    ];

    // COMMAND, and all of its subcommands
    public static void Command(ref CommandContext context) =>
        CommandReplies.Write(context.Command, context.Arguments, context.Reply, context.Resp3, context.Server.Dispatcher.Serves);

    // TIME
    public static void Time(ref CommandContext context)
    {
        long microseconds = (context.Server.Loop.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        context.ReplyArray(2);
        context.ReplyBulk(digits[..RespNumber.FormatLong(digits, microseconds / 1_000_000)]);
        context.ReplyBulk(digits[..RespNumber.FormatLong(digits, microseconds % 1_000_000)]);
    }

    // MODULE LOAD path [arg [arg ...]], MODULE LOADEX path [CONFIG name value ...] [ARGS args ...]
    public static void ModuleLoad(ref CommandContext context) => context.ReplyError("ERR Error loading the extension. Please check the server logs."u8);

    // MODULE UNLOAD name
    public static void ModuleUnload(ref CommandContext context) => context.ReplyError("ERR Error unloading module: no such module with that name"u8);

    // MODULE HELP
    public static void ModuleHelp(ref CommandContext context) => context.ReplyHelp(ModuleHelpLines);

    // MODULE LIST
    public static void ModuleList(ref CommandContext context) => context.ReplyArray(0);
}
