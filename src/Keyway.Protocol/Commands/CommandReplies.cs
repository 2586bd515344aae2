using System.Text;

namespace Keyway.Protocol.Commands;

/// <summary>
/// Answers COMMAND and its subcommands, for a gateway as for a shard or a sentinel; each says by a predicate which rows of the table it serves.
/// The arguments are those of the whole request, whose number has been checked.
/// </summary>
public static class CommandReplies
{
    private static readonly string[] Help =
    [
        "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "(no subcommand)",
        "    Return details about all Redis commands.",
        "COUNT",
        "    Return the total number of commands in this Redis server.",
        "LIST",
        "    Return a list of all commands in this Redis server.",
        "INFO [<command-name> ...]",
        "    Return details about multiple Redis commands.",
        "    If no command names are given, documentation details for all",
        "    commands are returned.",
        "DOCS [<command-name> ...]",
        "    Return documentation details about multiple Redis commands.",
        "    If no command names are given, documentation details for all",
        "    commands are returned.",
        "GETKEYS <full-command>",
        "    Return the keys from a full Redis command.",
        "GETKEYSANDFLAGS <full-command>",
        "    Return the keys and the access flags from a full Redis command.",
        "HELP",
        "    Prints this help.",
    ];

    /// <param name="row">COMMAND itself or one of its subcommands.</param>
    public static void Write(Command row, in Arguments arguments, ReplyBuffer reply, bool resp3, Func<Command, bool> isServed) =>
        Write(row, arguments, reply, resp3, CommandTable.OfServers, isServed);

    /// <param name="row">COMMAND itself or one of its subcommands.</param>
    public static void Write(Command row, in Arguments arguments, ReplyBuffer reply, bool resp3, CommandSet commands, Func<Command, bool> isServed)
    {
        switch (row.Name)
        {
            case "command":
                CommandInfoReply.WriteAll(reply, resp3, commands, isServed);
                break;
            case "command|count":
                WriteCount(reply, commands, isServed);
                break;
            case "command|info":
                CommandInfoReply.Write(arguments, reply, resp3, commands, isServed);
                break;
            case "command|docs":
                CommandDocsReply.Write(arguments, reply, resp3, commands, isServed);
                break;
            case "command|list":
                WriteList(arguments, reply, Served(commands, isServed));
                break;
            case "command|getkeys":
                CommandKeysReply.Write(arguments.From(2), reply, resp3, withFlags: false, commands, isServed);
                break;
            case "command|getkeysandflags":
                CommandKeysReply.Write(arguments.From(2), reply, resp3, withFlags: true, commands, isServed);
                break;
            case "command|help":
                WriteHelp(reply);
                break;
            default:
                throw new ArgumentException($"'{row.Name}' is not a row of COMMAND", nameof(row));
        }
    }

    internal static void WriteStatuses(ReplyBuffer reply, string[] names, bool resp3)
    {
        reply.WriteSet(names.Length, resp3);
        foreach (string name in names) reply.WriteSimple(Encoding.ASCII.GetBytes(name));
    }

    private static void WriteCount(ReplyBuffer reply, CommandSet commands, Func<Command, bool> isServed)
    {
        int count = 0;
        foreach (Command command in commands.TopLevel)
        {
            if (isServed(command)) count++;
        }
        reply.WriteInteger(count);
    }

    // COMMAND LIST [FILTERBY (MODULE name | ACLCAT category | PATTERN pattern)]
    private static void WriteList(in Arguments arguments, ReplyBuffer reply, List<Command> served)
    {
        if (arguments.Count == 2)
        {
            WriteNames(reply, served);
            return;
        }

        List<Command>? kept = arguments.Count == 5 && Says(arguments[2], "FILTERBY") ? Filter(arguments, served) : null;
        if (kept is null) reply.WriteError(KeyErrors.Syntax);
        else WriteNames(reply, kept);
    }

    private static List<Command>? Filter(in Arguments arguments, List<Command> commands)
    {
        ReadOnlySpan<byte> operand = arguments[4];
        if (Says(arguments[3], "MODULE"))
        {
            commands.Clear();       // there are no modules
        }
        else if (Says(arguments[3], "ACLCAT"))
        {
            CommandNames.TryParseCategory(Encoding.Latin1.GetString(operand), out AclCategories category);
            commands.RemoveAll(command => (command.AclCategories & category) == 0);
        }
        else if (Says(arguments[3], "PATTERN"))
        {
            byte[] pattern = operand.ToArray();
            commands.RemoveAll(command => !GlobPattern.Matches(pattern, command.NameBytes, ignoreCase: true));
        }
        else
        {
            return null;
        }
        return commands;
    }

    private static List<Command> Served(CommandSet commands, Func<Command, bool> isServed) =>
        [.. commands.All.Where(command => isServed(command) && (command.Parent is null || isServed(command.Parent)))];

    private static void WriteNames(ReplyBuffer reply, List<Command> commands)
    {
        reply.WriteArray(commands.Count);
        foreach (Command command in commands) reply.WriteBulk(command.NameBytes);
    }

    private static void WriteHelp(ReplyBuffer reply)
    {
        reply.WriteArray(Help.Length);
        foreach (string line in Help) reply.WriteSimple(Encoding.ASCII.GetBytes(line));
    }

    private static bool Says(ReadOnlySpan<byte> argument, string word) => Ascii.EqualsIgnoreCase(argument, word);
}
