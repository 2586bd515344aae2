namespace Keyway.Protocol.Commands;

/// <summary>What COMMAND and COMMAND INFO say of a command: ten elements, in RESP3 with sets and maps.</summary>
internal static class CommandInfoReply
{
    public static void WriteAll(ReplyBuffer reply, bool resp3, CommandSet commands, Func<Command, bool> isServed)
    {
        Command[] served = [.. commands.TopLevel.Where(isServed)];
        reply.WriteArray(served.Length);
        foreach (Command command in served) Write(command, reply, resp3, isServed);
    }

    // COMMAND INFO [name...]
    public static void Write(in Arguments arguments, ReplyBuffer reply, bool resp3, CommandSet commands, Func<Command, bool> isServed)
    {
        if (arguments.Count == 2)
        {
            WriteAll(reply, resp3, commands, isServed);
            return;
        }

        reply.WriteArray(arguments.Count - 2);
        for (int i = 2; i < arguments.Count; i++)
        {
            Command? command = commands.FindFullName(arguments[i]);
            if (command is null || !isServed(command)) reply.WriteNull(resp3);
            else Write(command, reply, resp3, isServed);
        }
    }

    private static void Write(Command command, ReplyBuffer reply, bool resp3, Func<Command, bool> isServed)
    {
        reply.WriteArray(10);
        reply.WriteBulk(command.NameBytes);
        reply.WriteInteger(command.Arity);
        CommandReplies.WriteStatuses(reply, CommandNames.Of(command.Flags), resp3);
        reply.WriteInteger(command.FirstKey);
        reply.WriteInteger(command.LastKey);
        reply.WriteInteger(command.KeyStep);
        CommandReplies.WriteStatuses(reply, CommandNames.Of(command.AclCategories), resp3);

        reply.WriteSet(command.Tips.Length, resp3);
        foreach (string tip in command.Tips) reply.WriteBulk(tip);

        reply.WriteSet(command.KeySpecs.Length, resp3);
        foreach (KeySpec spec in command.KeySpecs) WriteKeySpec(spec, reply, resp3);

        Command[] subcommands = [.. command.Subcommands.Where(isServed)];
        if (subcommands.Length == 0) reply.WriteSet(0, resp3);
        else reply.WriteArray(subcommands.Length);      // a set only where it is empty: so does Redis
        foreach (Command subcommand in subcommands) Write(subcommand, reply, resp3, isServed);
    }

    private static void WriteKeySpec(KeySpec spec, ReplyBuffer reply, bool resp3)
    {
        reply.WriteMap(spec.Note is null ? 3 : 4, resp3);
        if (spec.Note is not null)
        {
            reply.WriteBulk("notes"u8);
            reply.WriteBulk(spec.Note);
        }
        reply.WriteBulk("flags"u8);
        CommandReplies.WriteStatuses(reply, CommandNames.Of(spec.Access), resp3);

        reply.WriteBulk("begin_search"u8);
        switch (spec.Search)
        {
            case KeySearch.Index:
                WriteHeader("index"u8, 1, reply, resp3);
                WriteFact("index"u8, spec.Start, reply);
                break;
            case KeySearch.Keyword:
                WriteHeader("keyword"u8, 2, reply, resp3);
                reply.WriteBulk("keyword"u8);
                reply.WriteBulk(spec.Keyword);
                WriteFact("startfrom"u8, spec.Start, reply);
                break;
            default:
                WriteHeader("unknown"u8, 0, reply, resp3);
                break;
        }

        reply.WriteBulk("find_keys"u8);
        switch (spec.Span)
        {
            case KeySpan.Range:
                WriteHeader("range"u8, 3, reply, resp3);
                WriteFact("lastkey"u8, spec.LastKey, reply);
                WriteFact("keystep"u8, spec.Step, reply);
                WriteFact("limit"u8, spec.Share, reply);
                break;
            case KeySpan.Counted:
                WriteHeader("keynum"u8, 3, reply, resp3);
                WriteFact("keynumidx"u8, spec.NumberAt, reply);
                WriteFact("firstkey"u8, spec.FirstKey, reply);
                WriteFact("keystep"u8, spec.Step, reply);
                break;
            default:
                WriteHeader("unknown"u8, 0, reply, resp3);
                break;
        }
    }

    private static void WriteHeader(ReadOnlySpan<byte> type, int facts, ReplyBuffer reply, bool resp3)
    {
        reply.WriteMap(2, resp3);
        reply.WriteBulk("type"u8);
        reply.WriteBulk(type);
        reply.WriteBulk("spec"u8);
        reply.WriteMap(facts, resp3);
    }

    private static void WriteFact(ReadOnlySpan<byte> name, int value, ReplyBuffer reply)
    {
        reply.WriteBulk(name);
        reply.WriteInteger(value);
    }
}
