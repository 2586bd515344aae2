using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Clients;
using Keyway.Sentinel.Sessions;

namespace Keyway.Sentinel.Commands;

/// <summary>CLIENT, but for KILL.</summary>
internal static class ClientCommands
{
    private static readonly string[] HelpLines =
    [
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
        "REPLY (ON|OFF|SKIP)",
        "    Control the replies sent to the current connection.",
        "SETNAME <name>",
        "    Assign the name <name> to the current connection.",
        "NO-EVICT (ON|OFF)",
        "    Protect current client connection from eviction.",
    ];

    // CLIENT HELP
    public static void Help(in SentinelCall call) => call.ReplyHelp("CLIENT", HelpLines);

    // CLIENT ID
    public static void Id(in SentinelCall call) => call.Reply.WriteInteger(call.Client.Id);

    // CLIENT GETNAME
    public static void GetName(in SentinelCall call)
    {
        if (call.Client.Name.Length == 0) call.Reply.WriteNull(call.Resp3);
        else call.Reply.WriteBulk(call.Client.Name);
    }

    // CLIENT SETNAME connection-name
    public static void SetName(in SentinelCall call)
    {
        if (TrySetName(call, call.Arguments[2])) call.Reply.WriteOk();
    }

    // CLIENT GETREDIR
    public static void GetRedir(in SentinelCall call) => call.Reply.WriteInteger(-1);

    // CLIENT NO-EVICT ON|OFF
    public static void NoEvict(in SentinelCall call)
    {
        bool isOn = call.Is(2, "ON");
        if (!isOn && !call.Is(2, "OFF"))
        {
            call.ReplySyntaxError();
            return;
        }

        call.Client.IsExemptFromEviction = isOn;
        call.Reply.WriteOk();
    }

    // CLIENT REPLY ON|OFF|SKIP
    public static void Reply(in SentinelCall call)
    {
        if (call.Is(2, "ON"))
        {
            call.Client.ReplyMode = ReplyMode.On;
            call.Reply.WriteOk();
        }
        else if (call.Is(2, "OFF"))
        {
            call.Client.ReplyMode = ReplyMode.Off;
        }
        else if (call.Is(2, "SKIP"))
        {
            if (call.Client.ReplyMode != ReplyMode.Off) call.Client.ReplyMode = ReplyMode.SkipNext;
        }
        else
        {
            call.ReplySyntaxError();
        }
    }

    // CLIENT INFO
    public static void Info(in SentinelCall call) => call.Reply.WriteVerbatim(Encoding.Latin1.GetBytes(Describe(call, call.Client) + "\n"), call.Resp3);

    // CLIENT LIST [TYPE NORMAL|MASTER|REPLICA|PUBSUB] [ID client-id [client-id ...]]
    public static void List(in SentinelCall call)
    {
        int count = call.Arguments.Count;
        if (count == 2)
        {
            WriteList(call, call.Server.Clients);
        }
        else if (count == 4 && call.Is(2, "TYPE"))
        {
            if (ClientTypes.TryParse(call.Arguments[3], out ClientType type, out byte[] error)) WriteList(call, call.Server.Clients.Where(client => client.Type == type));
            else call.ReplyError(Encoding.Latin1.GetString(error));
        }
        else if (count > 3 && call.Is(2, "ID"))
        {
            ListIds(call);
        }
        else
        {
            call.ReplySyntaxError();
        }
    }

    /// <summary>An empty name takes the name away. False once an error has been answered.</summary>
    public static bool TrySetName(in SentinelCall call, ReadOnlySpan<byte> name)
    {
        if (name.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            call.ReplyError("ERR Client names cannot contain spaces, newlines or special characters.");
            return false;
        }

        call.Client.Name = name.ToArray();
        return true;
    }

    // In the order asked for, and as often.
    private static void ListIds(in SentinelCall call)
    {
        var found = new List<SentinelClient>();
        for (int i = 3; i < call.Arguments.Count; i++)
        {
            if (!RespNumber.TryParseLong(call.Arguments[i], out long id))
            {
                call.ReplyError("ERR Invalid client ID");
                return;
            }

            if (call.Server.FindClient(id) is { } client) found.Add(client);
        }

        WriteList(call, found);
    }

    private static void WriteList(in SentinelCall call, IEnumerable<SentinelClient> clients)
    {
        var text = new StringBuilder();
        foreach (SentinelClient client in clients) text.Append(Describe(call, client)).Append('\n');
        call.Reply.WriteVerbatim(Encoding.Latin1.GetBytes(text.ToString()), call.Resp3);
    }

    private static string Describe(in SentinelCall call, SentinelClient client) =>
        client == call.Client ? ClientDescription.OfCaller(client, call.Arguments) : ClientDescription.Of(client);
}
