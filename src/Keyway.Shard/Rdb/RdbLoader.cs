using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Keyway.Shard.Configuration;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Rdb;

/// <summary>
/// Reads a file into databases, from bytes that come in pieces of any size:
/// <code>REDIS0010 (aux | function | database | sizes | [expiry] [age] type key value)* end checksum:u64</code>
/// Versions 1 to 12 are read, as Redis and Valkey write them, but for values that this server has no kind for; those are refused by name. How much is
/// loaded at a time is how much one call is given. What was loaded before damage is met stays: who asked for the file throws it away.
/// </summary>
internal sealed class RdbLoader
{
    private const int NewestVersion = 12;
    private const int FirstWithChecksum = 5;
    private const int HeaderBytes = 9;
    private const int KeptBytes = 64 * 1024;
    private const int LeastBytesPerKey = 32;        // with fewer, a table grows once or twice, which costs less than to believe all that a file says

    private readonly Databases _target;
    private readonly Settings _settings;
    private readonly RdbLoadOptions _options;
    private readonly RdbValueReader _reader;
    private readonly RdbScratch _key = new();
    private readonly RdbScratch _text = new();
    private byte[] _held = [];            // what has come of a part that is not there whole
    private int _heldBytes;
    private long _needed = HeaderBytes;   // how much of it there must be before it is worth another look
    private byte[]? _currentKey;          // whose value is not there whole
    private int _version;
    private Stage _stage;
    private Database _database;
    private long _expiresAtMs = Database.NoExpiry;
    private long _idleSeconds = -1;
    private int _frequency = -1;
    private ulong _checksum;

    public RdbLoader(Databases target, Settings settings, RdbLoadOptions options)
    {
        _target = target;
        _settings = settings;
        _options = options;
        _database = target[0];
        _reader = new RdbValueReader(target.Values, settings);
    }

    private enum Stage
    {
        Header,
        Parts,
        Value,
        Checksum,
        Done,
    }

    /// <summary>The whole file has been read, and its checksum was right.</summary>
    public bool IsComplete => _stage == Stage.Done;

    public RdbAux Aux { get; } = new();

    public long KeysLoaded { get; private set; }

    /// <summary>Left out because their time had run out.</summary>
    public long KeysExpired { get; private set; }

    /// <summary>Left out because they were collections without elements, which some old servers wrote.</summary>
    public long EmptyKeys { get; private set; }

    /// <summary>Bytes of the file that have been understood.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes behind them that have come, and of which more must come to be understood.</summary>
    public int HeldBytes => _heldBytes;

    /// <summary>The file holds no checksum, or it was not to be looked at.</summary>
    public bool IsUnchecked { get; private set; }

    /// <summary>For tests: a wrong checksum is taken too.</summary>
    public bool SkipsChecksum { get; init; }

    /// <summary>Loads what has come.</summary>
    /// <returns>How many bytes of it belong to the file: all of them, unless the file ends among them.</returns>
    /// <exception cref="RdbException">The file is damaged, or not to be loaded here.</exception>
    public int Feed(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && !IsComplete)
        {
            if (_heldBytes == 0)
            {
                int used = Read(bytes[at..]);
                at += used;
                if (IsComplete || at == bytes.Length) break;

                Hold(bytes[at..], (int)Math.Min(bytes.Length - at, _needed));
                at += _heldBytes;
                continue;
            }

            // No more than the part needs: what lies behind it is read where it lies.
            int more = (int)Math.Min(bytes.Length - at, Math.Max(0, _needed - _heldBytes));
            Hold(bytes[at..], more);
            at += more;
            if (_heldBytes < _needed) break;

            int taken = Read(_held.AsSpan(0, _heldBytes));
            _heldBytes -= taken;
            _held.AsSpan(taken, _heldBytes).CopyTo(_held);
            if (_heldBytes == 0 && _held.Length > KeptBytes) _held = [];
        }

        return at;
    }

    /// <summary>The file will not come to its end: gives back what was read of a value.</summary>
    public void Discard()
    {
        if (_stage == Stage.Value) _reader.Discard();
        _stage = Stage.Done;
    }

    private void Hold(ReadOnlySpan<byte> bytes, int count)
    {
        // What has come decides how much memory is taken, not what is announced.
        if (_heldBytes + count > _held.Length) Array.Resize(ref _held, Math.Max(_heldBytes + count, (int)Math.Min(_held.Length * 2L, Array.MaxLength)));
        bytes[..count].CopyTo(_held.AsSpan(_heldBytes));
        _heldBytes += count;
    }

    /// <summary>Reads as many parts as are there whole, and returns how many bytes they take.</summary>
    private int Read(ReadOnlySpan<byte> input)
    {
        int at = 0;
        bool goesOn = true;
        while (goesOn && at < input.Length && !IsComplete)
        {
            var cursor = new RdbCursor(input[at..]);
            bool isInFile = _stage != Stage.Checksum;
            goesOn = _stage switch
            {
                Stage.Header => TryReadHeader(ref cursor),
                Stage.Parts => TryReadPart(ref cursor),
                Stage.Value => TryReadValue(ref cursor),
                _ => TryReadChecksum(ref cursor),
            };

            if (cursor.Status == RdbReadStatus.Corrupt) throw new RdbException(Offset + cursor.Position, "Damaged data");
            if (!goesOn) _needed = Math.Max(cursor.Needed, cursor.Input.Length - cursor.Position + 1);
            if (isInFile) _checksum = Crc64.Append(_checksum, input.Slice(at, cursor.Position));
            at += cursor.Position;
            Offset += cursor.Position;
        }

        return at;
    }

    private bool TryReadHeader(ref RdbCursor cursor)
    {
        if (!cursor.TryReadRaw(HeaderBytes, out ReadOnlySpan<byte> header)) return false;
        if (!header.StartsWith("REDIS"u8)) throw new RdbException(0, "Wrong signature trying to load DB from file");
        if (!int.TryParse(header[5..], NumberStyles.None, CultureInfo.InvariantCulture, out _version) || _version is < 1 or > NewestVersion)
            throw new RdbException(0, $"Can't handle RDB format version {Encoding.Latin1.GetString(header[5..])}");
        _stage = Stage.Parts;
        return true;
    }

    private bool TryReadPart(ref RdbCursor cursor)
    {
        if (!cursor.TryReadByte(out byte type)) return false;
        bool isWhole = type >= (byte)RdbOpcode.First ? TryReadSpecial(ref cursor, (RdbOpcode)type) : TryReadKey(ref cursor, type);
        if (!isWhole) cursor.Rewind(0);
        return isWhole;
    }

    private bool TryReadSpecial(ref RdbCursor cursor, RdbOpcode opcode)
    {
        ReadOnlySpan<byte> text;
        switch (opcode)
        {
            case RdbOpcode.End:
                _stage = _version >= FirstWithChecksum ? Stage.Checksum : Stage.Done;
                return true;
            case RdbOpcode.Database:
                return TrySelect(ref cursor);
            case RdbOpcode.Sizes:
                if (!cursor.TryReadLength(out ulong keys) || !cursor.TryReadLength(out _)) return false;
                _database.Reserve((long)Math.Min(keys, (ulong)(_options.TotalBytes / LeastBytesPerKey)));
                return true;
            case RdbOpcode.SlotInfo:
                return cursor.TryReadLength(out _) && cursor.TryReadLength(out _) && cursor.TryReadLength(out _);
            case RdbOpcode.ExpiryMs:
                return cursor.TryReadInt64(out _expiresAtMs);
            case RdbOpcode.ExpirySeconds:
                if (!cursor.TryReadRaw(sizeof(int), out text)) return false;
                _expiresAtMs = BinaryPrimitives.ReadInt32LittleEndian(text) * 1000L;
                return true;
            case RdbOpcode.Idle:
                if (!cursor.TryReadLength(out ulong seconds)) return false;
                _idleSeconds = (long)Math.Min(seconds, uint.MaxValue);
                return true;
            case RdbOpcode.Frequency:
                if (!cursor.TryReadByte(out byte frequency)) return false;
                _frequency = frequency;
                return true;
            case RdbOpcode.Aux:
                if (!cursor.TryReadString(_key, out ReadOnlySpan<byte> name) || !cursor.TryReadString(_text, out text)) return false;
                Aux.Set(name, text);
                return true;
            case RdbOpcode.Function:
                if (!cursor.TryReadString(_text, out text)) return false;
                _options.Functions?.TryAdd(text, replaces: true);
                return true;
            case RdbOpcode.ModuleAux:
                if (!cursor.TryReadLength(out ulong module)) return false;
                throw new RdbException(Offset, $"The RDB file contains AUX module data I can't load: no matching module '{RdbFormat.ModuleName(module)}'");
            default:
                throw new RdbException(Offset, "Pre-release function format not supported.");
        }
    }

    private bool TrySelect(ref RdbCursor cursor)
    {
        if (!cursor.TryReadLength(out ulong database)) return false;
        if (database >= (ulong)_target.Count)
        {
            throw new RdbException(
                Offset, $"FATAL: Data file was created with a Redis server configured to handle more than {_target.Count} databases. Exiting");
        }

        _database = _target[(int)database];
        return true;
    }

    private bool TryReadKey(ref RdbCursor cursor, byte type)
    {
        if (!cursor.TryReadString(_key, out ReadOnlySpan<byte> key)) return false;
        if (!_reader.TryBegin(type, isFile: true)) Refuse(ref cursor, type);

        // Most values are there whole, and then nothing need be kept.
        int start = cursor.Position;
        ReadOnlySpan<byte> input = cursor.Input[start..];
        RdbReadStatus status = _reader.Read(input, out int consumed);
        cursor.Skip(consumed);
        if (status == RdbReadStatus.Incomplete)
        {
            _currentKey = key.ToArray();
            _stage = Stage.Value;
            cursor.Lack(_reader.Needed);
            return true;      // all that was taken is: the value goes on from there
        }

        End(status, key, input, cursor.Position);
        return true;
    }

    private bool TryReadValue(ref RdbCursor cursor)
    {
        RdbReadStatus status = _reader.Read(cursor.Input, out int consumed);
        ReadOnlySpan<byte> input = cursor.Input;
        cursor.Skip(consumed);
        if (status == RdbReadStatus.Incomplete)
        {
            cursor.Lack(_reader.Needed);
            return false;
        }

        _stage = Stage.Parts;
        End(status, _currentKey, input, cursor.Position);
        _currentKey = null;
        return true;
    }

    /// <summary>The value has been read: what becomes of it?</summary>
    private void End(RdbReadStatus status, ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, int position)
    {
        long expiresAtMs = _expiresAtMs;
        long idleSeconds = _idleSeconds;
        int frequency = _frequency;
        _expiresAtMs = Database.NoExpiry;
        _idleSeconds = _frequency = -1;
        if (status == RdbReadStatus.Corrupt)
        {
            _reader.Discard();
            throw new RdbException(Offset + position, $"Damaged value of key '{Printable(key)}'");
        }

        if (status == RdbReadStatus.Empty)
        {
            _reader.Discard();
            EmptyKeys++;
            return;
        }

        if (_options.DropsExpired && expiresAtMs != Database.NoExpiry && expiresAtMs < _target.NowMs)
        {
            _reader.Discard();
            KeysExpired++;
            _options.OnExpired?.Invoke(_database.Index, key);
            return;
        }

        Store(key, input, expiresAtMs, idleSeconds, frequency, position);
    }

    private void Store(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, long expiresAtMs, long idleSeconds, int frequency, int position)
    {
        Place place = _database.FindAnyway(key);
        if (place.Exists)
        {
            if (!_options.ReplacesKeys)
            {
                _reader.Discard();
                throw new RdbException(Offset + position, $"RDB has duplicated key '{Printable(key)}' in DB {_database.Index}");
            }

            _database.Delete(place);
            place = _database.FindAnyway(key);
        }

        // A time before all times is one that has run out.
        if (expiresAtMs != Database.NoExpiry) expiresAtMs = Math.Max(0, expiresAtMs);
        _reader.Store(input, _database, place, expiresAtMs);
        KeysLoaded++;
        if (frequency < 0 && idleSeconds < 0) return;

        AccessClock access = _target.Access;
        Entry entry = _database.FindAnyway(key).Entry;
        if (access.CountsFrequency && frequency >= 0) entry.AccessBits = access.BitsForFrequency((byte)frequency);
        if (!access.CountsFrequency && idleSeconds >= 0) entry.AccessBits = access.BitsForIdle(idleSeconds);
    }

    private bool TryReadChecksum(ref RdbCursor cursor)
    {
        if (!cursor.TryReadRaw(sizeof(ulong), out ReadOnlySpan<byte> bytes)) return false;
        ulong expected = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        IsUnchecked = expected == 0 || SkipsChecksum || !_settings.RdbChecksum;
        if (!IsUnchecked && expected != _checksum)
            throw new RdbException(Offset, $"Wrong RDB checksum expected: ({expected:x}) but got ({_checksum:x}). Aborting now.");
        _stage = Stage.Done;
        return true;
    }

    private void Refuse(ref RdbCursor cursor, byte type)
    {
        bool isModule = type is (byte)RdbType.Module or (byte)RdbType.ModuleBefore4;
        if (!isModule) throw new RdbException(Offset, $"Unknown RDB encoding type {type}{RdbFormat.NameOfUnknown(type)}");
        cursor.TryReadLength(out ulong module);
        throw new RdbException(Offset, $"The RDB file contains module data I can't load: no matching module type '{RdbFormat.ModuleName(module)}'");
    }

    private static string Printable(ReadOnlySpan<byte> key) =>
        string.Create(Math.Min(key.Length, 128), Encoding.Latin1.GetString(key[..Math.Min(key.Length, 128)]), static (target, text) =>
        {
            for (int i = 0; i < target.Length; i++) target[i] = char.IsAsciiLetterOrDigit(text[i]) || char.IsPunctuation(text[i]) ? text[i] : '?';
        });
}
