using System.Buffers;
using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Commands;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Snapshots;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>
/// Writes a snapshot as the commands that bring it back, for who wants a journal of commands only (aof-use-rdb-preamble no): SET for strings and RESTORE for
/// all else, which every server takes and which says exactly what there was.
/// </summary>
internal sealed class CommandBaseWriter : ISnapshotWriter
{
    private const int KeptBytes = 1024 * 1024;
    private const int LongestTime = 64;

    private readonly ShardServer _server;
    private readonly IRdbSink _sink;
    private readonly Func<bool> _isFull;
    private readonly RdbWriter _dump;
    private readonly Gathered _payload = new();
    private ArrayBufferWriter<byte> _command = new();
    private int _database = -1;

    public CommandBaseWriter(ShardServer server, IRdbSink sink, Func<bool> isFull)
    {
        _server = server;
        _sink = sink;
        _isFull = isFull;
        _dump = new RdbWriter { Packs = server.Settings.RdbCompression };
    }

    public bool IsFull => _isFull();

    public long WrittenBytes { get; private set; }

    /// <summary>What stands before all entries.</summary>
    public void Begin()
    {
        if (_server.Settings.WritesJournalTimes)
        {
            Span<byte> line = stackalloc byte[LongestTime];
            _command.Write(line[..EffectWriter.FormatTime(_server.Loop.Time.GetUtcNow().ToUnixTimeSeconds(), line)]);
        }

        foreach (byte[] source in _server.Functions.Sources)
        {
            Header('*', 3);
            Add("FUNCTION"u8);
            Add("LOAD"u8);
            Add(source);
        }

        Send();
    }

    public void BeginDatabase(int database, long keys, long keysWithExpiry)
    {
    }

    public void Write(int database, Entry entry)
    {
        Select(database);
        if (entry.Kind == ValueKind.String) WriteString(entry);
        else WriteDump(database, entry);
        Send();
    }

    public void Complete()
    {
    }

    // Entries that are about to change come in between, whatever their database.
    private void Select(int database)
    {
        if (database == _database) return;
        _database = database;
        Header('*', 2);
        Add("SELECT"u8);
        Add(database);
    }

    // SET key value [PXAT unix-time-milliseconds]
    private void WriteString(Entry entry)
    {
        Header('*', entry.IsVolatile ? 5 : 3);
        Add("SET"u8);
        Add(entry.Key);
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        Add(StringText.Of(entry, digits));
        if (!entry.IsVolatile) return;
        Add("PXAT"u8);
        Add(entry.ExpiresAtMs);
    }

    // RESTORE key unix-time-milliseconds dump ABSTTL, or RESTORE key 0 dump
    private void WriteDump(int database, Entry entry)
    {
        _dump.Begin(_payload);
        _dump.WriteType(RdbValueWriter.TypeOf(entry));
        RdbValueWriter.Write(_dump, _server.Databases[database], entry);
        _dump.EndDump();
        Header('*', entry.IsVolatile ? 5 : 4);
        Add("RESTORE"u8);
        Add(entry.Key);
        Add(entry.IsVolatile ? entry.ExpiresAtMs : 0);
        Add(_payload.Bytes.WrittenSpan);
        if (entry.IsVolatile) Add("ABSTTL"u8);
        _payload.Clear();
    }

    private void Add(long number) => Add(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    private void Add(ReadOnlySpan<byte> argument)
    {
        Header('$', argument.Length);
        _command.Write(argument);
        _command.Write("\r\n"u8);
    }

    private void Header(char mark, int number)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        int length = RespNumber.FormatLong(digits, number);
        _command.Write([(byte)mark]);
        _command.Write(digits[..length]);
        _command.Write("\r\n"u8);
    }

    private void Send()
    {
        WrittenBytes += _command.WrittenCount;
        _sink.Write(_command.WrittenSpan);
        if (_command.Capacity > KeptBytes) _command = new ArrayBufferWriter<byte>();
        else _command.ResetWrittenCount();
    }

    private sealed class Gathered : IRdbSink
    {
        public ArrayBufferWriter<byte> Bytes { get; private set; } = new();

        public void Write(ReadOnlySpan<byte> bytes) => Bytes.Write(bytes);

        public void Clear()
        {
            if (Bytes.Capacity > KeptBytes) Bytes = new ArrayBufferWriter<byte>();
            else Bytes.ResetWrittenCount();
        }
    }
}
