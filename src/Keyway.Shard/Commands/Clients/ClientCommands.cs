using Keyway.Protocol;
using Keyway.Shard.Blocking;

namespace Keyway.Shard.Commands.Clients;

/// <summary>CLIENT, but for LIST and KILL.</summary>
internal static class ClientCommands
{
    private static readonly string[] HelpLines =
    [
        "CACHING (YES|NO)",
        "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
        "GETREDIR",
        "    Return the client ID we are redirecting to when tracking is enabled.",
        "GETNAME",
        "    Return the name of the current connection.",
        "ID",
        "    Return the ID of the current connection.",
        "INFO",
        "    Return information about the current client connection.",
        "KILL <ip:port>",
        "    Kill connection made from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    Kill connections. Options are:",
        "    * ADDR (<ip:port>|<unixsocket>:0)",
        "      Kill connections made from the specified address",
        "    * LADDR (<ip:port>|<unixsocket>:0)",
        "      Kill connections made to specified local address",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Kill connections by type.",
        "    * USER <username>",
        "      Kill connections authenticated by <username>.",
        "    * SKIPME (YES|NO)",
        "      Skip killing current connection (default: yes).",
        "LIST [options ...]",
        "    Return information about client connections. Options:",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Return clients of specified type.",
        "UNPAUSE",
        "    Stop the current client pause, resuming traffic.",
        "PAUSE <timeout> [WRITE|ALL]",
        "    Suspend all, or just write, clients for <timeout> milliseconds.",
        "REPLY (ON|OFF|SKIP)",
        "    Control the replies sent to the current connection.",
        "SETNAME <name>",
        "    Assign the name <name> to the current connection.",
        "UNBLOCK <clientid> [TIMEOUT|ERROR]",
        "    Unblock the specified blocked client.",
        "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
        "         [OPTIN] [OPTOUT] [NOLOOP]",
        "    Control server assisted client side caching.",
        "TRACKINGINFO",
        "    Report tracking status for the current connection.",
        "NO-EVICT (ON|OFF)",
        "    Protect current client connection from eviction.",
    ];

    // CLIENT HELP
    public static void Help(ref CommandContext context) => context.ReplyHelp(HelpLines);

    // CLIENT ID
    public static void Id(ref CommandContext context) => context.ReplyInteger(context.Client.Id);

    // CLIENT GETNAME
    public static void GetName(ref CommandContext context)
    {
        if (context.Client.Name.Length == 0) context.ReplyNull();
        else context.ReplyBulk(context.Client.Name);
    }

    // CLIENT SETNAME connection-name
    public static void SetName(ref CommandContext context)
    {
        if (TrySetName(ref context, context.Arguments[2])) context.ReplyOk();
    }

    // CLIENT NO-EVICT ON|OFF
    public static void NoEvict(ref CommandContext context)
    {
        bool isOn = Word.Is(context.Arguments[2], "ON"u8);
        if (!isOn && !Word.Is(context.Arguments[2], "OFF"u8))
        {
            context.ReplySyntaxError();
            return;
        }

        context.Client.IsExemptFromEviction = isOn;
        if (context.Server.ClientEvictor.IsOn) context.Server.ClientEvictor.Note(context.Client);
        context.ReplyOk();
    }

    // CLIENT REPLY ON|OFF|SKIP
    public static void Reply(ref CommandContext context)
    {
        ReadOnlySpan<byte> mode = context.Arguments[2];
        if (Word.Is(mode, "ON"u8))
        {
            // In a transaction that began unheard, what came before stays so.
            if (context.Reply == context.Server.Unheard) context.Reply.Clear();
            context.Client.ReplyMode = ReplyMode.On;
            context.ReplyOk();
        }
        else if (Word.Is(mode, "OFF"u8))
        {
            context.Client.ReplyMode = ReplyMode.Off;
        }
        else if (Word.Is(mode, "SKIP"u8))
        {
            if (context.Client.ReplyMode != ReplyMode.Off) context.Client.ReplyMode = ReplyMode.SkipNext;
        }
        else
        {
            context.ReplySyntaxError();
        }
    }

    // CLIENT UNBLOCK client-id [TIMEOUT|ERROR]
    public static void Unblock(ref CommandContext context)
    {
        if (context.Arguments.Count > 4)
        {
            context.ReplyUnknownSubcommand();
            return;
        }

        bool isError = context.Arguments.Count == 4 && Word.Is(context.Arguments[3], "ERROR"u8);
        if (context.Arguments.Count == 4 && !isError && !Word.Is(context.Arguments[3], "TIMEOUT"u8))
        {
            context.ReplyError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"u8);
            return;
        }

        if (!context.TryReadInteger(2, out long id)) return;
        BlockedRequest? blocked = context.Server.FindClient(id)?.Blocked;
        if (blocked != null) context.Server.Blocked.Release(blocked, isError);
        context.ReplyInteger(blocked != null ? 1 : 0);
    }

    // CLIENT PAUSE timeout [WRITE|ALL]
    public static void Pause(ref CommandContext context)
    {
        if (context.Arguments.Count > 4)
        {
            context.ReplyUnknownSubcommand();
            return;
        }

        bool onlyWrites = context.Arguments.Count == 4 && Word.Is(context.Arguments[3], "WRITE"u8);
        if (context.Arguments.Count == 4 && !onlyWrites && !Word.Is(context.Arguments[3], "ALL"u8))
        {
            context.ReplyError("ERR CLIENT PAUSE mode must be WRITE or ALL"u8);
            return;
        }

        if (!context.TryReadTimeoutMs(2, out long durationMs)) return;
        context.Server.Pause.Begin(PausePurpose.Client, durationMs, holdsAll: !onlyWrites, isInTransaction: context.Client.DeniesBlocking);
        context.ReplyOk();
    }

    // CLIENT UNPAUSE
    public static void Unpause(ref CommandContext context)
    {
        context.Server.Pause.End(PausePurpose.Client);
        context.ReplyOk();
    }

    // CLIENT GETREDIR
    public static void GetRedir(ref CommandContext context) => context.ReplyInteger(-1);

    // CLIENT TRACKINGINFO
    public static void TrackingInfo(ref CommandContext context)
    {
        context.ReplyMap(3);
        context.ReplyBulk("flags"u8);
        context.Reply.WriteSet(1, context.Resp3);
        context.ReplyBulk("off"u8);
        context.ReplyBulk("redirect"u8);
        context.ReplyInteger(-1);
        context.ReplyBulk("prefixes"u8);
        context.ReplyArray(0);
    }

    /// <summary>An empty name takes the name away. False once an error has been answered.</summary>
    public static bool TrySetName(ref CommandContext context, ReadOnlySpan<byte> name)
    {
        foreach (byte b in name)
        {
            if (b is >= (byte)'!' and <= (byte)'~') continue;
            context.ReplyError("ERR Client names cannot contain spaces, newlines or special characters."u8);
            return false;
        }

        context.Client.Name = name.ToArray();
        return true;
    }
}
