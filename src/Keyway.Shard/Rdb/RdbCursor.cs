using System.Buffers.Binary;
using Keyway.Protocol;

namespace Keyway.Shard.Rdb;

/// <summary>
/// Reads the parts of which dumps and files consist, from bytes that may end anywhere. What is not there whole is not taken: the position stays, and
/// <see cref="Status"/> tells whether more bytes could help.
/// </summary>
internal ref struct RdbCursor(ReadOnlySpan<byte> input)
{
    /// <summary>No string of ours is longer.</summary>
    public const int LongestString = int.MaxValue / 2;

    private readonly ReadOnlySpan<byte> _input = input;

    public int Position { get; private set; }

    /// <summary>Why the last attempt has failed.</summary>
    public RdbReadStatus Status { get; private set; }

    /// <summary>How many bytes from the position on the last attempt would have needed at least.</summary>
    public long Needed { get; private set; }

    public readonly ReadOnlySpan<byte> Input => _input;

    private readonly ReadOnlySpan<byte> Rest => _input[Position..];

    /// <summary>Goes back to where a larger part began that is not there whole.</summary>
    public void Rewind(int position)
    {
        Needed += Position - position;
        Position = position;
    }

    /// <summary>Another has read so many bytes from the position on.</summary>
    public void Skip(int bytes) => Position += bytes;

    /// <summary>Another would have needed so many bytes from the position on.</summary>
    public void Lack(long bytes) => (Status, Needed) = (RdbReadStatus.Incomplete, bytes);

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (!Has(1)) return false;
        value = _input[Position++];
        return true;
    }

    public bool TryReadRaw(int length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!Has(length)) return false;
        bytes = _input.Slice(Position, length);
        Position += length;
        return true;
    }

    public bool TryReadInt64(out long value)
    {
        value = 0;
        if (!TryReadRaw(sizeof(long), out ReadOnlySpan<byte> bytes)) return false;
        value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return true;
    }

    public bool TryReadDouble(out double value)
    {
        value = 0;
        if (!TryReadInt64(out long bits)) return false;
        value = BitConverter.Int64BitsToDouble(bits);
        return true;
    }

    /// <summary>A score as versions before 8 wrote it.</summary>
    public bool TryReadTextDouble(out double value)
    {
        value = 0;
        int start = Position;
        if (!TryReadByte(out byte length)) return false;
        switch (length)
        {
            case RdbFormat.TextNotANumber:
                value = double.NaN;
                return true;
            case RdbFormat.TextInfinity:
                value = double.PositiveInfinity;
                return true;
            case RdbFormat.TextMinusInfinity:
                value = double.NegativeInfinity;
                return true;
        }

        if (!TryReadRaw(length, out ReadOnlySpan<byte> text))
        {
            Rewind(start);
            return false;
        }

        return RespNumber.TryParseDouble(text, out value) || Refuse();
    }

    /// <summary>A count or an amount.</summary>
    public bool TryReadLength(out ulong length) => TryReadLength(out length, out bool isSpecial) && (!isSpecial || Refuse());

    /// <summary>A string, however it is written. What is not written as it is comes out of the scratch, good until that is used again.</summary>
    public bool TryReadString(RdbScratch scratch, out ReadOnlySpan<byte> text)
    {
        int start = Position;
        text = default;
        if (!TryReadLength(out ulong length, out bool isSpecial)) return false;

        bool isRead;
        if (!isSpecial) isRead = length <= LongestString ? TryReadRaw((int)length, out text) : Refuse();
        else if (length == RdbFormat.Packed) isRead = TryReadPacked(scratch, out text);
        else isRead = TryReadInteger((int)length, scratch, out text);

        if (!isRead) Rewind(start);
        return isRead;
    }

    private bool TryReadLength(out ulong length, out bool isSpecial)
    {
        length = 0;
        isSpecial = false;
        if (!Has(1)) return false;

        byte first = _input[Position];
        int bytes = (first & 0xC0) switch
        {
            0 or RdbFormat.SpecialString => 1,
            RdbFormat.Length14 => 2,
            _ => first == RdbFormat.Length32 ? 5 : first == RdbFormat.Length64 ? 9 : 0,
        };
        if (bytes == 0) return Refuse();
        if (!Has(bytes)) return false;

        isSpecial = (first & 0xC0) == RdbFormat.SpecialString;
        length = bytes switch
        {
            1 => (ulong)(first & 63),
            2 => (ulong)(((first & 63) << 8) | Rest[1]),
            5 => BinaryPrimitives.ReadUInt32BigEndian(Rest[1..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(Rest[1..]),
        };
        Position += bytes;
        return true;
    }

    private bool TryReadInteger(int form, RdbScratch scratch, out ReadOnlySpan<byte> text)
    {
        text = default;
        int bytes = form switch { RdbFormat.Integer8 => 1, RdbFormat.Integer16 => 2, RdbFormat.Integer32 => 4, _ => 0 };
        if (bytes == 0) return Refuse();
        if (!TryReadRaw(bytes, out ReadOnlySpan<byte> raw)) return false;

        long number = bytes switch { 1 => (sbyte)raw[0], 2 => BinaryPrimitives.ReadInt16LittleEndian(raw), _ => BinaryPrimitives.ReadInt32LittleEndian(raw) };
        Span<byte> digits = scratch.Take(RespNumber.MaxLongLength);
        text = digits[..RespNumber.FormatLong(digits, number)];
        return true;
    }

    private bool TryReadPacked(RdbScratch scratch, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TryReadLength(out ulong packedLength) || !TryReadLength(out ulong length)) return false;
        if (packedLength > LongestString || length > LongestString) return Refuse();
        if (!TryReadRaw((int)packedLength, out ReadOnlySpan<byte> packed)) return false;
        if (!Lzf.MayExpandTo(packed.Length, (long)length)) return Refuse();

        Span<byte> target = scratch.Take((int)length);
        text = target;
        return Lzf.TryUnpack(packed, target) || Refuse();
    }

    private bool Has(int bytes)
    {
        if (bytes <= _input.Length - Position) return true;
        Status = RdbReadStatus.Incomplete;
        Needed = bytes;
        return false;
    }

    private bool Refuse()
    {
        Status = RdbReadStatus.Corrupt;
        return false;
    }
}
