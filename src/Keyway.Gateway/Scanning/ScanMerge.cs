using System.Buffers.Text;
using Keyway.Gateway.Routing;
using Keyway.Protocol;

namespace Keyway.Gateway.Scanning;

/// <summary>A master's answer to SCAN, with the client's own cursor in the place of the master's.</summary>
/// <param name="here">Where the walk is now.</param>
/// <param name="next">The master that comes behind; -1 for the end.</param>
internal sealed class ScanMerge(ScanCursor here, int next) : IMerge
{
    // "*2\r\n$1\r\n0\r\n*…": its cursor, then the keys.
    public bool Takes(int part, ReadOnlySpan<byte> reply) => TryRead(reply, out _, out _);

    public void Write(Gather gather, ReplyBuffer output)
    {
        ReadOnlySpan<byte> reply = gather.ReplyOf(0);
        _ = TryRead(reply, out ulong position, out int rest);
        if (position >= ScanCursor.PositionLimit)
        {
            output.WriteError($"ERR shard '{gather.BackendOf(0).Definition.Name}' walks through its keys with a cursor of more than 36 bits");
            return;
        }
        ScanCursor cursor = position > 0 ? here with { Position = position } : next >= 0 ? here with { Target = next, Process = 0, Position = 0 } : ScanCursor.Zero;
        Span<byte> text = stackalloc byte[RespNumber.MaxLongLength];
        output.WriteArray(2);
        output.WriteBulk(text[..cursor.Format(text)]);
        output.Append(reply[rest..]);
    }

    private static bool TryRead(ReadOnlySpan<byte> reply, out ulong position, out int rest)
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
}
