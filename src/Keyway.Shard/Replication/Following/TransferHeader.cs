using Keyway.Protocol;

namespace Keyway.Shard.Replication.Following;

/// <summary>
/// The line before a master's data: <c>$1234</c> for so many bytes, or <c>$EOF:</c> and forty characters that will follow the last byte, when the master
/// does not know yet how much there is.
/// </summary>
internal sealed record TransferHeader(long Bytes, byte[]? EndMark)
{
    public const int EndMarkBytes = 40;

    private const string MarkStart = "EOF:";

    /// <returns>Null for a line that is neither.</returns>
    public static TransferHeader? Parse(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("$"u8)) return null;
        line = line[1..];
        if (line.StartsWith("EOF:"u8)) return line.Length < MarkStart.Length + EndMarkBytes ? null : new TransferHeader(0, line.Slice(MarkStart.Length, EndMarkBytes).ToArray());
        return RespNumber.TryParseLong(line, out long bytes) && bytes >= 0 ? new TransferHeader(bytes, null) : null;
    }
}
