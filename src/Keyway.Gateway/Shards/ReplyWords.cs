using System.Buffers.Text;
using System.Text;

namespace Keyway.Gateway.Shards;

/// <summary>
/// The words of a whole RESP2 reply, in their order, whatever its nesting: enough for ROLE, INFO and what sentinels say, all of whose arrays
/// are lists of words or of names and values.
/// </summary>
internal static class ReplyWords
{
    private const int MostWords = 100_000;

    /// <param name="reply">Whole, as a <see cref="Protocol.ReplyScanner"/> has measured it.</param>
    public static List<string> Of(ReadOnlySpan<byte> reply)
    {
        var words = new List<string>();
        while (!reply.IsEmpty && words.Count < MostWords)
        {
            int end = reply.IndexOf("\r\n"u8);
            if (end <= 0) break;
            byte type = reply[0];
            ReadOnlySpan<byte> line = reply[1..end];
            reply = reply[(end + 2)..];
            if (type is (byte)'*' or (byte)'%' or (byte)'~') continue;
            if (type is not ((byte)'$' or (byte)'='))
            {
                words.Add(Encoding.UTF8.GetString(line));
                continue;
            }

            // "$3\r\nabc\r\n"; a null has no body
            if (!Utf8Parser.TryParse(line, out int length, out _) || length > reply.Length - 2) break;
            words.Add(length < 0 ? "" : Encoding.UTF8.GetString(reply[..length]));
            if (length >= 0) reply = reply[(length + 2)..];
        }
        return words;
    }

    /// <summary>The text of an error reply; null for any other.</summary>
    public static string? ErrorOf(ReadOnlySpan<byte> reply) => reply[0] == '-' ? Encoding.UTF8.GetString(reply[1..^2]) : null;

    /// <summary>A bulk string's lines of "name:value".</summary>
    public static Dictionary<string, string> Fields(string info)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in info.Split('\n'))
        {
            int colon = line.IndexOf(':');
            if (colon > 0) fields[line[..colon]] = line[(colon + 1)..].TrimEnd('\r');
        }
        return fields;
    }
}
