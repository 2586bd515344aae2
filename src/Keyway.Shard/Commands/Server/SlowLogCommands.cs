using Keyway.Protocol;
using Keyway.Shard.Timing;

namespace Keyway.Shard.Commands.Server;

/// <summary>SLOWLOG.</summary>
internal static class SlowLogCommands
{
    private const int ShownByDefault = 10;

    private static readonly string[] HelpLines =
    [
        "GET [<count>]",
        "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
        "    Entries are made of:",
        "    id, timestamp, time in microseconds, arguments array, client IP and port,",
        "    client name",
        "LEN",
        "    Return the length of the slowlog.",
        "RESET",
        "    Reset the slowlog.",
    ];

    // SLOWLOG HELP
    public static void Help(ref CommandContext context) => context.ReplyHelp(HelpLines);

    // SLOWLOG LEN
    public static void Len(ref CommandContext context) => context.ReplyInteger(context.Server.Times.SlowLog.Count);

    // SLOWLOG RESET
    public static void Reset(ref CommandContext context)
    {
        context.Server.Times.SlowLog.Clear();
        context.ReplyOk();
    }

    // SLOWLOG GET [count]
    public static void Get(ref CommandContext context)
    {
        SlowLog log = context.Server.Times.SlowLog;
        long count = ShownByDefault;
        if (context.Arguments.Count > 3)
        {
            context.ReplyUnknownSubcommand();
            return;
        }

        if (context.Arguments.Count == 3 && (!RespNumber.TryParseLong(context.Arguments[2], out count) || count < -1))
        {
            context.ReplyError("ERR count should be greater than or equal to -1"u8);
            return;
        }

        var shown = (int)(count == -1 ? log.Count : Math.Min(count, log.Count));
        context.ReplyArray(shown);
        foreach (SlowLogEntry entry in log.Entries.Take(shown)) Write(ref context, entry);
    }

    private static void Write(ref CommandContext context, SlowLogEntry entry)
    {
        context.ReplyArray(6);
        context.ReplyInteger(entry.Id);
        context.ReplyInteger(entry.Seconds);
        context.ReplyInteger(entry.Microseconds);
        context.ReplyArray(entry.Arguments.Length);
        foreach (byte[] argument in entry.Arguments) context.ReplyBulk(argument);
        context.ReplyBulk(entry.Address);
        context.ReplyBulk(entry.ClientName);
    }
}
