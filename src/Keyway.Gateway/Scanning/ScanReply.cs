using System.Buffers.Text;
using Keyway.Gateway.Routing;
using Keyway.Protocol;

namespace Keyway.Gateway.Scanning;

/// <summary>What a master answers to SCAN: its cursor, then keys.</summary>
internal static class ScanReply
{
    /// <summary>For whoever reads the replies himself.</summary>
    public static readonly IMerge Shape = new OnlyShape();

    // "*2\r\n$1\r\n0\r\n*…"
    /// <param name="position">The cursor.</param>
    /// <param name="rest">Where the keys begin.</param>
    public static bool TryRead(ReadOnlySpan<byte> reply, out ulong position, out int rest)
    {
        position = 0;
        rest = 0;
        if (!reply.StartsWith("*2\r\n$"u8)) return false;
        int start = "*2\r\n$".Length;
        int line = reply[start..].IndexOf("\r\n"u8);
        if (line < 0 || !Utf8Parser.TryParse(reply.Slice(start, line), out int length, out int read) || read != line) return false;
        start += line + 2;
        rest = start + length + 2;
        return length is > 0 and <= RespNumber.MaxLongLength && rest < reply.Length
            && Utf8Parser.TryParse(reply.Slice(start, length), out position, out read) && read == length && reply[rest] is (byte)'*' or (byte)'~';
    }

    private sealed class OnlyShape : IMerge
    {
        public bool Takes(int part, ReadOnlySpan<byte> reply) => TryRead(reply, out _, out _);

        public void Write(Gather gather, ReplyBuffer output) => throw new InvalidOperationException("Nobody writes these replies as they are.");
    }
}
