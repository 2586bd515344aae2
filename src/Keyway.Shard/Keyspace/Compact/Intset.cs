using System.Buffers.Binary;
using System.Diagnostics;

namespace Keyway.Shard.Keyspace.Compact;

/// <summary>
/// Redis's intset: distinct integers in ascending order, all as wide as the widest needs.
/// <code>width:u32 count:u32 integer*</code>
/// As with <see cref="Listpack"/> the caller keeps the buffer: it is made longer before an insertion and shorter after a removal.
/// </summary>
internal static class Intset
{
    public const int HeaderBytes = 8;

    public static void WriteEmpty(Span<byte> buffer, int width = 2)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer, width);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], 0);
    }

    public static int Count(ReadOnlySpan<byte> intset) => BinaryPrimitives.ReadInt32LittleEndian(intset[4..]);

    public static int Width(ReadOnlySpan<byte> intset) => BinaryPrimitives.ReadInt32LittleEndian(intset);

    public static int BytesOf(ReadOnlySpan<byte> intset) => HeaderBytes + (Count(intset) * Width(intset));

    public static int WidthOf(long number) => number switch
    {
        >= short.MinValue and <= short.MaxValue => 2,
        >= int.MinValue and <= int.MaxValue => 4,
        _ => 8,
    };

    public static long At(ReadOnlySpan<byte> intset, int index) => Read(intset[HeaderBytes..], Width(intset), index);

    /// <summary>Where the number stands, or would.</summary>
    public static bool Find(ReadOnlySpan<byte> intset, long number, out int index)
    {
        int width = Width(intset);
        ReadOnlySpan<byte> numbers = intset[HeaderBytes..];
        int low = 0;
        int high = Count(intset) - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            long there = Read(numbers, width, middle);
            if (there == number)
            {
                index = middle;
                return true;
            }

            if (there < number) low = middle + 1;
            else high = middle - 1;
        }

        index = low;
        return false;
    }

    /// <summary>The bytes that it takes with this number too, which it does not hold yet.</summary>
    public static int BytesWith(ReadOnlySpan<byte> intset, long number) =>
        HeaderBytes + ((Count(intset) + 1) * Math.Max(Width(intset), WidthOf(number)));

    /// <summary>Adds a number that is not there, at the index that <see cref="Find"/> gave. The buffer already has <see cref="BytesWith"/>.</summary>
    public static void Insert(Span<byte> buffer, int index, long number)
    {
        int count = Count(buffer);
        int oldWidth = Width(buffer);
        int width = Math.Max(oldWidth, WidthOf(number));
        Span<byte> numbers = buffer[HeaderBytes..];
        Debug.Assert(numbers.Length >= (count + 1) * width, "the caller makes room first");

        if (width == oldWidth)
        {
            numbers[(index * width)..(count * width)].CopyTo(numbers[((index + 1) * width)..]);
        }
        else
        {
            // Backwards, so that nothing is overwritten before it is read.
            for (int i = count - 1; i >= 0; i--) Write(numbers, width, i < index ? i : i + 1, Read(numbers, oldWidth, i));
            BinaryPrimitives.WriteInt32LittleEndian(buffer, width);
        }

        Write(numbers, width, index, number);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], count + 1);
    }

    /// <returns>The bytes that it takes now.</returns>
    public static int RemoveAt(Span<byte> buffer, int index)
    {
        int count = Count(buffer);
        int width = Width(buffer);
        Span<byte> numbers = buffer[HeaderBytes..];
        numbers[((index + 1) * width)..(count * width)].CopyTo(numbers[(index * width)..]);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], count - 1);
        return HeaderBytes + ((count - 1) * width);
    }

    /// <summary>Tells whether bytes from outside are an intset.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes) return false;

        int width = Width(bytes);
        long count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (width is not (2 or 4 or 8) || count == 0 || bytes.Length != HeaderBytes + (count * width)) return false;

        for (int i = 1; i < count; i++)
        {
            if (At(bytes, i - 1) >= At(bytes, i)) return false;
        }

        return true;
    }

    private static long Read(ReadOnlySpan<byte> numbers, int width, int index) => width switch
    {
        2 => BinaryPrimitives.ReadInt16LittleEndian(numbers[(index * 2)..]),
        4 => BinaryPrimitives.ReadInt32LittleEndian(numbers[(index * 4)..]),
        _ => BinaryPrimitives.ReadInt64LittleEndian(numbers[(index * 8)..]),
    };

    private static void Write(Span<byte> numbers, int width, int index, long number)
    {
        switch (width)
        {
            case 2:
                BinaryPrimitives.WriteInt16LittleEndian(numbers[(index * 2)..], (short)number);
                break;
            case 4:
                BinaryPrimitives.WriteInt32LittleEndian(numbers[(index * 4)..], (int)number);
                break;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(numbers[(index * 8)..], number);
                break;
        }
    }
}
