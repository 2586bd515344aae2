using System.Buffers.Text;
using Keyway.Platform;
using Keyway.Shard.Effects;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>
/// Puts the effects of writes into the journal, as commands: each for the database that was named last, so a change of it is written first. Ahead of a
/// second's first command stands, where the user wants it, what time it was; behind what is written at once, where the history of writes is counted,
/// how far in which history that is, so that a server that comes back need not begin anew.
/// </summary>
internal sealed class EffectWriter(ShardServer server, JournalWriter writer) : Flushable, IEffectSink
{
    private const int NoDatabase = -1;
    private const int LongestLine = 64;

    private int _database = NoDatabase;
    private long _second;
    private bool _hasEffects;                            // behind the last position that was written

    /// <summary>Whether times are written (aof-timestamp-enabled).</summary>
    public bool WritesTimes { get; set; }

    /// <summary>A new file begins: whoever reads it has no database yet.</summary>
    public void BeginFile() => _database = NoDatabase;

    public void OnEffect(int database, ReadOnlySpan<byte> command)
    {
        if (WritesTimes) WriteTime();
        if (database != _database) WriteSelect(database);
        writer.Buffer.Append(command);
        _hasEffects = true;
        server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    /// <summary>Messages change nothing that a restart would have to bring back.</summary>
    public void OnMessage(int database, ReadOnlySpan<byte> command)
    {
    }

    /// <summary>A file begins with the position that all before it has led to: it may be all that the file ever holds.</summary>
    public void NotePosition()
    {
        if (!TryWritePosition()) return;
        server.Loop.FlushLater(this, FlushPhase.Replies);
    }

    // Asked for before any reply that tells of these effects, and so done before it leaves.
    public override void Flush()
    {
        if (_hasEffects) TryWritePosition();
        writer.Commit();
    }

    /// <summary>The line that says what time it is, as a journal has it.</summary>
    public static int FormatTime(long unixSeconds, Span<byte> line)
    {
        "#TS:"u8.CopyTo(line);
        Utf8Formatter.TryFormat(unixSeconds, line[4..], out int digits);
        "\r\n"u8.CopyTo(line[(4 + digits)..]);
        return 6 + digits;
    }

    /// <returns>False where nothing is counted.</returns>
    private bool TryWritePosition()
    {
        _hasEffects = false;
        if (server.ReplicationNow is not { } position) return false;
        Span<byte> line = stackalloc byte[JournalPosition.LongestLine];
        writer.Buffer.Append(line[..JournalPosition.Format(position, line)]);
        return true;
    }

    private void WriteTime()
    {
        long second = server.Databases.NowMs / 1000;
        if (second == _second) return;
        _second = second;
        Span<byte> line = stackalloc byte[LongestLine];
        writer.Buffer.Append(line[..FormatTime(second, line)]);
    }

    // *2 $6 SELECT $1 3
    private void WriteSelect(int database)
    {
        _database = database;
        Span<byte> number = stackalloc byte[LongestLine];
        Utf8Formatter.TryFormat(database, number, out int digits);
        Span<byte> length = stackalloc byte[LongestLine];
        Utf8Formatter.TryFormat(digits, length, out int lengthDigits);
        writer.Buffer.Append("*2\r\n$6\r\nSELECT\r\n$"u8);
        writer.Buffer.Append(length[..lengthDigits]);
        writer.Buffer.Append("\r\n"u8);
        writer.Buffer.Append(number[..digits]);
        writer.Buffer.Append("\r\n"u8);
    }
}
