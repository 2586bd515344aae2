using System.Text;
using Keyway.Gateway.Local.Clients;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Scripts;

/// <summary>
/// SCRIPT and FUNCTION, as far as they concern every shard: a script may be called with any shard's keys, so all have the same ones. (EVAL, FCALL and their
/// kin go where their keys are, as other commands do; FUNCTION LIST and DUMP to the first shard of the pool's catch-all.)
/// </summary>
internal sealed class ScriptRequests(GatewayLoop loop, Router router, RequestSplitter splitter)
{
    private static readonly string[] ScriptHelp =
    [
        "SCRIPT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "EXISTS <sha1> [<sha1> ...]",
        "    Tells for each script whether EVALSHA would find it.",
        "FLUSH [ASYNC|SYNC]",
        "    Forgets all scripts, on every shard and here.",
        "KILL",
        "    Stops the scripts that are running, on every shard.",
        "LOAD <script>",
        "    Loads a script on every shard, and remembers it for shards to come.",
        "HELP",
        "    Prints this text.",
    ];

    private static readonly string[] FunctionHelp =
    [
        "FUNCTION <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "LOAD [REPLACE] <FUNCTION CODE>",
        "    Adds a library, on every shard.",
        "DELETE <LIBRARY NAME>",
        "    Removes a library, on every shard.",
        "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
        "    Describes the libraries of the first shard.",
        "STATS",
        "    Tells which function is running, and what engines there are.",
        "KILL",
        "    Stops the functions that are running, on every shard.",
        "FLUSH [ASYNC|SYNC]",
        "    Removes all libraries, on every shard.",
        "DUMP",
        "    Serializes the libraries of the first shard.",
        "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
        "    Brings libraries back, on every shard.",
        "HELP",
        "    Prints this text.",
    ];

    private readonly AsideRequests _aside = new(loop);

    private ScriptLibrary Library => loop.Info.Scripts;

    /// <summary>What the router does with a row of the group.</summary>
    public static RouteKind KindOf(Command row) => row.Request switch
    {
        RequestPolicy.Refused => RouteKind.Refused,
        RequestPolicy.OneUnit when row.Parent is null || row.Name is "function|dump" or "function|list" => RouteKind.OneUnit,
        _ => RouteKind.Script,
    };

    /// <summary>As the router's own: true when the request was taken, false when the session is blocked.</summary>
    public bool Route(ClientSession session, Command row, Arguments arguments, ReadOnlySpan<byte> frame)
    {
        switch (row.Name)
        {
            case "script|help":
                WriteHelp(session, row, ScriptHelp);
                return true;
            case "function|help":
                WriteHelp(session, row, FunctionHelp);
                return true;
            case "script|load":
                int bodyStart = frame.Length - 2 - arguments[2].Length;
                return splitter.SendToAll(session, row, frame, new LoadReply(Library, new RememberedScript(frame.ToArray(), bodyStart)));
            case "script|exists":
                return splitter.SendToAll(session, row, frame, new ExistsReply(Remembered(arguments)));
            case "script|flush":
                return Flush(session, row, arguments, frame);
            case "script|kill" or "function|kill":
                return _aside.Ask(session, row, frame);
            case "function|stats":
                return _aside.Ask(session, row, frame, StatsReply.Instance);
            default:
                return splitter.SendToAll(session, row, frame);
        }
    }

    private bool Flush(ClientSession session, Command row, Arguments arguments, ReadOnlySpan<byte> frame)
    {
        bool isRight = arguments.Count == 2
            || (arguments.Count == 3 && (Ascii.EqualsIgnoreCase(arguments[2], "SYNC"u8) || Ascii.EqualsIgnoreCase(arguments[2], "ASYNC"u8)));
        if (!isRight)
        {
            router.Refuse(session, row, "ERR SCRIPT FLUSH only support SYNC|ASYNC option"u8);
            return true;
        }

        // First of all: what a shard has forgotten must not come back from here.
        if (!splitter.SendToAll(session, row, frame)) return false;
        Library.Clear();
        return true;
    }

    private bool[] Remembered(Arguments arguments)
    {
        var remembered = new bool[arguments.Count - 2];
        for (int i = 0; i < remembered.Length; i++) remembered[i] = Library.Find(arguments[i + 2]) is not null;
        return remembered;
    }

    private static void WriteHelp(ClientSession session, Command row, string[] lines)
    {
        session.Pool.Counters.Of(row.Id).Ok++;
        ReplyBuffer reply = session.BeginReply();
        ClientCommands.WriteHelp(reply, lines);
        session.EndReply(reply);
    }
}
