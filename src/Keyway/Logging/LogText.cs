using System.Globalization;
using System.Text;

namespace Keyway.Logging;

/// <summary>
/// Makes text safe to print: what a peer sent could move a terminal's cursor, or look like a line of our own.
/// </summary>
internal static class LogText
{
    /// <summary>The most of one value, in bytes: enough to recognize it, too little to fill a disk with.</summary>
    public const int LongestValue = 256;

    private const string Ellipsis = "...";

    /// <summary>A value of a message, escaped and cut.</summary>
    public static string Value(object? value)
    {
        string text = value switch
        {
            null => "(null)",
            string s => s,
            byte[] bytes => Encoding.Latin1.GetString(bytes),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        return Cut(Escape(text));
    }

    /// <summary>Control characters as \n, \r, \t or \xHH; other characters that do not print, and halves of pairs, as \uHHHH.</summary>
    public static string Escape(string text)
    {
        int first = FirstToEscape(text);
        if (first < 0) return text;

        var escaped = new StringBuilder(text.Length + 16).Append(text, 0, first);
        for (int i = first; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) escaped.Append(c).Append(text[++i]);
            else if (!NeedsEscape(c)) escaped.Append(c);
            else escaped.Append(Escape(c));
        }

        return escaped.ToString();
    }

    /// <summary>Fills the holes of a message template; values are escaped and cut, the template is ours and stays as it is.</summary>
    public static string Render(string template, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        var text = new StringBuilder(template.Length + 64);
        int next = 0;
        for (int i = 0; i < template.Length; i++)
        {
            char c = template[i];
            if (c is '{' or '}' && i + 1 < template.Length && template[i + 1] == c)
            {
                text.Append(c);
                i++;
            }
            else if (c == '{' && template.IndexOf('}', i) is > 0 and var end)
            {
                text.Append(Value(Find(template.AsSpan(i + 1, end - i - 1), values, next++)));
                i = end;
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    // By place where names agree, as plain calls of a logger have it; else by name, since a message's method has each parameter once,
    // however often and in which order the template shows it.
    private static object? Find(ReadOnlySpan<char> hole, IReadOnlyList<KeyValuePair<string, object?>> values, int place)
    {
        if (place < values.Count && hole.StartsWith(values[place].Key, StringComparison.Ordinal)) return values[place].Value;

        int end = hole.IndexOfAny(':', ',');
        ReadOnlySpan<char> name = end < 0 ? hole : hole[..end];
        foreach ((string key, object? value) in values)
        {
            if (name.SequenceEqual(key)) return value;
        }

        return null;
    }

    private static string Cut(string text)
    {
        if (text.Length <= LongestValue / 4 || Encoding.UTF8.GetByteCount(text) <= LongestValue) return text;

        int bytes = Ellipsis.Length;
        int kept = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > LongestValue) break;
            kept += rune.Utf16SequenceLength;
        }

        return string.Concat(text.AsSpan(0, kept), Ellipsis);
    }

    private static int FirstToEscape(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (NeedsEscape(text[i])) return i;
        }

        return -1;
    }

    private static bool NeedsEscape(char c) =>
        c < ' ' || (c >= '\x7f' && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);

    private static string Escape(char c) => c switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        <= '\xff' => $"\\x{(int)c:x2}",
        _ => $"\\u{(int)c:x4}",
    };
}
