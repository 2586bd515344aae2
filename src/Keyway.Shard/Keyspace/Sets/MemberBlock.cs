using System.Runtime.CompilerServices;

namespace Keyway.Shard.Keyspace.Sets;

/// <summary>
/// A member of a large set: its length and its bytes.
/// <code>length:u8 [length:u32, where the first is 255] bytes</code>
/// </summary>
internal readonly unsafe struct MemberBlock : IElementBlock
{
    private const byte LongMark = 255;
    private const int LongHeaderBytes = 1 + sizeof(uint);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> KeyOf(byte* block) =>
        *block != LongMark ? new ReadOnlySpan<byte>(block + 1, *block) : new ReadOnlySpan<byte>(block + LongHeaderBytes, Unsafe.ReadUnaligned<int>(block + 1));

    public static byte* Create(SlabAllocator memory, ReadOnlySpan<byte> member)
    {
        byte* block = memory.Allocate(BytesFor(member.Length));
        if (member.Length < LongMark)
        {
            *block = (byte)member.Length;
        }
        else
        {
            *block = LongMark;
            Unsafe.WriteUnaligned(block + 1, member.Length);
        }

        member.CopyTo(new Span<byte>(block + (member.Length < LongMark ? 1 : LongHeaderBytes), member.Length));
        return block;
    }

    public static void Free(byte* block, ValueStore store) => store.Memory.Free(block, BytesFor(KeyOf(block).Length));

    public static int MemoryBytes(byte* block) => SlabAllocator.RoundUp(BytesFor(KeyOf(block).Length));

    private static int BytesFor(int length) => checked(length + (length < LongMark ? 1 : LongHeaderBytes));
}
