using System.Globalization;
using System.Text;

namespace Keyway.Client;

/// <summary>Replies as redis-cli shows them: raw for programs, with types and numbers for people. Bytes stay bytes.</summary>
internal static class ReplyPrinter
{
    /// <summary>Latin-1, so that every byte has its character; written out the same way.</summary>
    public static string Raw(RedisReply reply)
    {
        if (reply.IsError) return reply.Text + "\n";
        if (reply.IsNull) return "";
        if (!reply.IsAggregate) return reply.Type == '#' ? (reply.Text == "t" ? "(true)" : "(false)") : reply.Text;

        var text = new StringBuilder();
        for (int i = 0; i < reply.Elements.Count; i++)
        {
            // A map's key and value share a line.
            if (i > 0) text.Append(reply.Type == '%' && i % 2 == 1 ? ' ' : '\n');
            text.Append(Raw(reply.Elements[i]));
        }

        return text.ToString();
    }

    public static string Human(RedisReply reply) => Human(reply, "");

    private static string Human(RedisReply reply, string prefix)
    {
        if (reply.IsAggregate) return HumanAggregate(reply, prefix);
        if (reply.IsNull) return "(nil)\n";

        return reply.Type switch
        {
            '-' or '!' => $"(error) {reply.Text}\n",
            ':' => $"(integer) {reply.Text}\n",
            ',' => $"(double) {reply.Text}\n",
            '#' => reply.Text == "t" ? "(true)\n" : "(false)\n",
            '+' or '(' => $"{reply.Text}\n",
            _ => Quoted(reply.Bytes!) + "\n",
        };
    }

    private static string HumanAggregate(RedisReply reply, string prefix)
    {
        bool isMap = reply.Type == '%';
        if (reply.Elements.Count == 0)
            return reply.Type switch { '%' => "(empty hash)\n", '~' => "(empty set)\n", '>' => "(empty push)\n", _ => "(empty array)\n" };

        int count = CountOf(reply);
        int width = count.ToString(CultureInfo.InvariantCulture).Length;
        string nested = prefix + new string(' ', width + 2);
        char separator = reply.Type switch { '%' => '#', '~' => '~', _ => ')' };
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            // The first line stands behind the number of the aggregate itself.
            text.Append(i == 0 ? "" : prefix).Append((i + 1).ToString(CultureInfo.InvariantCulture).PadLeft(width)).Append(separator).Append(' ');
            if (isMap)
            {
                string key = Human(reply.Elements[2 * i], nested);
                RedisReply value = reply.Elements[(2 * i) + 1];
                text.Append(key, 0, key.Length - 1).Append(" => ");
                if (CountOf(value) > 1) text.Append('\n').Append(nested);   // a lone element stays on the line
                text.Append(Human(value, nested));
            }
            else
            {
                text.Append(Human(reply.Elements[i], nested));
            }
        }

        return text.ToString();
    }

    private static int CountOf(RedisReply reply) => reply.Type == '%' ? reply.Elements.Count / 2 : reply.Elements.Count;

    private static string Quoted(byte[] bytes)
    {
        var text = new StringBuilder("\"");
        foreach (byte b in bytes)
        {
            text.Append((char)b switch
            {
                '\\' => "\\\\",
                '"' => "\\\"",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\a' => "\\a",
                '\b' => "\\b",
                >= ' ' and <= '~' and var printable => printable.ToString(),
                _ => $"\\x{b:x2}",
            });
        }

        return text.Append('"').ToString();
    }
}
