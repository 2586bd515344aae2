using System.Buffers.Binary;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Rdb;

/// <summary>
/// What small collections lay in before listpacks. Read only, and checked while it is read:
/// <code>
/// total-bytes:u32 last-entry:u32 count:u16 (length-before encoding data)* 0xFF
/// length-before  one byte below 254, or 254 and u32
/// encoding       00llllll, 01llllll llllllll, 10000000 and u32 (both high byte first): text so long
///                C0 i16, D0 i32, E0 i64, F0 i24, FE i8, F1…FD: 0…12
/// </code>
/// </summary>
internal ref struct Ziplist
{
    private const int HeaderBytes = 10;
    private const byte End = 0xFF;
    private const byte LongBefore = 254;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _lastEntry;
    private int _at;
    private int _entry;
    private int _count;

    public Ziplist(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _at = HeaderBytes;
        IsValid = bytes.Length > HeaderBytes && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == bytes.Length && bytes[^1] == End;
        _lastEntry = IsValid ? BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]) : 0;
    }

    /// <summary>False as soon as something is wrong; nothing is known of what was not read.</summary>
    public bool IsValid { get; private set; }

    /// <summary>The next element; false at the end, or where it is not valid any more.</summary>
    public bool TryRead(out ListpackElement element)
    {
        element = default;
        if (!IsValid) return false;
        if (_at == _bytes.Length - 1)
        {
            IsValid = IsEndRight();
            return false;
        }

        IsValid = TryReadEntry(out element);
        return IsValid;
    }

    private readonly bool IsEndRight()
    {
        int noted = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[8..]);
        bool isCountRight = noted == ushort.MaxValue || noted == _count;
        return isCountRight && _lastEntry == (_count == 0 ? HeaderBytes : _entry);
    }

    private bool TryReadEntry(out ListpackElement element)
    {
        element = default;
        int start = _at;
        ReadOnlySpan<byte> rest = _bytes[_at..^1];
        long before = rest[0];
        int header = 1;
        if (before >= LongBefore)
        {
            if (before != LongBefore || rest.Length < 5) return false;
            before = BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]);
            header = 5;
        }

        if (before != (_count == 0 ? 0 : start - _entry) || rest.Length == header) return false;
        rest = rest[header..];
        if (!TryReadData(rest, out element, out int size)) return false;

        _entry = start;
        _at += header + size;
        _count++;
        return true;
    }

    private static bool TryReadData(ReadOnlySpan<byte> bytes, out ListpackElement element, out int size)
    {
        byte encoding = bytes[0];
        return (encoding >> 6) switch
        {
            0 => TryReadText(bytes, encoding & 63, 1, out element, out size),
            1 when bytes.Length > 1 => TryReadText(bytes, ((encoding & 63) << 8) | bytes[1], 2, out element, out size),
            2 when encoding == 0x80 && bytes.Length > 4 => TryReadText(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]), 5, out element, out size),
            3 => TryReadNumber(bytes, out element, out size),
            _ => Refuse(out element, out size),
        };
    }

    private static bool TryReadText(ReadOnlySpan<byte> bytes, long length, int header, out ListpackElement element, out int size)
    {
        if (length > bytes.Length - header) return Refuse(out element, out size);

        // A number may stand here as text: as an element it is a number.
        element = ListpackElement.Of(bytes.Slice(header, (int)length));
        size = header + (int)length;
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> bytes, out ListpackElement element, out int size)
    {
        byte encoding = bytes[0];
        size = encoding switch { 0xC0 => 3, 0xD0 => 5, 0xE0 => 9, 0xF0 => 4, 0xFE => 2, > 0xF0 and < 0xFE => 1, _ => int.MaxValue };
        if (size > bytes.Length) return Refuse(out element, out size);

        ReadOnlySpan<byte> data = bytes[1..];
        element = new ListpackElement(encoding switch
        {
            0xC0 => BinaryPrimitives.ReadInt16LittleEndian(data),
            0xD0 => BinaryPrimitives.ReadInt32LittleEndian(data),
            0xE0 => BinaryPrimitives.ReadInt64LittleEndian(data),
            0xF0 => (data[0] | (data[1] << 8) | (data[2] << 16)) << 8 >> 8,
            0xFE => (sbyte)data[0],
            _ => (encoding & 15) - 1L,
        });
        return true;
    }

    private static bool Refuse(out ListpackElement element, out int size)
    {
        element = default;
        size = 0;
        return false;
    }
}
