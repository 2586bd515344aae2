using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Snapshots;
using Keyway.Shard.Rdb.Held;

namespace Keyway.Shard.Rdb;

/// <summary>
/// Writes a whole file, entry by entry, in whatever order they come. A large value is held and written a part at a time; what comes while one is being
/// written waits aside, since nothing may stand in the middle of a value.
/// </summary>
internal sealed class RdbFileWriter : ISnapshotWriter
{
    // Packing is most of what writing costs: with so short strings no step takes much longer than a millisecond. A key's own string is packed in parts
    // of that length, but a long element of a collection, which is written at once, is written as it is.
    private const int LongestPackedInSlices = 64 * 1024;

    private readonly Databases _databases;
    private readonly RdbFileOptions _options;
    private readonly RdbWriter _stream;
    private readonly RdbWriter _scratch;
    private readonly RdbAside _aside = new();
    private readonly Queue<HeldValue> _held = new();
    private readonly HeldShare _share;
    private readonly HeldBlocks _blocks;
    private readonly Func<bool>? _isFull;
    private int _database = -1;              // the one that the stream has selected
    private int _asideDatabase = -1;
    private bool _isInValue;                 // the first of those held has been begun

    /// <param name="databases">Whose entries they are.</param>
    /// <param name="options">What the file says beside them.</param>
    /// <param name="sink">Takes the file's bytes.</param>
    /// <param name="isFull">Whether so much waits to go on that it had better pause; null writes on, and in one go: large values are not held then.</param>
    public RdbFileWriter(Databases databases, RdbFileOptions options, IRdbSink sink, Func<bool>? isFull)
    {
        _databases = databases;
        _options = options;
        _isFull = isFull;
        int longest = isFull == null ? int.MaxValue : LongestPackedInSlices;
        _stream = new RdbWriter { Packs = options.Packs, LongestPacked = longest };
        _scratch = new RdbWriter { Packs = options.Packs, LongestPacked = longest };
        _share = new HeldShare(databases.Values, _scratch);
        _blocks = new HeldBlocks(databases.Memory);
        _stream.Begin(sink);
    }

    public bool IsFull => _isFull != null && _isFull();

    public long WrittenBytes => _stream.WrittenBytes + _share.LookedThrough;

    public bool HasUnfinished => _held.Count > 0 || _aside.Length > 0;

    /// <summary>What waits in memory until a large value is written.</summary>
    public long WaitingBytes => _aside.Length;

    /// <summary>What stands before all entries.</summary>
    public void Begin()
    {
        _stream.WriteRaw(Encoding.ASCII.GetBytes($"REDIS{RdbFormat.Version:D4}"));
        WriteAux("redis-ver"u8, "7.0.15"u8);
        WriteAux("redis-bits"u8, 64);
        WriteAux("ctime"u8, _options.CreatedSeconds);
        WriteAux("used-mem"u8, _options.UsedMemory);
        if (_options.Replication is { } replication)
        {
            WriteAux("repl-stream-db"u8, replication.Database);
            WriteAux("repl-id"u8, Encoding.ASCII.GetBytes(replication.Id));
            WriteAux("repl-offset"u8, replication.Offset);
        }

        WriteAux("aof-base"u8, _options.IsAofBase ? 1 : 0);
        foreach (byte[] source in _options.Functions)
        {
            _stream.WriteByte((byte)RdbOpcode.Function);
            _stream.WriteString(source);
        }
    }

    public void BeginDatabase(int database, long keys, long keysWithExpiry)
    {
        Select(_stream, ref _database, database);
        _stream.WriteByte((byte)RdbOpcode.Sizes);
        _stream.WriteLength(keys);
        _stream.WriteLength(keysWithExpiry);
    }

    public void Write(int database, Entry entry)
    {
        if (_isFull != null && HeldValues.IsTooLarge(_databases, entry))
        {
            var head = new EntryHead(database, entry) { IdleSeconds = IdleSeconds(entry), Frequency = Frequency(entry) };
            _held.Enqueue(HeldValues.Hold(_databases, entry, head, _share, _blocks));
            return;
        }

        if (_isInValue || _aside.Length > 0)
        {
            _scratch.Begin(_aside);
            Write(_scratch, ref _asideDatabase, database, entry);
            _scratch.Flush();
            return;
        }

        Write(_stream, ref _database, database, entry);
    }

    public void Continue(int bytes)
    {
        if (!_isInValue && _aside.Length > 0)
        {
            _aside.MoveTo(_stream, bytes);
            if (_aside.Length > 0) return;
            _database = _asideDatabase;
            _asideDatabase = -1;
            return;
        }

        if (!_held.TryPeek(out HeldValue? value)) return;
        if (!_isInValue)
        {
            _isInValue = true;
            Select(_stream, ref _database, value.Head.Database);
            WriteAge(_stream, value.Head.ExpiresAtMs, value.Head.IdleSeconds, value.Head.Frequency);
            _stream.WriteType(value.Head.Type);
            _stream.WriteString(value.Head.Key);
        }

        if (value.WriteSome(_stream, bytes)) return;
        _isInValue = false;
        _held.Dequeue();
        value.Release();
    }

    public void Complete() => _stream.EndFile(_options.WithChecksum);

    public void Abandon()
    {
        while (_held.TryDequeue(out HeldValue? value)) value.Release();
        _aside.Clear();
        _isInValue = false;
    }

    /// <summary>Hands on what has been gathered so far.</summary>
    public void Flush() => _stream.Flush();

    private void Write(RdbWriter writer, ref int selected, int database, Entry entry)
    {
        Select(writer, ref selected, database);
        WriteAge(writer, entry.ExpiresAtMs, IdleSeconds(entry), Frequency(entry));
        writer.WriteType(RdbValueWriter.TypeOf(entry));
        writer.WriteString(entry.Key);
        RdbValueWriter.Write(writer, _databases[0], entry);
    }

    private long IdleSeconds(Entry entry) => _options.WritesIdle ? _databases.Access.IdleSeconds(entry) : -1;

    private int Frequency(Entry entry) => _options.WritesFrequency ? _databases.Access.Frequency(entry) : -1;

    private static void Select(RdbWriter writer, ref int selected, int database)
    {
        if (selected == database) return;
        selected = database;
        writer.WriteByte((byte)RdbOpcode.Database);
        writer.WriteLength((long)database);
    }

    private static void WriteAge(RdbWriter writer, long expiresAtMs, long idleSeconds, int frequency)
    {
        if (expiresAtMs != Database.NoExpiry)
        {
            writer.WriteByte((byte)RdbOpcode.ExpiryMs);
            writer.WriteInt64(expiresAtMs);
        }

        if (idleSeconds >= 0)
        {
            writer.WriteByte((byte)RdbOpcode.Idle);
            writer.WriteLength(idleSeconds);
        }

        if (frequency < 0) return;
        writer.WriteByte((byte)RdbOpcode.Frequency);
        writer.WriteByte((byte)frequency);
    }

    private void WriteAux(ReadOnlySpan<byte> name, long number)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        WriteAux(name, digits[..RespNumber.FormatLong(digits, number)]);
    }

    private void WriteAux(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _stream.WriteByte((byte)RdbOpcode.Aux);
        _stream.WriteString(name);
        _stream.WriteString(value);
    }
}
