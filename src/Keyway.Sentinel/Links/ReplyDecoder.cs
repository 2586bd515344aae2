using System.Globalization;
using System.Text;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Links;

/// <summary>Reads a whole RESP2 reply as far as a sentinel understands replies: an array's elements are looked into, what lies deeper is not.</summary>
internal static class ReplyDecoder
{
    private const int MostItems = 64;                    // nothing that a sentinel asks for is answered with more

    /// <param name="reply">Found whole by a scanner.</param>
    public static SentinelReply Decode(ReadOnlySpan<byte> reply)
    {
        if (reply[0] != '*') return DecodeScalar(ref reply);

        long count = Number(TakeLine(ref reply));
        if (count is < 0 or > MostItems) return SentinelReply.Other;
        var items = new SentinelReply[count];
        for (int i = 0; i < count; i++)
        {
            if (reply[0] is not ((byte)'+' or (byte)'-' or (byte)':' or (byte)'$')) return SentinelReply.Other;
            items[i] = DecodeScalar(ref reply);
        }

        return SentinelReply.Array(items);
    }

    private static SentinelReply DecodeScalar(ref ReadOnlySpan<byte> reply)
    {
        ReadOnlySpan<byte> line = TakeLine(ref reply);
        switch (line[0])
        {
            case (byte)'+':
                return SentinelReply.Status(Encoding.UTF8.GetString(line[1..]));
            case (byte)'-':
                return SentinelReply.Error(Encoding.UTF8.GetString(line[1..]));
            case (byte)':':
                return SentinelReply.Integer(Number(line));
            case (byte)'$' when Number(line) is >= 0 and var length:
                string text = Encoding.UTF8.GetString(reply[..(int)length]);
                reply = reply[((int)length + 2)..];
                return SentinelReply.Bulk(text);
            default:
                return SentinelReply.Other;
        }
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> reply)
    {
        int end = reply.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = reply[..end];
        reply = reply[(end + 2)..];
        return line;
    }

    private static long Number(ReadOnlySpan<byte> line) => long.TryParse(line[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : -1;
}
