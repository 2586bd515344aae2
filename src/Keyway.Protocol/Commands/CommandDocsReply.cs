using System.Collections.Immutable;

namespace Keyway.Protocol.Commands;

/// <summary>What COMMAND DOCS says of a command: a map of what people and redis-cli's hints want to know.</summary>
internal static class CommandDocsReply
{
    // COMMAND DOCS [name...]: names that do not exist are left out.
    public static void Write(in Arguments arguments, ReplyBuffer reply, bool resp3, CommandSet all, Func<Command, bool> isServed)
    {
        var commands = new List<Command>();
        if (arguments.Count == 2) commands.AddRange(all.TopLevel.Where(isServed));
        for (int i = 2; i < arguments.Count; i++)
        {
            Command? command = all.FindFullName(arguments[i]);
            if (command is not null && isServed(command)) commands.Add(command);
        }
        WriteAll(commands, reply, resp3, isServed);
    }

    private static void WriteAll(List<Command> commands, ReplyBuffer reply, bool resp3, Func<Command, bool> isServed)
    {
        reply.WriteMap(commands.Count, resp3);
        foreach (Command command in commands)
        {
            reply.WriteBulk(command.NameBytes);
            Write(command, reply, resp3, isServed);
        }
    }

    private static void Write(Command command, ReplyBuffer reply, bool resp3, Func<Command, bool> isServed)
    {
        ImmutableArray<CommandArgument> arguments = SyntaxReader.Read(command.Syntax);
        List<Command> subcommands = [.. command.Subcommands.Where(isServed)];
        string[] flags = [.. command.IsInternal ? ["syscmd"] : (string[])[], .. command.DeprecatedSince is null ? (string[])[] : ["deprecated"]];

        int facts = 3 + Count(command.Complexity is not null) + Count(flags.Length > 0) + (2 * Count(command.DeprecatedSince is not null))
            + Count(arguments.Length > 0) + Count(subcommands.Count > 0);
        reply.WriteMap(facts, resp3);
        WriteFact("summary"u8, command.Summary, reply);
        WriteFact("since"u8, command.Since, reply);
        WriteFact("group"u8, command.Group, reply);
        if (command.Complexity is not null) WriteFact("complexity"u8, command.Complexity, reply);
        if (flags.Length > 0)
        {
            reply.WriteBulk("doc_flags"u8);
            CommandReplies.WriteStatuses(reply, flags, resp3);
        }
        if (command.DeprecatedSince is not null)
        {
            WriteFact("deprecated_since"u8, command.DeprecatedSince, reply);
            WriteFact("replaced_by"u8, command.ReplacedBy!, reply);
        }
        if (arguments.Length > 0)
        {
            int keysSoFar = 0;
            reply.WriteBulk("arguments"u8);
            WriteArguments(command, arguments, reply, resp3, ref keysSoFar);
        }
        if (subcommands.Count > 0)
        {
            reply.WriteBulk("subcommands"u8);
            WriteAll(subcommands, reply, resp3, isServed);
        }
    }

    private static void WriteArguments(Command command, ImmutableArray<CommandArgument> arguments, ReplyBuffer reply, bool resp3, ref int keysSoFar)
    {
        reply.WriteArray(arguments.Length);
        foreach (CommandArgument argument in arguments)
        {
            string[] flags = FlagsOf(argument);
            bool isKey = argument.Type == "key" || (argument.Type == "pattern" && command.Rule == KeyRule.Sort);
            reply.WriteMap(2 + Count(isKey) + Count(argument.Token is not null) + Count(flags.Length > 0) + Count(argument.Parts.Length > 0), resp3);
            WriteFact("name"u8, argument.Name, reply);
            WriteFact("type"u8, argument.Type, reply);
            if (isKey)
            {
                reply.WriteBulk("key_spec_index"u8);
                reply.WriteInteger(SpecOf(command, argument, ref keysSoFar));
            }
            if (argument.Token is not null) WriteFact("token"u8, argument.Token, reply);
            if (flags.Length > 0)
            {
                reply.WriteBulk("flags"u8);
                CommandReplies.WriteStatuses(reply, flags, resp3);
            }
            if (argument.Parts.Length > 0)
            {
                reply.WriteBulk("arguments"u8);
                WriteArguments(command, argument.Parts, reply, resp3, ref keysSoFar);
            }
        }
    }

    // Keys and specifications come in the same order, except that SORT's second one is of the keys that BY and GET mean.
    private static int SpecOf(Command command, CommandArgument argument, ref int keysSoFar)
    {
        if (argument.Type == "pattern") return 1;

        int last = command.KeySpecs.Length - 1;
        int keys = keysSoFar++;
        return command.Rule == KeyRule.Sort && keys > 0 ? last : Math.Min(keys, last);
    }

    private static string[] FlagsOf(CommandArgument argument)
    {
        var flags = new List<string>();
        if (argument.IsOptional) flags.Add("optional");
        if (argument.IsMultiple) flags.Add("multiple");
        if (argument.RepeatsToken) flags.Add("multiple_token");
        return [.. flags];
    }

    private static int Count(bool present) => present ? 1 : 0;

    private static void WriteFact(ReadOnlySpan<byte> name, string value, ReplyBuffer reply)
    {
        reply.WriteBulk(name);
        reply.WriteBulk(value);
    }
}
