using System.Text;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;

namespace Keyway.Gateway.Local.Clients;

/// <summary>CLIENT, but for LIST and KILL: about connections to the gateway. Those of the gateway to its shards are nobody's business here.</summary>
internal static class ClientCommands
{
    public const string BadName = "ERR Client names cannot contain spaces, newlines or special characters.";

    private static readonly string[] HelpLines =
    [
        "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GETREDIR",
        "    Tells that nothing is redirected: this gateway tracks no keys.",
        "GETNAME",
        "    Tells the name of this connection.",
        "ID",
        "    Tells the number of this connection.",
        "INFO",
        "    Describes this connection.",
        "KILL <ip:port>",
        "    Closes the connection made from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    Closes connections. Options are:",
        "    * ID <client-id>",
        "    * ADDR (<ip:port>|<unixsocket>:0)",
        "    * LADDR (<ip:port>|<unixsocket>:0)",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "    * USER <username>",
        "    * SKIPME (YES|NO)",
        "      Leaves this connection out (default: yes).",
        "LIST [options ...]",
        "    Describes the connections to this gateway, of all pools. Options:",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "    * ID <client-id> [<client-id> ...]",
        "UNPAUSE",
        "    Ends a pause.",
        "PAUSE <timeout> [WRITE|ALL]",
        "    Lets all requests, or only those that write, wait for <timeout> milliseconds.",
        "REPLY (ON|OFF|SKIP)",
        "    Turns the replies to this connection on or off, or leaves out the next one.",
        "SETINFO (LIB-NAME|LIB-VER) <text>",
        "    Notes the library that this connection is made with; CLIENT LIST shows it.",
        "SETNAME <name>",
        "    Names this connection.",
        "UNBLOCK <clientid> [TIMEOUT|ERROR]",
        "    Ends the wait of a connection that is blocked.",
        "TRACKINGINFO",
        "    Tells that no keys are tracked.",
        "NO-EVICT (ON|OFF)",
        "    Accepted; this gateway evicts no clients.",
        "HELP",
        "    Prints this text.",
    ];

    // CLIENT ID
    public static void Id(in LocalCall call) => call.Reply.WriteInteger(call.Session.State.Id);

    // CLIENT GETNAME
    public static void GetName(in LocalCall call)
    {
        byte[] name = call.Session.State.Name;
        if (name.Length == 0) call.Reply.WriteNull(call.Resp3);
        else call.Reply.WriteBulk(name);
    }

    // CLIENT SETNAME connection-name
    public static void SetName(in LocalCall call)
    {
        if (!IsValidName(call.Arguments[2]))
        {
            call.Reply.WriteError(BadName);
            return;
        }
        call.Session.State.Name = call.Arguments[2].ToArray();
        call.Reply.WriteOk();
    }

    // CLIENT INFO
    public static void Info(in LocalCall call) =>
        call.Reply.WriteVerbatim(Encoding.Latin1.GetBytes(SessionDescription.Of(call.Session) + "\n"), call.Resp3);

    // CLIENT NO-EVICT ON|OFF
    public static void NoEvict(in LocalCall call)
    {
        bool on = Ascii.EqualsIgnoreCase(call.Arguments[2], "ON"u8);
        if (!on && !Ascii.EqualsIgnoreCase(call.Arguments[2], "OFF"u8))
        {
            call.Reply.WriteError("ERR syntax error"u8);
            return;
        }
        call.Session.State.IsExemptFromEviction = on;
        call.Reply.WriteOk();
    }

    // CLIENT REPLY ON|OFF|SKIP
    public static void Reply(in LocalCall call)
    {
        SessionState state = call.Session.State;
        if (Ascii.EqualsIgnoreCase(call.Arguments[2], "ON"u8))
        {
            state.Replies = ReplyMode.On;
            call.Reply.WriteOk();
        }
        else if (Ascii.EqualsIgnoreCase(call.Arguments[2], "OFF"u8))
        {
            state.Replies = ReplyMode.Off;
        }
        else if (Ascii.EqualsIgnoreCase(call.Arguments[2], "SKIP"u8))
        {
            // Of two in a row the first keeps the second silent, which keeps the next one silent.
            if (state.Replies != ReplyMode.Off) state.Replies = state.Replies == ReplyMode.On ? ReplyMode.Skip : ReplyMode.SkipNext;
        }
        else
        {
            call.Reply.WriteError("ERR syntax error"u8);
        }
    }

    // CLIENT PAUSE timeout [WRITE|ALL]
    public static void Pause(in LocalCall call)
    {
        Arguments arguments = call.Arguments;
        if (arguments.Count > 4)
        {
            call.Reply.WriteError(Encoding.Latin1.GetBytes(WrongUse(arguments[1])));
            return;
        }
        bool onlyWrites = arguments.Count == 4 && Ascii.EqualsIgnoreCase(arguments[3], "WRITE"u8);
        if (arguments.Count == 4 && !onlyWrites && !Ascii.EqualsIgnoreCase(arguments[3], "ALL"u8))
            call.Reply.WriteError("ERR CLIENT PAUSE mode must be WRITE or ALL"u8);
        else if (!RespNumber.TryParseLong(arguments[2], out long durationMs))
            call.Reply.WriteError("ERR timeout is not an integer or out of range"u8);
        else if (durationMs < 0)
            call.Reply.WriteError("ERR timeout is negative"u8);
        else
            TellAll(in call, loop => loop.Pause.Begin(durationMs, holdsAll: !onlyWrites));
    }

    // CLIENT UNPAUSE
    public static void Unpause(in LocalCall call) => TellAll(in call, loop => loop.Pause.End());

    // CLIENT UNBLOCK client-id [TIMEOUT|ERROR]
    public static void Unblock(in LocalCall call)
    {
        Arguments arguments = call.Arguments;
        bool asError = arguments.Count == 4 && Ascii.EqualsIgnoreCase(arguments[3], "ERROR"u8);
        if (arguments.Count > 4)
        {
            call.Reply.WriteError(Encoding.Latin1.GetBytes(WrongUse(arguments[1])));
        }
        else if (arguments.Count == 4 && !asError && !Ascii.EqualsIgnoreCase(arguments[3], "TIMEOUT"u8))
        {
            call.Reply.WriteError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"u8);
        }
        else if (!RespNumber.TryParseLong(arguments[2], out long id))
        {
            call.Reply.WriteError("ERR value is not an integer or out of range"u8);
        }
        else
        {
            call.Session.Loop.Info.Questions.AskFor(
                call.Session,
                loop => loop.Sessions.FirstOrDefault(session => session.State.Id == id)?.TryEndWait(asError) ?? false,
                (unblocked, reply, _) => reply.WriteInteger(unblocked.Contains(true) ? 1 : 0));
        }
    }

    // CLIENT GETREDIR
    public static void GetRedir(in LocalCall call) => call.Reply.WriteInteger(-1);

    // CLIENT TRACKINGINFO
    public static void TrackingInfo(in LocalCall call)
    {
        call.Reply.WriteMap(3, call.Resp3);
        call.Reply.WriteBulk("flags"u8);
        call.Reply.WriteSet(1, call.Resp3);
        call.Reply.WriteBulk("off"u8);
        call.Reply.WriteBulk("redirect"u8);
        call.Reply.WriteInteger(-1);
        call.Reply.WriteBulk("prefixes"u8);
        call.Reply.WriteArray(0);
    }

    // CLIENT HELP
    public static void Help(in LocalCall call) => WriteHelp(call.Reply, HelpLines);

    public static bool IsValidName(ReadOnlySpan<byte> name) => name.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;

    public static void WriteHelp(ReplyBuffer reply, string[] lines)
    {
        reply.WriteArray(lines.Length);
        foreach (string line in lines) reply.WriteSimple(Encoding.ASCII.GetBytes(line));
    }

    /// <summary>Redis's words for too many arguments to a subcommand whose row takes any number.</summary>
    public static string WrongUse(ReadOnlySpan<byte> subcommand) =>
        $"ERR unknown subcommand or wrong number of arguments for '{Encoding.Latin1.GetString(subcommand)}'. Try CLIENT HELP.";

    // Answered once every loop has heard: who reads the OK may rely on it.
    private static void TellAll(in LocalCall call, Action<GatewayLoop> what) =>
        call.Session.Loop.Info.Questions.AskFor(
            call.Session,
            loop =>
            {
                what(loop);
                return true;
            },
            (_, reply, _) => reply.WriteOk());
}
