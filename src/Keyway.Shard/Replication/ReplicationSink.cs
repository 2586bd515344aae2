using System.Buffers.Text;
using Keyway.Shard.Effects;

namespace Keyway.Shard.Replication;

/// <summary>Writes a master's effects into its history.</summary>
internal sealed class ReplicationSink(ReplicationHistory history) : IEffectSink
{
    private const int LongestSelect = 48;

    public void OnEffect(int database, ReadOnlySpan<byte> command)
    {
        if (history.SelectedDatabase != database) Select(database);
        history.Append(command);
    }

    private void Select(int database)
    {
        Span<byte> digits = stackalloc byte[11];
        Utf8Formatter.TryFormat(database, digits, out int length);
        Span<byte> command = stackalloc byte[LongestSelect];
        "*2\r\n$6\r\nSELECT\r\n$"u8.CopyTo(command);
        int at = "*2\r\n$6\r\nSELECT\r\n$"u8.Length;
        Utf8Formatter.TryFormat(length, command[at..], out int written);
        at += written;
        "\r\n"u8.CopyTo(command[at..]);
        digits[..length].CopyTo(command[(at + 2)..]);
        at += 2 + length;
        "\r\n"u8.CopyTo(command[at..]);
        history.SelectedDatabase = database;
        history.Append(command[..(at + 2)]);
    }
}
