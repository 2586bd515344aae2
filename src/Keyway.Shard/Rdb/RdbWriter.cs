using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Rdb;

/// <summary>
/// Writes the parts of which dumps and files consist, and keeps their checksum. What is written is gathered to pieces of some kilobytes; longer strings
/// pass through as they lie. A writer is used again and again.
/// </summary>
internal sealed unsafe class RdbWriter
{
    private const int BufferBytes = 16 * 1024;
    private const int ShortestPacked = 21;               // shorter strings are not worth a try
    private const int MustSave = 4;                      // bytes, to be worth unpacking later
    private const int KeptBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private LzfPacker? _packer;          // large, and not everybody packs
    private byte[] _packed = [];
    private IRdbSink? _sink;
    private int _used;

    /// <summary>Whether strings are packed where that saves something (rdbcompression).</summary>
    public bool Packs { get; set; } = true;

    /// <summary>Longer strings are written as they are: packing takes long, and somebody waits. Whoever reads takes both.</summary>
    public int LongestPacked { get; set; } = int.MaxValue;

    /// <summary>Since <see cref="Begin"/>.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>Of all that has gone to the sink: call <see cref="Flush"/> first.</summary>
    public ulong Checksum { get; private set; }

    /// <summary>Begins with something new, for this sink.</summary>
    public void Begin(IRdbSink sink)
    {
        _sink = sink;
        _used = 0;
        Checksum = 0;
        WrittenBytes = 0;
    }

    public void Flush()
    {
        if (_used > 0) Send(_buffer.AsSpan(0, _used));
        _used = 0;
    }

    /// <summary>Ends a dump: what was written, its version and the checksum.</summary>
    public void EndDump()
    {
        Span<byte> version = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(version, RdbFormat.Version);
        WriteRaw(version);
        Flush();
        WriteInt64((long)Checksum);
        Flush();
    }

    public void WriteByte(byte value) => WriteRaw([value]);

    public void WriteType(RdbType type) => WriteByte((byte)type);

    public void WriteLength(ulong length)
    {
        Span<byte> bytes = stackalloc byte[9];
        switch (length)
        {
            case < 1 << 6:
                WriteByte((byte)length);
                return;
            case < 1 << 14:
                BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(length | (RdbFormat.Length14 << 8)));
                WriteRaw(bytes[..2]);
                return;
            case <= uint.MaxValue:
                bytes[0] = RdbFormat.Length32;
                BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], (uint)length);
                WriteRaw(bytes[..5]);
                return;
            default:
                bytes[0] = RdbFormat.Length64;
                BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], length);
                WriteRaw(bytes);
                return;
        }
    }

    public void WriteLength(long length) => WriteLength((ulong)length);

    /// <summary>A number as the string of its digits.</summary>
    public void WriteIntegerString(long number)
    {
        if (TryWriteInteger(number)) return;
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        WriteText(digits[..RespNumber.FormatLong(digits, number)]);
    }

    public void WriteString(ReadOnlySpan<byte> text)
    {
        bool isNumber = text.Length <= RdbFormat.LongestIntegerText && RespNumber.TryParseLong(text, out long number) && TryWriteInteger(number);
        if (!isNumber) WriteText(text);
    }

    /// <summary>An element of a collection as the string that it stands for.</summary>
    public void WriteString(ListpackElement element)
    {
        if (element.IsInteger) WriteIntegerString(element.Integer);
        else WriteString(element.Bytes);
    }

    public void WriteDouble(double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        WriteRaw(bytes);
    }

    public void WriteInt64(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        WriteRaw(bytes);
    }

    /// <summary>Ends a file: the mark, and the checksum of all before it, or zero in its place.</summary>
    public void EndFile(bool withChecksum)
    {
        WriteByte((byte)RdbOpcode.End);
        Flush();
        WriteInt64(withChecksum ? (long)Checksum : 0);
        Flush();
    }

    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        WrittenBytes += bytes.Length;
        if (bytes.Length > _buffer.Length - _used)
        {
            Flush();
            if (bytes.Length > _buffer.Length)
            {
                Send(bytes);
                return;
            }
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>
    /// How long a part of a string is when it is packed by itself; packed parts behind one another are the packed string. What does not become shorter is
    /// part of it all the same.
    /// </summary>
    public int MeasurePacked(ReadOnlySpan<byte> part) => Pack(part);

    /// <summary>Begins a packed string, which <see cref="WritePackedPart"/> goes on with.</summary>
    public void BeginPacked(long packedLength, long length)
    {
        WriteByte(RdbFormat.SpecialString | RdbFormat.Packed);
        WriteLength(packedLength);
        WriteLength(length);
    }

    public void WritePackedPart(ReadOnlySpan<byte> part) => WriteRaw(_packed.AsSpan(0, Pack(part)));

    // A part that cannot be packed becomes a little longer.
    private int Pack(ReadOnlySpan<byte> part)
    {
        int room = part.Length + (part.Length / Lzf.LongestRun) + LzfPacker.Spare;
        if (_packed.Length < room) _packed = new byte[room];
        _packer ??= new LzfPacker();
        return _packer.Pack(part, _packed);
    }

    private bool TryWriteInteger(long number)
    {
        Span<byte> bytes = stackalloc byte[5];
        int length;
        if (number is >= sbyte.MinValue and <= sbyte.MaxValue)
        {
            bytes[0] = RdbFormat.SpecialString | RdbFormat.Integer8;
            bytes[1] = (byte)number;
            length = 2;
        }
        else if (number is >= short.MinValue and <= short.MaxValue)
        {
            bytes[0] = RdbFormat.SpecialString | RdbFormat.Integer16;
            BinaryPrimitives.WriteInt16LittleEndian(bytes[1..], (short)number);
            length = 3;
        }
        else if (number is >= int.MinValue and <= int.MaxValue)
        {
            bytes[0] = RdbFormat.SpecialString | RdbFormat.Integer32;
            BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], (int)number);
            length = 5;
        }
        else
        {
            return false;
        }

        WriteRaw(bytes[..length]);
        return true;
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        if (Packs && text.Length >= ShortestPacked && text.Length <= LongestPacked && TryWritePacked(text)) return;
        WriteLength(text.Length);
        WriteRaw(text);
    }

    private bool TryWritePacked(ReadOnlySpan<byte> text)
    {
        int room = text.Length - MustSave;
        if (room > KeptBytes) return TryWriteLongPacked(text, room);

        if (_packed.Length < room) _packed = new byte[Math.Min(KeptBytes, Math.Max(1024, room * 2))];
        return TryWritePacked(text, _packed.AsSpan(0, room));
    }

    // As much memory as the string itself, and only for so long.
    private bool TryWriteLongPacked(ReadOnlySpan<byte> text, int room)
    {
        var block = (byte*)NativeMemory.Alloc((nuint)room);
        try
        {
            return TryWritePacked(text, new Span<byte>(block, room));
        }
        finally
        {
            NativeMemory.Free(block);
        }
    }

    private bool TryWritePacked(ReadOnlySpan<byte> text, Span<byte> room)
    {
        _packer ??= new LzfPacker();
        int length = _packer.Pack(text, room);
        if (length == 0) return false;
        WriteByte(RdbFormat.SpecialString | RdbFormat.Packed);
        WriteLength(length);
        WriteLength(text.Length);
        WriteRaw(room[..length]);
        return true;
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        Checksum = Crc64.Append(Checksum, bytes);
        _sink!.Write(bytes);
    }
}
