using System.Runtime.CompilerServices;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>
/// One element of a large sorted set, in a native block: score, length, member. The set's index finds it by its member, the set's tree keeps it in order;
/// it never moves.
/// </summary>
internal readonly unsafe struct ScoredMember(byte* block) : IBlock
{
    private const int LengthOffset = sizeof(double);
    private const int HeaderBytes = LengthOffset + sizeof(int);

    public byte* Block => block;

    public bool IsNull => block == null;

    public double Score
    {
        get => *(double*)block;
        set => *(double*)block = value;
    }

    public ReadOnlySpan<byte> Bytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(block + HeaderBytes, *(int*)(block + LengthOffset));
    }

    /// <summary>What the block takes in memory.</summary>
    public int MemoryBytes => SlabAllocator.RoundUp(BlockBytes);

    private int BlockBytes => HeaderBytes + *(int*)(block + LengthOffset);

    public static ScoredMember Create(SlabAllocator memory, ReadOnlySpan<byte> member, double score)
    {
        byte* block = memory.Allocate(HeaderBytes + member.Length);
        *(double*)block = score;
        *(int*)(block + LengthOffset) = member.Length;
        member.CopyTo(new Span<byte>(block + HeaderBytes, member.Length));
        return new ScoredMember(block);
    }

    public void Free(SlabAllocator memory) => memory.Free(block, BlockBytes);

    public static ReadOnlySpan<byte> KeyOf(byte* block) => new ScoredMember(block).Bytes;

    public static void Free(byte* block, ValueStore store) => new ScoredMember(block).Free(store.Memory);
}
