using System.Text;

namespace Keyway.Protocol.Configuration;

/// <summary>One directive of a configuration with its arguments, as it stood.</summary>
public sealed record ConfLine(string Name, IReadOnlyList<string> Arguments, int Number, string Text)
{
    /// <summary>Splits at blanks; "…" knows \n \r \t \b \a and \xHH, '…' only \'. Null when quotes do not balance.</summary>
    public static List<string>? Split(string text)
    {
        var words = new List<string>();
        int at = 0;
        while (true)
        {
            while (at < text.Length && IsBlank(text[at])) at++;
            if (at == text.Length) return words;

            var word = new StringBuilder();
            if (!TryReadWord(text, ref at, word)) return null;
            words.Add(word.ToString());
        }
    }

    /// <summary>The argument in quotes wherever <see cref="Split"/> would not read it back as it is.</summary>
    public static string Quote(string argument)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in argument)
        {
            quoted.Append(c switch
            {
                '\\' or '"' => $"\\{c}",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\a' => "\\a",
                < ' ' or > '~' => $"\\x{(int)c:x2}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    // Of C's "C" locale: 0x85 and 0xA0 are bytes of longer characters here.
    private static bool IsBlank(char c) => c is ' ' or (>= '\t' and <= '\r');

    private static bool TryReadWord(string text, ref int at, StringBuilder word)
    {
        while (at < text.Length && !IsBlank(text[at]))
        {
            char c = text[at++];
            if (c is not ('"' or '\''))
            {
                word.Append(c);
                continue;
            }

            if (!TryReadQuoted(text, ref at, word, c)) return false;

            // Behind a closing quote a blank must follow.
            return at == text.Length || IsBlank(text[at]);
        }

        return true;
    }

    private static bool TryReadQuoted(string text, ref int at, StringBuilder word, char quote)
    {
        while (at < text.Length)
        {
            char c = text[at++];
            if (c == quote) return true;
            if (c == '\\' && at < text.Length)
            {
                if (quote == '"') c = ReadEscape(text, ref at);
                else if (text[at] == '\'') c = text[at++];
            }

            word.Append(c);
        }

        return false;
    }

    private static char ReadEscape(string text, ref int at)
    {
        char c = text[at++];
        bool isHexadecimal = c == 'x' && at + 1 < text.Length && char.IsAsciiHexDigit(text[at]) && char.IsAsciiHexDigit(text[at + 1]);
        if (isHexadecimal)
        {
            at += 2;
            return (char)Convert.ToByte(text.Substring(at - 2, 2), 16);
        }

        return c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'a' => '\a', _ => c };
    }
}
