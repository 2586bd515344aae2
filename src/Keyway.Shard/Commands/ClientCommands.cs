using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Blocking;

namespace Keyway.Shard.Commands;

/// <summary>CLIENT, but for KILL.</summary>
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

    // CLIENT INFO
    public static void Info(ref CommandContext context) => context.ReplyVerbatim(Describe(context.Client) + "\n");

    // CLIENT LIST [TYPE NORMAL|MASTER|REPLICA|PUBSUB] [ID client-id [client-id ...]]
    public static void List(ref CommandContext context)
    {
        var ids = new HashSet<long>();
        bool showsNormal = true;
        if (context.Arguments.Count == 4 && Word.Is(context.Arguments[2], "TYPE"u8))
        {
            if (!TryReadType(ref context, context.Arguments[3], out showsNormal)) return;
        }
        else if (context.Arguments.Count > 3 && Word.Is(context.Arguments[2], "ID"u8))
        {
            for (int i = 3; i < context.Arguments.Count; i++)
            {
                if (!RespNumber.TryParseLong(context.Arguments[i], out long id))
                {
                    context.ReplyError("ERR Invalid client ID"u8);
                    return;
                }

                ids.Add(id);
            }
        }
        else if (context.Arguments.Count != 2)
        {
            context.ReplySyntaxError();
            return;
        }

        var text = new StringBuilder();
        for (ClientSession? client = context.Server.FirstClient; client != null && showsNormal; client = client.Next)
        {
            if (ids.Count == 0 || ids.Contains(client.Id)) text.Append(Describe(client)).Append('\n');
        }

        context.ReplyVerbatim(text.ToString());
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
        bool hasMode = context.Arguments.Count == 4;
        bool isMode = hasMode && (Word.Is(context.Arguments[3], "TIMEOUT"u8) || Word.Is(context.Arguments[3], "ERROR"u8));
        if (hasMode && !isMode)
        {
            context.ReplyError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"u8);
            return;
        }

        if (!context.TryReadInteger(2, out long id)) return;
        BlockedRequest? blocked = context.Server.FindClient(id)?.Blocked;
        if (blocked != null) context.Server.Blocked.Release(blocked, withError: hasMode && Word.Is(context.Arguments[3], "ERROR"u8));
        context.ReplyInteger(blocked != null ? 1 : 0);
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

    /// <summary>True unless the type is unknown, which has then been answered. All clients are of the type "normal".</summary>
    public static bool TryReadType(ref CommandContext context, ReadOnlySpan<byte> type, out bool isNormal)
    {
        isNormal = Word.Is(type, "NORMAL"u8);
        bool isKnown = isNormal || Word.Is(type, "MASTER"u8) || Word.Is(type, "REPLICA"u8) || Word.Is(type, "SLAVE"u8) || Word.Is(type, "PUBSUB"u8);
        if (!isKnown) context.ReplyError(CommandContext.Concatenate("ERR Unknown client type '", type, "'"));
        return isKnown;
    }

    private static string Describe(ClientSession client)
    {
        long nowMs = client.Connection.Loop.NowMs;
        string flags = (client.IsUnix ? "U" : "") + (client.IsExemptFromEviction ? "e" : "") + (client.IsClosing ? "c" : "");
        long replyBytes = client.Reply.Length;
        return $"id={client.Id} addr={client.Address} laddr={client.LocalAddress} fd={client.Connection.Descriptor} name={Encoding.Latin1.GetString(client.Name)} "
            + $"age={(nowMs - client.CreatedMs) / 1000} idle={(nowMs - client.LastActiveMs) / 1000} flags={(flags.Length == 0 ? "N" : flags)} "
            + $"db={client.Database.Index} sub=0 psub=0 ssub=0 multi=-1 qbuf={client.HeldBytes} qbuf-free=0 argv-mem=0 multi-mem=0 "
            + $"rbs=0 rbp=0 obl={replyBytes} oll=0 omem={replyBytes} tot-mem={client.HeldBytes + replyBytes} events=r "
            + $"cmd={client.LastCommand?.Name ?? "NULL"} user=default redir=-1 resp={(client.IsResp3 ? 3 : 2)}";
    }
}
