using System.Buffers;
using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Commands;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Snapshots;
using Keyway.Shard.Rdb;
using Keyway.Shard.Rdb.Held;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>
/// Writes a snapshot as the commands that bring it back, for who wants a journal of commands only (aof-use-rdb-preamble no): SET for strings and RESTORE for
/// all else, which every server takes and which says exactly what there was. A large value is written a part at a time; since its length stands before it,
/// what is no string is gathered first, so that memory is taken for one such value. What comes while a command is being written waits aside.
/// </summary>
internal sealed class CommandBaseWriter : ISnapshotWriter
{
    private const int KeptBytes = 1024 * 1024;
    private const int LongestTime = 64;

    private readonly ShardServer _server;
    private readonly IRdbSink _sink;
    private readonly Func<bool> _isFull;
    private readonly RdbWriter _dump;
    private readonly RdbWriter _text = new();
    private readonly Gathered _small = new();            // a dump that is no large value's
    private readonly RdbAside _payload = new();          // a dump, as far as it has been gathered
    private readonly RdbAside _aside = new();            // whole commands
    private readonly Queue<HeldValue> _held = new();
    private readonly HeldShare _share;
    private readonly HeldBlocks _blocks;
    private ArrayBufferWriter<byte> _command = new();
    private Stage _stage;
    private long _sent;
    private long _gathered;                              // of what is not sent yet, and of large values, which have been sent twice then
    private int _database = -1;                          // the one that is selected by all that has been sent
    private int _asideDatabase = -1;

    public CommandBaseWriter(ShardServer server, IRdbSink sink, Func<bool> isFull)
    {
        _server = server;
        _sink = sink;
        _isFull = isFull;
        _dump = new RdbWriter { Packs = server.Settings.RdbCompression };
        _share = new HeldShare(server.Databases.Values, new RdbWriter { Packs = server.Settings.RdbCompression }) { WritesPlainStrings = true };
        _blocks = new HeldBlocks(server.Databases.Memory);
    }

    /// <summary>How far the first of the large values is.</summary>
    private enum Stage
    {
        None,
        Gathering,

        /// <summary>In the midst of a command.</summary>
        Sending,
    }

    public bool IsFull => _isFull();

    public long WrittenBytes => _sent + _gathered;

    public bool HasUnfinished => _held.Count > 0 || _aside.Length > 0;

    /// <summary>What waits in memory until a large value is written.</summary>
    public long WaitingBytes => _aside.Length + _payload.Length;

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

        Send(_sink);
    }

    public void BeginDatabase(int database, long keys, long keysWithExpiry)
    {
    }

    public void Write(int database, Entry entry)
    {
        if (HeldValues.IsTooLarge(_server.Databases, entry))
        {
            _held.Enqueue(HeldValues.Hold(_server.Databases, entry, new EntryHead(database, entry), _share, _blocks));
            return;
        }

        bool isAside = _stage == Stage.Sending || _aside.Length > 0;
        Select(database, ref isAside ? ref _asideDatabase : ref _database);
        if (entry.Kind == ValueKind.String) WriteString(entry);
        else WriteDump(database, entry);
        Send(isAside ? _aside : _sink);
    }

    public void Continue(int bytes)
    {
        if (_stage != Stage.Sending && _aside.Length > 0)
        {
            _sent += _aside.MoveTo(_sink, bytes);
            if (_aside.Length > 0) return;
            _database = _asideDatabase;
            _asideDatabase = -1;
            return;
        }

        if (!_held.TryPeek(out HeldValue? value)) return;
        if (value.Head.Type == RdbType.String) ContinueString(value, bytes);
        else ContinueDump(value, bytes);
    }

    public void Complete()
    {
    }

    public void Abandon()
    {
        while (_held.TryDequeue(out HeldValue? value)) value.Release();
        _payload.Clear();
        _aside.Clear();
        _stage = Stage.None;
    }

    // SET key value [PXAT unix-time-milliseconds]
    private void ContinueString(HeldValue value, int bytes)
    {
        EntryHead head = value.Head;
        if (_stage == Stage.None)
        {
            Select(head.Database, ref _database);
            Header('*', head.IsVolatile ? 5 : 3);
            Add("SET"u8);
            Add(head.Key);
            Header('$', head.Length);
            Send(_sink);
            _stage = Stage.Sending;
            _text.Begin(_sink);
        }

        long before = _text.WrittenBytes;
        bool goesOn = value.WriteSome(_text, bytes);
        _text.Flush();
        _sent += _text.WrittenBytes - before;
        if (goesOn) return;

        _command.Write("\r\n"u8);
        if (head.IsVolatile)
        {
            Add("PXAT"u8);
            Add(head.ExpiresAtMs);
        }

        End();
        value.Release();
    }

    // RESTORE key unix-time-milliseconds dump ABSTTL, or RESTORE key 0 dump
    private void ContinueDump(HeldValue value, int bytes)
    {
        EntryHead head = value.Head;
        if (_stage == Stage.None)
        {
            _stage = Stage.Gathering;
            _dump.Begin(_payload);
            _dump.WriteType(head.Type);
        }

        if (_stage == Stage.Gathering)
        {
            long before = _dump.WrittenBytes;
            bool goesOn = value.WriteSome(_dump, bytes);
            _gathered += _dump.WrittenBytes - before;
            if (goesOn) return;

            _dump.EndDump();
            value.Release();
            Select(head.Database, ref _database);
            BeginRestore(head.Key, head.IsVolatile ? head.ExpiresAtMs : 0, head.IsVolatile);
            Header('$', _payload.Length);
            Send(_sink);
            _stage = Stage.Sending;
            return;
        }

        _sent += _payload.MoveTo(_sink, bytes);
        if (_payload.Length > 0) return;
        EndRestore(head.IsVolatile);
        End();
    }

    private void End()
    {
        Send(_sink);
        _held.Dequeue();
        _stage = Stage.None;
    }

    // Entries that are about to change come in between, whatever their database.
    private void Select(int database, ref int selected)
    {
        if (database == selected) return;
        selected = database;
        Header('*', 2);
        Add("SELECT"u8);
        Add(database);
    }

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

    private void WriteDump(int database, Entry entry)
    {
        _share.Scratch.Begin(_small);
        _share.Scratch.WriteType(RdbValueWriter.TypeOf(entry));
        RdbValueWriter.Write(_share.Scratch, _server.Databases[database], entry);
        _share.Scratch.EndDump();
        BeginRestore(entry.Key, entry.IsVolatile ? entry.ExpiresAtMs : 0, entry.IsVolatile);
        Header('$', _small.Bytes.WrittenCount);
        _command.Write(_small.Bytes.WrittenSpan);
        EndRestore(entry.IsVolatile);
        _small.Clear();
    }

    private void BeginRestore(ReadOnlySpan<byte> key, long expiresAtMs, bool isVolatile)
    {
        Header('*', isVolatile ? 5 : 4);
        Add("RESTORE"u8);
        Add(key);
        Add(expiresAtMs);
    }

    private void EndRestore(bool isVolatile)
    {
        _command.Write("\r\n"u8);
        if (isVolatile) Add("ABSTTL"u8);
    }

    private void Add(long number) => Add(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    private void Add(ReadOnlySpan<byte> argument)
    {
        Header('$', argument.Length);
        _command.Write(argument);
        _command.Write("\r\n"u8);
    }

    private void Header(char mark, long number)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        int length = RespNumber.FormatLong(digits, number);
        _command.Write([(byte)mark]);
        _command.Write(digits[..length]);
        _command.Write("\r\n"u8);
    }

    private void Send(IRdbSink target)
    {
        if (target == _sink) _sent += _command.WrittenCount;
        target.Write(_command.WrittenSpan);
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
