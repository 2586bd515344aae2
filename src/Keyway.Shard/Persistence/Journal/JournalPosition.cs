using System.Buffers.Text;
using System.Text;
using Keyway.Shard.Rdb;
using Keyway.Shard.Replication;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>
/// The line in a journal that says where in a history of writes it stands: the outcome of all before it is the history up to this offset. It holds as long
/// as no command follows. To redis-server it is a comment, as every line that begins with #.
/// </summary>
internal static class JournalPosition
{
    /// <summary>redis-server reads such lines in pieces of 128 bytes.</summary>
    public const int LongestLine = 120;

    private static ReadOnlySpan<byte> Mark => "#AT:"u8;

    /// <returns>The line's length.</returns>
    public static int Format(ReplicationPoint position, Span<byte> line)
    {
        Mark.CopyTo(line);
        int at = Mark.Length + Encoding.ASCII.GetBytes(position.Id, line[Mark.Length..]);
        line[at++] = (byte)':';
        Utf8Formatter.TryFormat(position.Offset, line[at..], out int digits);
        at += digits;
        line[at++] = (byte)':';
        Utf8Formatter.TryFormat(position.Database, line[at..], out digits);
        at += digits;
        "\r\n"u8.CopyTo(line[at..]);
        return at + 2;
    }

    // #AT:4f8c…e1:120934:0
    public static bool TryParse(ReadOnlySpan<byte> line, out ReplicationPoint position)
    {
        position = default;
        int offsetAt = Mark.Length + ReplicationIdentity.IdLength + 1;
        if (line.Length <= offsetAt || !line.StartsWith(Mark) || !line.EndsWith("\r\n"u8) || line[offsetAt - 1] != ':') return false;

        ReadOnlySpan<byte> id = line.Slice(Mark.Length, ReplicationIdentity.IdLength);
        ReadOnlySpan<byte> rest = line[offsetAt..^2];
        if (!ReplicationIdentity.IsId(id) || !Utf8Parser.TryParse(rest, out long offset, out int digits) || offset < 0) return false;
        if (digits >= rest.Length || rest[digits] != ':') return false;

        rest = rest[(digits + 1)..];
        if (!Utf8Parser.TryParse(rest, out int database, out digits) || digits != rest.Length || database < 0) return false;
        position = new ReplicationPoint(database, Encoding.ASCII.GetString(id), offset);
        return true;
    }

    /// <summary>The line that ends these bytes, the last ones of a journal.</summary>
    public static bool TryFindAtEnd(ReadOnlySpan<byte> bytes, out ReplicationPoint position)
    {
        position = default;
        if (!bytes.EndsWith("\r\n"u8)) return false;
        int start = bytes[..^2].LastIndexOf("\r\n"u8);
        return TryParse(bytes[(start < 0 ? 0 : start + 2)..], out position);
    }
}
