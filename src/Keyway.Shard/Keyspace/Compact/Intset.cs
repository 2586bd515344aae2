using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
        int count = Count(intset);
        int width = Width(intset);
        ReadOnlySpan<byte> numbers = intset.Slice(HeaderBytes, count * width);
        index = width switch
        {
            2 => LowerBound<short>(numbers, count, number),
            4 => LowerBound<int>(numbers, count, number),
            _ => LowerBound<long>(numbers, count, number),
        };
        return index < count && Read(numbers, width, index) == number;
    }

    /// <summary>
    /// Whether the number is there, for who asks for numbers in ascending order: the search begins at the index where the last one ended.
    /// </summary>
    public static bool FindNext(ReadOnlySpan<byte> intset, long number, ref int from)
    {
        // In steps that grow, so that near neighbours cost little and far ones no more than a search through all.
        int count = Count(intset);
        int width = Width(intset);
        ReadOnlySpan<byte> numbers = intset[HeaderBytes..];
        int step = 1;
        while (from + step <= count && Read(numbers, width, from + step - 1) < number)
        {
            from += step;
            step *= 2;
        }

        int end = (int)Math.Min((long)from + step, count);
        while (from < end)
        {
            int middle = (from + end) >>> 1;
            if (Read(numbers, width, middle) < number) from = middle + 1;
            else end = middle;
        }

        return from < count && Read(numbers, width, from) == number;
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

    /// <summary>How many are less. No step depends on a guess of the processor's which way it goes.</summary>
    private static int LowerBound<T>(ReadOnlySpan<byte> numbers, int count, long number)
        where T : unmanaged, IBinaryInteger<T>
    {
        ref byte start = ref MemoryMarshal.GetReference(numbers);
        int low = 0;
        while (count > 0)
        {
            int half = count >> 1;
            long there = ReadAt<T>(ref start, low + half);
            low = there < number ? low + count - half : low;
            count = half;
        }

        return low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ReadAt<T>(ref byte start, int index)
        where T : unmanaged, IBinaryInteger<T>
    {
        T value = Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref start, index * Unsafe.SizeOf<T>()));
        if (!BitConverter.IsLittleEndian) value = T.ReadLittleEndian(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)), isUnsigned: false);
        return long.CreateTruncating(value);
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
