using System.Globalization;
using System.Text;

namespace Keyway.Client;

/// <summary>Decodes a reply that the scanner has found whole and well-formed; its nesting is therefore bounded.</summary>
internal static class ReplyDecoder
{
    public static RedisReply Decode(ReadOnlySpan<byte> whole)
    {
        int at = 0;
        return Next(whole, ref at);
    }

    private static RedisReply Next(ReadOnlySpan<byte> bytes, ref int at)
    {
        char type = (char)bytes[at];
        int end = at + bytes[at..].IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = bytes[(at + 1)..(end - 1)];
        at = end + 1;
        switch (type)
        {
            case '$' or '=' or '!':
                int length = Number(line);
                if (length < 0) return new RedisReply('_', null, []);
                byte[] content = bytes.Slice(at, length).ToArray();
                at += length + 2;
                return new RedisReply(type, type == '=' ? content[4..] : content, []);   // "txt:" says how to show it
            case '*' or '~' or '>':
                int count = Number(line);
                return count < 0 ? RedisReply.NullArray : new RedisReply(type, null, Many(bytes, ref at, count));
            case '%':
                return new RedisReply(type, null, Many(bytes, ref at, 2 * Number(line)));
            case '|':
                Many(bytes, ref at, 2 * Number(line));   // an attribute describes what follows; nobody here wants it
                return Next(bytes, ref at);
            case '_':
                return new RedisReply(type, null, []);
            default:
                return new RedisReply(type, line.ToArray(), []);
        }
    }

    private static List<RedisReply> Many(ReadOnlySpan<byte> bytes, ref int at, int count)
    {
        var elements = new List<RedisReply>();
        for (int i = 0; i < count; i++) elements.Add(Next(bytes, ref at));
        return elements;
    }

    private static int Number(ReadOnlySpan<byte> line) =>
        int.Parse(Encoding.ASCII.GetString(line), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
