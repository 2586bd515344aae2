using System.Globalization;
using System.Net;
using System.Text;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;

namespace Keyway.Gateway.Local;

/// <summary>CLIENT: about this connection to the gateway. Connections of the gateway to its shards are nobody's business here.</summary>
internal static class ClientCommands
{
    public const string BadName = "ERR Client names cannot contain spaces, newlines or special characters.";

    private static readonly string[] HelpLines =
    [
        "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GETNAME",
        "    Tells the name of this connection.",
        "ID",
        "    Tells the number of this connection.",
        "INFO",
        "    Describes this connection.",
        "NO-EVICT (ON|OFF)",
        "    Accepted; this gateway evicts no clients.",
        "SETNAME <name>",
        "    Names this connection.",
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
    public static void Info(in LocalCall call) => call.Reply.WriteVerbatim(Encoding.UTF8.GetBytes(Describe(call.Session, call.Command.Name) + "\n"), call.Resp3);

    // CLIENT NO-EVICT ON|OFF
    public static void NoEvict(in LocalCall call)
    {
        bool known = Ascii.EqualsIgnoreCase(call.Arguments[2], "ON"u8) || Ascii.EqualsIgnoreCase(call.Arguments[2], "OFF"u8);
        if (known) call.Reply.WriteOk();
        else call.Reply.WriteError("ERR syntax error"u8);
    }

    // CLIENT HELP
    public static void Help(in LocalCall call) => WriteHelp(call.Reply, HelpLines);

    public static bool IsValidName(ReadOnlySpan<byte> name) => name.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;

    public static void WriteHelp(ReplyBuffer reply, string[] lines)
    {
        reply.WriteArray(lines.Length);
        foreach (string line in lines) reply.WriteSimple(Encoding.ASCII.GetBytes(line));
    }

    private static string Describe(ClientSession session, string command)
    {
        SessionState state = session.State;
        long nowMs = session.Loop.Events.NowMs;
        return string.Create(CultureInfo.InvariantCulture,
            $"id={state.Id} addr={Address(session.Connection.RemoteEndPoint)} laddr={Address(session.Connection.LocalEndPoint)} fd={session.Connection.Descriptor} " +
            $"name={Encoding.UTF8.GetString(state.Name)} age={(nowMs - session.ConnectedAtMs) / 1000} idle={(nowMs - session.LastInputMs) / 1000} flags=N db={state.Database} " +
            $"sub=0 psub=0 ssub=0 multi=-1 qbuf={session.PendingBytes} qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl={session.OutputBytes} oll=0 omem=0 " +
            $"tot-mem={session.PendingBytes + session.OutputBytes} events=r cmd={command} user=default redir=-1 resp={(state.Resp3 ? 3 : 2)}");
    }

    // Redis writes a Unix socket as path:0.
    private static string Address(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint ip => ip.ToString(),
        null => "",
        _ => $"{endPoint}:0",
    };
}
