using System.Buffers.Text;

namespace Keyway.Differential.Wire;

/// <summary>Finds where a reply ends. More forgiving than what clients may rely on: Redis puts pushes into EXEC's array when one subscribes in a transaction.</summary>
internal static class ReplyLength
{
    /// <returns>The length of the first reply; 0 while it is incomplete; -1 if this is no RESP.</returns>
    public static int Measure(ReadOnlySpan<byte> input)
    {
        int position = 0;
        for (long open = 1; open > 0; open--)
        {
            int end = input[position..].IndexOf("\r\n"u8);
            if (end < 0) return 0;
            ReadOnlySpan<byte> header = input.Slice(position, end);
            if (header.IsEmpty) return -1;
            position += end + 2;
            switch (header[0])
            {
                case (byte)'$' or (byte)'=' or (byte)'!':
                    if (!TryRead(header, out long length)) return -1;
                    if (length < 0) break;
                    if (length + 2 > input.Length - position) return 0;
                    position += (int)length + 2;
                    break;
                case (byte)'*' or (byte)'~' or (byte)'>':
                    if (!TryRead(header, out long count)) return -1;
                    open += Math.Max(0, count);
                    break;
                case (byte)'%' or (byte)'|':
                    if (!TryRead(header, out long pairs)) return -1;
                    open += (2 * pairs) + (header[0] == '|' ? 1 : 0);       // an attribute precedes the value that it describes
                    break;
                case (byte)'+' or (byte)'-' or (byte)':' or (byte)'_' or (byte)',' or (byte)'#' or (byte)'(':
                    break;
                default:
                    return -1;
            }
        }

        return position;
    }

    private static bool TryRead(ReadOnlySpan<byte> header, out long number) => Utf8Parser.TryParse(header[1..], out number, out int used) && used == header.Length - 1;
}
