using System.Buffers.Binary;

namespace Keyway.Shard.Rdb;

/// <summary>
/// What small hashes lay in before ziplists. Read only, and checked while it is read:
/// <code>
/// count:u8 (length field length free:u8 value unused*)* 0xFF
/// length  one byte below 254, or 254 and u32; "free" is the number of unused bytes
/// </code>
/// </summary>
internal ref struct Zipmap(ReadOnlySpan<byte> bytes)
{
    private const byte End = 0xFF;
    private const byte LongLength = 254;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at = 1;
    private int _count;

    /// <summary>False as soon as something is wrong; nothing is known of what was not read.</summary>
    public bool IsValid { get; private set; } = bytes.Length > 1;

    /// <summary>The next field; false at the end, or where it is not valid any more.</summary>
    public bool TryRead(out ReadOnlySpan<byte> field, out ReadOnlySpan<byte> value)
    {
        field = value = default;
        if (!IsValid) return false;
        if (_at < _bytes.Length && _bytes[_at] == End)
        {
            IsValid = _at == _bytes.Length - 1 && (_bytes[0] >= LongLength || _bytes[0] == _count);
            return false;
        }

        IsValid = TryReadText(hasFree: false, out field) && TryReadText(hasFree: true, out value);
        _count++;
        return IsValid;
    }

    private bool TryReadText(bool hasFree, out ReadOnlySpan<byte> text)
    {
        text = default;
        ReadOnlySpan<byte> rest = _bytes[_at..];
        if (rest.IsEmpty || rest[0] > LongLength) return false;

        int header = 1;
        long length = rest[0];
        if (length == LongLength)
        {
            if (rest.Length < 5) return false;
            length = BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]);
            header = 5;
        }

        int unused = 0;
        if (hasFree)
        {
            if (rest.Length == header) return false;
            unused = rest[header++];
        }

        if (length + unused > rest.Length - header) return false;
        text = rest.Slice(header, (int)length);
        _at += header + (int)length + unused;
        return true;
    }
}
