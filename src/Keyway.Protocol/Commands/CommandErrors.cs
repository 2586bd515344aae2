using System.Text;

namespace Keyway.Protocol.Commands;

/// <summary>Redis's words for requests that no command can take.</summary>
public static class CommandErrors
{
    private const int QuotedBytes = 128;    // of the name, and of all arguments together

    /// <summary>For a request that <see cref="CommandTable.Resolve"/> finds no row for.</summary>
    public static void WriteUnknown(ReplyBuffer reply, in Arguments arguments) => WriteUnknown(reply, arguments, CommandTable.Find(arguments[0]));

    /// <param name="container">What goes by the first argument's name, if anything does: a server may have renamed commands.</param>
    public static void WriteUnknown(ReplyBuffer reply, in Arguments arguments, Command? container)
    {
        Span<byte> text = stackalloc byte[512];     // 128 + 128 quoted bytes and our own words
        int length = 0;
        if (container is { IsContainer: true } && arguments.Count > 1)
        {
            Put(text, ref length, "ERR unknown subcommand '"u8);
            Put(text, ref length, Quoted(arguments[1], QuotedBytes));
            Put(text, ref length, "'. Try "u8);
            int name = length;
            Put(text, ref length, container.NameBytes);
            Ascii.ToUpperInPlace(text[name..length], out _);
            Put(text, ref length, " HELP."u8);
        }
        else
        {
            Put(text, ref length, "ERR unknown command '"u8);
            Put(text, ref length, Quoted(arguments[0], QuotedBytes));
            Put(text, ref length, "', with args beginning with: "u8);
            int begin = length;
            for (int i = 1; i < arguments.Count && length - begin < QuotedBytes; i++)
            {
                ReadOnlySpan<byte> quoted = Quoted(arguments[i], QuotedBytes - (length - begin));
                Put(text, ref length, "'"u8);
                Put(text, ref length, quoted);
                Put(text, ref length, "' "u8);
            }
        }
        reply.WriteError(text[..length]);
    }

    /// <summary>For a request that <see cref="Command.Takes"/> refuses.</summary>
    public static void WriteWrongArity(ReplyBuffer reply, Command row) => reply.WriteError(WrongArity(row));

    /// <summary>The same, as it stands in other errors too.</summary>
    public static string WrongArity(Command row) => KeyErrors.WrongArity(row);

    // As C prints a string: it ends at the first NUL.
    private static ReadOnlySpan<byte> Quoted(ReadOnlySpan<byte> argument, int atMost)
    {
        argument = argument[..Math.Min(argument.Length, atMost)];
        int nul = argument.IndexOf((byte)0);
        return nul < 0 ? argument : argument[..nul];
    }

    private static void Put(Span<byte> text, ref int length, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(text[length..]);
        length += bytes.Length;
    }
}
