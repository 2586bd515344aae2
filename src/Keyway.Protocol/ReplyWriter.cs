using System.Diagnostics;
using System.Text;

namespace Keyway.Protocol;

/// <summary>
/// Writes replies. Where RESP3 has a type that RESP2 lacks, the caller says which of both the client speaks, and RESP2 gets the shape
/// that Redis gives it.
/// </summary>
public static class ReplyWriter
{
    private const int MaxHeader = 1 + RespNumber.MaxLongLength + 2;
    private const int WrittenInOnePiece = 1024;   // a longer bulk would rather end one piece and begin the next than skip what is left

    /// <param name="text">Holds no line break.</param>
    public static void WriteSimple(this ReplyBuffer buffer, ReadOnlySpan<byte> text)
    {
        Debug.Assert(!text.ContainsAny((byte)'\r', (byte)'\n'));
        buffer.Append("+"u8);
        buffer.Append(text);
        buffer.Append("\r\n"u8);
    }

    public static void WriteOk(this ReplyBuffer buffer) => buffer.Append("+OK\r\n"u8);

    /// <param name="text">With its code, "ERR syntax error". May quote what a client sent: line breaks become spaces.</param>
    public static void WriteError(this ReplyBuffer buffer, ReadOnlySpan<byte> text)
    {
        buffer.Append("-"u8);
        while (true)
        {
            int lineBreak = text.IndexOfAny((byte)'\r', (byte)'\n');
            if (lineBreak < 0) break;

            buffer.Append(text[..lineBreak]);
            buffer.Append(" "u8);
            text = text[(lineBreak + 1)..];
        }

        buffer.Append(text);
        buffer.Append("\r\n"u8);
    }

    /// <inheritdoc cref="WriteError(ReplyBuffer, ReadOnlySpan{byte})"/>
    public static void WriteError(this ReplyBuffer buffer, string text) => buffer.WriteError(Encoding.UTF8.GetBytes(text));

    public static void WriteInteger(this ReplyBuffer buffer, long value) => buffer.WriteHeader(':', value);

    public static void WriteBulk(this ReplyBuffer buffer, ReadOnlySpan<byte> value)
    {
        if (value.Length > WrittenInOnePiece)
        {
            buffer.WriteHeader('$', value.Length);
            buffer.Append(value);
            buffer.Append("\r\n"u8);
            return;
        }

        Span<byte> target = buffer.GetSpan(MaxHeader + value.Length + 2);
        int length = FormatHeader(target, '$', value.Length);
        value.CopyTo(target[length..]);
        length += value.Length;
        target[length] = (byte)'\r';
        target[length + 1] = (byte)'\n';
        buffer.Advance(length + 2);
    }

    /// <summary>A bulk of what another buffer holds, which is empty afterwards.</summary>
    public static void WriteBulk(this ReplyBuffer buffer, ReplyBuffer value)
    {
        buffer.WriteHeader('$', value.Length);
        value.MoveTo(buffer);
        buffer.Append("\r\n"u8);
    }

    public static void WriteBulk(this ReplyBuffer buffer, string value) => buffer.WriteBulk(Encoding.UTF8.GetBytes(value));

    /// <summary>The missing value.</summary>
    public static void WriteNull(this ReplyBuffer buffer, bool resp3) => buffer.Append(resp3 ? "_\r\n"u8 : "$-1\r\n"u8);

    /// <summary>The missing array: an aborted EXEC, a blocking pop whose time is over.</summary>
    public static void WriteNullArray(this ReplyBuffer buffer, bool resp3) => buffer.Append(resp3 ? "_\r\n"u8 : "*-1\r\n"u8);

    /// <summary>The elements follow.</summary>
    public static void WriteArray(this ReplyBuffer buffer, long count) => buffer.WriteHeader('*', count);

    /// <summary>The keys and values follow, in turns.</summary>
    public static void WriteMap(this ReplyBuffer buffer, long pairs, bool resp3)
    {
        if (resp3) buffer.WriteHeader('%', pairs);
        else buffer.WriteHeader('*', pairs * 2);
    }

    public static void WriteSet(this ReplyBuffer buffer, long count, bool resp3) => buffer.WriteHeader(resp3 ? '~' : '*', count);

    /// <summary>A message that nobody asked for: in RESP2 an array like any other.</summary>
    public static void WritePush(this ReplyBuffer buffer, long count, bool resp3) => buffer.WriteHeader(resp3 ? '>' : '*', count);

    public static void WriteDouble(this ReplyBuffer buffer, double value, bool resp3)
    {
        Span<byte> text = stackalloc byte[RespNumber.MaxDoubleLength];
        int length = RespNumber.FormatDouble(text, value);
        if (resp3) buffer.WriteLine(',', text[..length]);
        else buffer.WriteBulk(text[..length]);
    }

    public static void WriteBool(this ReplyBuffer buffer, bool value, bool resp3)
    {
        if (resp3) buffer.Append(value ? "#t\r\n"u8 : "#f\r\n"u8);
        else buffer.Append(value ? ":1\r\n"u8 : ":0\r\n"u8);
    }

    /// <summary>Text for people to read.</summary>
    public static void WriteVerbatim(this ReplyBuffer buffer, ReadOnlySpan<byte> text, bool resp3)
    {
        if (!resp3)
        {
            buffer.WriteBulk(text);
            return;
        }

        buffer.WriteHeader('=', text.Length + 4L);
        buffer.Append("txt:"u8);
        buffer.Append(text);
        buffer.Append("\r\n"u8);
    }

    /// <param name="digits">An optional minus sign and digits, as many as it takes.</param>
    public static void WriteBigNumber(this ReplyBuffer buffer, ReadOnlySpan<byte> digits, bool resp3)
    {
        if (resp3) buffer.WriteLine('(', digits);
        else buffer.WriteBulk(digits);
    }

    private static void WriteLine(this ReplyBuffer buffer, char marker, ReadOnlySpan<byte> text)
    {
        buffer.Append([(byte)marker]);
        buffer.Append(text);
        buffer.Append("\r\n"u8);
    }

    private static void WriteHeader(this ReplyBuffer buffer, char marker, long number)
    {
        Span<byte> target = buffer.GetSpan(MaxHeader);
        buffer.Advance(FormatHeader(target, marker, number));
    }

    // "$3\r\n"
    private static int FormatHeader(Span<byte> target, char marker, long number)
    {
        target[0] = (byte)marker;
        int length = 2;
        if ((ulong)number <= 9) target[1] = (byte)('0' + number);
        else length = 1 + RespNumber.FormatLong(target[1..], number);

        target[length] = (byte)'\r';
        target[length + 1] = (byte)'\n';
        return length + 2;
    }
}
