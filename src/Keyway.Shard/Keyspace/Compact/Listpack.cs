using System.Buffers.Binary;
using System.Diagnostics;
using Keyway.Protocol;

namespace Keyway.Shard.Keyspace.Compact;

/// <summary>
/// Redis's listpack: elements one behind the other in one buffer, each followed by its own length, so that it can be walked both ways.
/// <code>total-bytes:u32 count:u16 (encoding data backlen)* 0xFF</code>
/// All methods work on the used bytes of a buffer that the caller keeps. To change a listpack: ask for the size of what is to come, make the buffer so
/// much longer, then insert; or remove, then make it shorter. Positions are offsets of elements; <see cref="None"/> is no element.
/// Buffers are trusted here: what comes from outside passes <see cref="ListpackCheck"/> first.
/// </summary>
internal static class Listpack
{
    public const int None = -1;
    public const int HeaderBytes = 6;
    public const int EmptyBytes = HeaderBytes + 1;

    /// <summary>A count that the header cannot hold: whoever needs it must walk.</summary>
    private const int UnknownCount = ushort.MaxValue;

    public const byte End = 0xFF;

    private const byte Integer13 = 0xC0;
    internal const byte Text12 = 0xE0;
    internal const byte Text32 = 0xF0;
    private const byte Integer16 = 0xF1;
    private const byte Integer24 = 0xF2;
    private const byte Integer32 = 0xF3;
    private const byte Integer64 = 0xF4;

    public static void WriteEmpty(Span<byte> buffer)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer, EmptyBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[4..], 0);
        buffer[HeaderBytes] = End;
    }

    /// <summary>The bytes that the listpack itself takes.</summary>
    public static int BytesOf(ReadOnlySpan<byte> listpack) => BinaryPrimitives.ReadInt32LittleEndian(listpack);

    public static int Count(ReadOnlySpan<byte> listpack)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(listpack[4..]);
        if (count != UnknownCount) return count;

        count = 0;
        for (int at = First(listpack); at != None; at = Next(listpack, at)) count++;
        return count;
    }

    public static int First(ReadOnlySpan<byte> listpack) => listpack[HeaderBytes] == End ? None : HeaderBytes;

    public static int Next(ReadOnlySpan<byte> listpack, int at)
    {
        int next = at + SizeAt(listpack, at);
        return listpack[next] == End ? None : next;
    }

    public static int Last(ReadOnlySpan<byte> listpack) => Previous(listpack, BytesOf(listpack) - 1);

    /// <param name="listpack">All of it.</param>
    /// <param name="at">An element, or the end mark's offset for the last one.</param>
    public static int Previous(ReadOnlySpan<byte> listpack, int at)
    {
        if (at == HeaderBytes) return None;

        // The length stands with its lowest seven bits last; a set high bit says that more stand before.
        int end = at - 1;
        int length = 0;
        int shift = 0;
        while (true)
        {
            byte part = listpack[end];
            length |= (part & 127) << shift;
            if ((part & 128) == 0) break;
            shift += 7;
            end--;
        }

        return at - length - BackLengthBytes(length);
    }

    /// <summary>The element of this index, counted from the end if negative; <see cref="None"/> when there are not so many.</summary>
    public static int Seek(ReadOnlySpan<byte> listpack, long index)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(listpack[4..]);
        if (count != UnknownCount)
        {
            if (index < 0) index += count;
            if (index < 0 || index >= count) return None;

            // From the nearer end.
            if (index > count / 2) index -= count;
        }

        int at;
        if (index >= 0)
        {
            at = First(listpack);
            for (; index > 0 && at != None; index--) at = Next(listpack, at);
            return at;
        }

        at = First(listpack) == None ? None : Last(listpack);
        for (; index < -1 && at != None; index++) at = Previous(listpack, at);
        return at;
    }

    public static ListpackElement Read(ReadOnlySpan<byte> listpack, int at)
    {
        byte first = listpack[at];
        if ((first & 0x80) == 0) return new ListpackElement((long)first);
        if ((first & 0xC0) == 0x80) return new ListpackElement(listpack.Slice(at + 1, first & 63));
        if ((first & 0xE0) == Integer13)
        {
            int unsigned = ((first & 31) << 8) | listpack[at + 1];
            return new ListpackElement((long)((unsigned << 19) >> 19));
        }

        if ((first & 0xF0) == Text12) return new ListpackElement(listpack.Slice(at + 2, ((first & 15) << 8) | listpack[at + 1]));

        ReadOnlySpan<byte> data = listpack[(at + 1)..];
        return first switch
        {
            Text32 => new ListpackElement(data.Slice(4, BinaryPrimitives.ReadInt32LittleEndian(data))),
            Integer16 => new ListpackElement((long)BinaryPrimitives.ReadInt16LittleEndian(data)),
            Integer24 => new ListpackElement((long)((data[0] | (data[1] << 8) | (data[2] << 16)) << 8 >> 8)),
            Integer32 => new ListpackElement((long)BinaryPrimitives.ReadInt32LittleEndian(data)),
            _ => new ListpackElement(BinaryPrimitives.ReadInt64LittleEndian(data)),
        };
    }

    /// <summary>All bytes of the element, its trailing length included.</summary>
    public static int SizeAt(ReadOnlySpan<byte> listpack, int at)
    {
        int body = BodyBytes(listpack[at..]);
        return body + BackLengthBytes(body);
    }

    /// <summary>What a value takes as an element: as a number where its text is one exactly.</summary>
    public static int SizeOf(ReadOnlySpan<byte> value) =>
        RespNumber.TryParseLong(value, out long number) ? SizeOf(number) : SizeOfText(value.Length);

    public static int SizeOf(long number)
    {
        int body = number switch
        {
            >= 0 and <= 127 => 1,
            >= -4096 and <= 4095 => 2,
            >= short.MinValue and <= short.MaxValue => 3,
            >= -(1 << 23) and < 1 << 23 => 4,
            >= int.MinValue and <= int.MaxValue => 5,
            _ => 9,
        };
        return body + 1;
    }

    public static int SizeOf(ListpackElement element) => element.IsInteger ? SizeOf(element.Integer) : SizeOfText(element.Bytes.Length);

    /// <summary>Puts the value before the element at this offset (the end mark's, to append). The buffer is already longer by <see cref="SizeOf(ReadOnlySpan{byte})"/>.</summary>
    /// <returns>The offset behind the new element: where the next one would go.</returns>
    public static int Insert(Span<byte> buffer, int at, ReadOnlySpan<byte> value) => Insert(buffer, at, ListpackElement.Of(value));

    public static int Insert(Span<byte> buffer, int at, long number) => Insert(buffer, at, new ListpackElement(number));

    public static int Insert(Span<byte> buffer, int at, ListpackElement element)
    {
        int size = SizeOf(element);
        OpenGap(buffer, at, size);
        Write(buffer[at..], element, size);
        return at + size;
    }

    /// <summary>The bytes of one element of this size, as they stand in a listpack: for who keeps header and end mark by itself.</summary>
    public static void Write(Span<byte> target, ListpackElement element, int size)
    {
        if (element.IsInteger) Write(target, element.Integer, size);
        else Write(target, element.Bytes);
    }

    public static void WriteHeader(Span<byte> buffer, int bytes, int count)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer, bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[4..], (ushort)Math.Min(count, UnknownCount));
    }

    public static int Append(Span<byte> buffer, ReadOnlySpan<byte> value) => Insert(buffer, BytesOf(buffer) - 1, value);

    /// <summary>
    /// Puts the value in the element's place. The buffer already is as long as the larger of both needs; afterwards the caller makes it shorter.
    /// </summary>
    /// <returns>The bytes that the listpack now takes.</returns>
    public static int Replace(Span<byte> buffer, int at, ReadOnlySpan<byte> value)
    {
        bool isNumber = RespNumber.TryParseLong(value, out long number);
        int size = isNumber ? SizeOf(number) : SizeOfText(value.Length);
        int oldSize = SizeAt(buffer, at);
        int bytes = BytesOf(buffer);
        if (size != oldSize)
        {
            buffer[(at + oldSize)..bytes].CopyTo(buffer[(at + size)..]);
            bytes += size - oldSize;
            BinaryPrimitives.WriteInt32LittleEndian(buffer, bytes);
        }

        if (isNumber) Write(buffer[at..], number, size);
        else Write(buffer[at..], value);
        return bytes;
    }

    /// <summary>Takes so many elements out, from this offset on; what follows moves up. The caller makes the buffer shorter.</summary>
    /// <returns>The bytes that the listpack now takes.</returns>
    public static int Remove(Span<byte> buffer, int at, int count = 1)
    {
        int end = at;
        int removed = 0;
        for (; removed < count && buffer[end] != End; removed++) end += SizeAt(buffer, end);

        int bytes = BytesOf(buffer);
        buffer[end..bytes].CopyTo(buffer[at..]);
        int left = bytes - (end - at);
        SetHeader(buffer, left, -removed);
        return left;
    }

    /// <inheritdoc cref="ListpackSearch.Find"/>
    public static int Find(ReadOnlySpan<byte> listpack, int from, ReadOnlySpan<byte> value, int skip) => ListpackSearch.Find(listpack, from, value, skip);

    /// <summary>The bytes of an element without its trailing length.</summary>
    internal static int BodyBytes(ReadOnlySpan<byte> element)
    {
        byte first = element[0];
        if ((first & 0x80) == 0) return 1;
        if ((first & 0xC0) == 0x80) return 1 + (first & 63);
        if ((first & 0xE0) == Integer13) return 2;
        if ((first & 0xF0) == Text12) return 2 + (((first & 15) << 8) | element[1]);
        return first switch
        {
            Text32 => 5 + BinaryPrimitives.ReadInt32LittleEndian(element[1..]),
            Integer16 => 3,
            Integer24 => 4,
            Integer32 => 5,
            _ => 9,
        };
    }

    internal static int BackLengthBytes(int length) => length switch
    {
        < 128 => 1,
        < 16383 => 2,
        < 2097151 => 3,
        < 268435455 => 4,
        _ => 5,
    };

    private static int SizeOfText(int length)
    {
        int body = length + length switch
        {
            < 64 => 1,
            < 4096 => 2,
            _ => 5,
        };
        return body + BackLengthBytes(body);
    }

    private static void Write(Span<byte> target, ReadOnlySpan<byte> value)
    {
        int header;
        if (value.Length < 64)
        {
            target[0] = (byte)(0x80 | value.Length);
            header = 1;
        }
        else if (value.Length < 4096)
        {
            target[0] = (byte)(Text12 | (value.Length >> 8));
            target[1] = (byte)value.Length;
            header = 2;
        }
        else
        {
            target[0] = Text32;
            BinaryPrimitives.WriteInt32LittleEndian(target[1..], value.Length);
            header = 5;
        }

        value.CopyTo(target[header..]);
        WriteBackLength(target, header + value.Length);
    }

    private static void Write(Span<byte> target, long number, int size)
    {
        switch (size - 1)
        {
            case 1:
                target[0] = (byte)number;
                break;
            case 2:
                target[0] = (byte)(Integer13 | ((number >> 8) & 31));
                target[1] = (byte)number;
                break;
            case 3:
                target[0] = Integer16;
                BinaryPrimitives.WriteInt16LittleEndian(target[1..], (short)number);
                break;
            case 4:
                target[0] = Integer24;
                target[1] = (byte)number;
                target[2] = (byte)(number >> 8);
                target[3] = (byte)(number >> 16);
                break;
            case 5:
                target[0] = Integer32;
                BinaryPrimitives.WriteInt32LittleEndian(target[1..], (int)number);
                break;
            default:
                target[0] = Integer64;
                BinaryPrimitives.WriteInt64LittleEndian(target[1..], number);
                break;
        }

        WriteBackLength(target, size - 1);
    }

    private static void OpenGap(Span<byte> buffer, int at, int size)
    {
        int bytes = BytesOf(buffer);
        Debug.Assert(buffer.Length >= bytes + size, "the caller makes room first");
        buffer[at..bytes].CopyTo(buffer[(at + size)..]);
        SetHeader(buffer, bytes + size, 1);
    }

    private static void SetHeader(Span<byte> buffer, int bytes, int change)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer, bytes);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(buffer[4..]);
        if (count == UnknownCount && change > 0) return;

        // Once it was too many to note, only a walk tells whether it no longer is.
        if (count == UnknownCount) count = CountFromWalk(buffer);
        else count += change;
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[4..], (ushort)Math.Min(count, UnknownCount));
    }

    private static int CountFromWalk(ReadOnlySpan<byte> buffer)
    {
        int count = 0;
        for (int at = First(buffer); at != None; at = Next(buffer, at)) count++;
        return count;
    }

    private static void WriteBackLength(Span<byte> element, int body)
    {
        if (body < 128)
        {
            element[body] = (byte)body;
            return;
        }

        int bytes = BackLengthBytes(body);
        for (int i = 0; i < bytes; i++)
        {
            int part = (body >> (7 * (bytes - 1 - i))) & 127;
            element[body + i] = (byte)(i == 0 ? part : part | 128);
        }
    }
}
