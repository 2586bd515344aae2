using System.Runtime.CompilerServices;
using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Streams;

/// <summary>
/// Entries that lie together in one listpack, laid out as Redis lays them out, so that a stream is saved as it lies.
/// <code>
/// count deleted fields field* 0                                          the names of the first entry's fields, which most others share
/// (flags ms-diff seq-diff (fields (field value)* | value*) elements)*
/// </code>
/// The differences are those to the ID under which the stream holds the node. An entry ends with the number of its other elements, for who walks
/// backwards. The block begins with its own size, so a listpack may grow in it.
/// </summary>
internal readonly unsafe struct StreamNode(byte* block)
{
    public const int DeletedFlag = 1;
    public const int SameFieldsFlag = 2;

    /// <summary>Elements of an entry beside its values: flags, both differences, and their count; and the number of fields if they are its own.</summary>
    public const int FixedElements = 3;

    private const int SizeBytes = sizeof(int);

    public byte* Block => block;

    public bool IsNull => block == null;

    public int BlockBytes => Unsafe.ReadUnaligned<int>(block);

    /// <summary>The listpack.</summary>
    public ReadOnlySpan<byte> Bytes => Room[..Listpack.BytesOf(Room)];

    /// <summary>The listpack and all that it may grow into.</summary>
    public Span<byte> Room => new(block + SizeBytes, BlockBytes - SizeBytes);

    public static StreamNode Create(SlabAllocator memory, int listpackBytes)
    {
        int bytes = BlockBytesFor(listpackBytes);
        byte* block = memory.Allocate(bytes);
        Unsafe.WriteUnaligned(block, bytes);
        return new StreamNode(block);
    }

    public static StreamNode Create(SlabAllocator memory, ReadOnlySpan<byte> listpack)
    {
        StreamNode node = Create(memory, listpack.Length);
        listpack.CopyTo(node.Room);
        return node;
    }

    /// <summary>The size of a block for so long a listpack.</summary>
    public static int BlockBytesFor(int listpackBytes) => SlabAllocator.RoundUp(checked(listpackBytes + SizeBytes));

    public void Free(SlabAllocator memory) => memory.Free(block, BlockBytes);

    /// <summary>Makes the element another number. There is room for it: one byte more than the listpack takes is enough for a count that goes up by one.</summary>
    public void SetNumber(int at, long number)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        Listpack.Replace(Room, at, digits[..RespNumber.FormatLong(digits, number)]);
    }

    /// <summary>Notes that so many of the node's entries have been marked as deleted.</summary>
    public void CountAsDeleted(in NodeHead head, long entries)
    {
        // From the back, since a number may take another size than before.
        SetNumber(head.DeletedAt, head.Deleted + entries);
        SetNumber(NodeHead.CountAt, head.Count - entries);
    }
}
