using System.Runtime.CompilerServices;

namespace Keyway.Shard.Keyspace.Hashes;

/// <summary>
/// A field of a large hash with its value, in one block: a value that changes within what the block's size class holds is written over.
/// <code>field-length:u8 value-length:u8 [field-length:u32, where the first is 255] [value-length:u32, likewise] field value</code>
/// </summary>
internal readonly unsafe struct FieldBlock : IElementBlock
{
    private const byte LongMark = 255;
    private const int HeaderBytes = 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> KeyOf(byte* block)
    {
        if (block[0] != LongMark && block[1] != LongMark) return new ReadOnlySpan<byte>(block + HeaderBytes, block[0]);
        ReadLengths(block, out int field, out int value);
        return new ReadOnlySpan<byte>(block + HeaderFor(field, value), field);
    }

    public static ReadOnlySpan<byte> ValueOf(byte* block)
    {
        ReadLengths(block, out int field, out int value);
        return new ReadOnlySpan<byte>(block + HeaderFor(field, value) + field, value);
    }

    public static byte* Create(SlabAllocator memory, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        byte* block = memory.Allocate(BytesFor(field.Length, value.Length));
        WriteLengths(block, field.Length, value.Length);
        int header = HeaderFor(field.Length, value.Length);
        field.CopyTo(new Span<byte>(block + header, field.Length));
        value.CopyTo(new Span<byte>(block + header + field.Length, value.Length));
        return block;
    }

    /// <summary>Writes the value over the one that is there, if the block is of the size that it would get anyway.</summary>
    public static bool TryOverwrite(byte* block, ReadOnlySpan<byte> value)
    {
        ReadLengths(block, out int field, out int oldValue);
        if (value.Length != oldValue)
        {
            if (SlabAllocator.RoundUp(BytesFor(field, value.Length)) != SlabAllocator.RoundUp(BytesFor(field, oldValue))) return false;

            int oldHeader = HeaderFor(field, oldValue);
            int header = HeaderFor(field, value.Length);
            if (header != oldHeader) new Span<byte>(block + oldHeader, field).CopyTo(new Span<byte>(block + header, field));
            WriteLengths(block, field, value.Length);
        }

        value.CopyTo(new Span<byte>(block + HeaderFor(field, value.Length) + field, value.Length));
        return true;
    }

    public static void Free(byte* block, ValueStore store)
    {
        ReadLengths(block, out int field, out int value);
        store.Memory.Free(block, BytesFor(field, value));
    }

    public static int MemoryBytes(byte* block)
    {
        ReadLengths(block, out int field, out int value);
        return SlabAllocator.RoundUp(BytesFor(field, value));
    }

    private static void ReadLengths(byte* block, out int field, out int value)
    {
        byte* at = block + HeaderBytes;
        field = block[0];
        value = block[1];
        if (field == LongMark)
        {
            field = Unsafe.ReadUnaligned<int>(at);
            at += sizeof(int);
        }

        if (value == LongMark) value = Unsafe.ReadUnaligned<int>(at);
    }

    private static void WriteLengths(byte* block, int field, int value)
    {
        byte* at = block + HeaderBytes;
        block[0] = (byte)Math.Min(field, LongMark);
        block[1] = (byte)Math.Min(value, LongMark);
        if (field >= LongMark)
        {
            Unsafe.WriteUnaligned(at, field);
            at += sizeof(int);
        }

        if (value >= LongMark) Unsafe.WriteUnaligned(at, value);
    }

    private static int HeaderFor(int field, int value) => HeaderBytes + (field < LongMark ? 0 : sizeof(int)) + (value < LongMark ? 0 : sizeof(int));

    private static int BytesFor(int field, int value) => checked(HeaderFor(field, value) + field + value);
}
