namespace Keyway.Protocol;

/// <summary>
/// Splits a line that a person typed, SET k "a b", into arguments. Blanks separate; "…" knows the escapes \n \r \t \b \a and \xHH,
/// and a backslash before anything else stands for that; '…' knows only \'. Quotes may open in mid-word, but behind a closing one a
/// blank must follow.
/// </summary>
internal static class InlineSplitter
{
    /// <param name="line">Without its line end; holds no NUL.</param>
    /// <param name="content">Receives the contents one behind the other; as long as the line suffices.</param>
    /// <param name="lengths">Receives the arguments' lengths; one more than half of the line's length suffices.</param>
    /// <returns>How many arguments there are; -1 when quotes do not balance.</returns>
    public static int Split(ReadOnlySpan<byte> line, Span<byte> content, Span<int> lengths)
    {
        int count = 0;
        int written = 0;
        int position = 0;
        while (true)
        {
            while (position < line.Length && IsBlank(line[position])) position++;
            if (position == line.Length) return count;

            int length = ReadWord(line, ref position, content[written..]);
            if (length < 0) return -1;

            lengths[count++] = length;
            written += length;
        }
    }

    private static int ReadWord(ReadOnlySpan<byte> line, ref int position, Span<byte> content)
    {
        int length = 0;
        while (position < line.Length)
        {
            byte b = line[position++];
            switch (b)
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':   // unlike between words, VT and FF do not end one
                    return length;

                case (byte)'"' or (byte)'\'':
                    int quoted = b == '"'
                        ? ReadDoubleQuoted(line, ref position, content[length..])
                        : ReadSingleQuoted(line, ref position, content[length..]);
                    bool followed = position < line.Length && !IsBlank(line[position]);
                    return quoted < 0 || followed ? -1 : length + quoted;

                default:
                    content[length++] = b;
                    break;
            }
        }

        return length;
    }

    private static int ReadDoubleQuoted(ReadOnlySpan<byte> line, ref int position, Span<byte> content)
    {
        int length = 0;
        while (position < line.Length)
        {
            byte b = line[position++];
            if (b == '"') return length;
            if (b == '\\' && position < line.Length) b = ReadEscape(line, ref position);
            content[length++] = b;
        }

        return -1;
    }

    private static byte ReadEscape(ReadOnlySpan<byte> line, ref int position)
    {
        byte b = line[position++];
        if (b == 'x' && position + 1 < line.Length)
        {
            int high = HexDigit(line[position]);
            int low = HexDigit(line[position + 1]);
            if (high >= 0 && low >= 0)
            {
                position += 2;
                return (byte)(high * 16 + low);
            }
        }

        return b switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            _ => b,
        };
    }

    private static int ReadSingleQuoted(ReadOnlySpan<byte> line, ref int position, Span<byte> content)
    {
        int length = 0;
        while (position < line.Length)
        {
            byte b = line[position++];
            if (b == '\'') return length;
            if (b == '\\' && position < line.Length && line[position] == '\'') b = line[position++];
            content[length++] = b;
        }

        return -1;
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    private static int HexDigit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
