using System.Text;

namespace Keyway.Testing.RealServers;

/// <summary>
/// A decoded reply. <see cref="Kind"/> is its RESP type byte ('+', '-', ':', '$', '*', '%', '~', '_', …); RESP2's nulls keep theirs.
/// A map's <see cref="Items"/> are its keys and values in turn. Compares by content.
/// </summary>
public sealed record RespValue(char Kind, string Text, IReadOnlyList<RespValue> Items, bool IsNull = false)
{
    public bool IsError => Kind is '-' or '!';

    public long Integer => long.Parse(Text);

    public int Count => Items.Count;

    public RespValue this[int index] => Items[index];

    /// <summary>The value beside a key, in a map or in an array of pairs.</summary>
    public RespValue this[string key]
    {
        get
        {
            for (int i = 0; i + 1 < Items.Count; i += 2)
            {
                if (Items[i].Text == key) return Items[i + 1];
            }
            throw new KeyNotFoundException($"no '{key}' in {this}");
        }
    }

    public string[] Texts => [.. Items.Select(item => item.Text)];

    public static RespValue Parse(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        return Parse(bytes, ref position);
    }

    public bool Equals(RespValue? other) =>
        other is not null && Kind == other.Kind && IsNull == other.IsNull && Text == other.Text && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => HashCode.Combine(Kind, Text, Items.Count);

    /// <summary>One line, for messages of failing tests.</summary>
    public override string ToString()
    {
        if (IsNull) return $"{Kind}null";
        return Kind switch
        {
            '*' or '%' or '~' or '>' => $"{Kind}[{string.Join(", ", Items)}]",
            '$' or '=' => $"\"{Text}\"",
            _ => $"{Kind}{Text}",
        };
    }

    private static RespValue Parse(ReadOnlySpan<byte> bytes, ref int position)
    {
        ReadOnlySpan<byte> rest = bytes[position..];
        int lineEnd = rest.IndexOf("\r\n"u8);
        char kind = (char)rest[0];
        string text = Encoding.Latin1.GetString(rest[1..lineEnd]);
        position += lineEnd + 2;

        switch (kind)
        {
            case '_':
            case '$' or '*' when text == "-1":
                return new RespValue(kind, "", [], IsNull: true);
            case '$' or '=' or '!':
                int length = int.Parse(text);
                string payload = Encoding.Latin1.GetString(bytes.Slice(position, length));
                position += length + 2;
                return new RespValue(kind, payload, []);
            case '*' or '~' or '>':
                return new RespValue(kind, "", ParseItems(bytes, ref position, long.Parse(text)));
            case '%':
                return new RespValue(kind, "", ParseItems(bytes, ref position, 2 * long.Parse(text)));
            case '|':
                ParseItems(bytes, ref position, 2 * long.Parse(text));
                return Parse(bytes, ref position);
            default:
                return new RespValue(kind, text, []);
        }
    }

    private static List<RespValue> ParseItems(ReadOnlySpan<byte> bytes, ref int position, long count)
    {
        var items = new List<RespValue>();
        for (long i = 0; i < count; i++) items.Add(Parse(bytes, ref position));
        return items;
    }
}
