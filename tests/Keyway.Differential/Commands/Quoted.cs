using System.Text;

namespace Keyway.Differential.Commands;

/// <summary>Words and replies as people can read them and redis-cli can take them.</summary>
internal static class Quoted
{
    private const int ShownReply = 600;

    /// <summary>The word as it is where that is unambiguous, else in double quotes with escapes.</summary>
    public static void Append(StringBuilder line, string word)
    {
        if (word.Length > 0 && word.All(IsPlain))
        {
            line.Append(word);
            return;
        }

        line.Append('"');
        foreach (char c in word)
        {
            if (c is '"' or '\\') line.Append('\\').Append(c);
            else if (c is >= ' ' and < '\x7f') line.Append(c);
            else line.Append($"\\x{(int)c:x2}");
        }

        line.Append('"');
    }

    /// <summary>The bytes of a reply in one line.</summary>
    public static string Reply(ReadOnlySpan<byte> reply)
    {
        var text = new StringBuilder();
        foreach (byte b in reply[..Math.Min(reply.Length, ShownReply)])
        {
            if (b == '\r') text.Append("\\r");
            else if (b == '\n') text.Append("\\n");
            else if (b is >= (byte)' ' and < 0x7f) text.Append((char)b);
            else text.Append($"\\x{b:x2}");
        }

        if (reply.Length > ShownReply) text.Append($"… ({reply.Length} bytes)");
        return text.ToString();
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || "_-+.:,;*?[]()^$#@!%&=<>/|~{}".Contains(c);
}
