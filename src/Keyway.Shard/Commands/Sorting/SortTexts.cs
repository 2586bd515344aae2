using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Commands.Sorting;

/// <summary>
/// Gives every element a text at an address that stays: that of its bytes, which lie in native memory and do not move while the keyspace is only read, or
/// digits written here for what is kept as a number.
/// </summary>
internal sealed unsafe class SortTexts(SlabAllocator memory) : IDisposable
{
    private const int BlockBytes = 7168;                 // nine fill a slab

    private readonly List<nint> _blocks = [];
    private int _used = BlockBytes;

    public byte* AddressOf(scoped ListpackElement element, out int length)
    {
        if (element.IsInteger) return AddressOf(element.Integer, out length);
        length = element.Bytes.Length;
        return AddressOf(element.Bytes);
    }

    public byte* AddressOf(long number, out int length)
    {
        if (BlockBytes - _used < RespNumber.MaxLongLength)
        {
            _blocks.Add((nint)memory.Allocate(BlockBytes));
            _used = 0;
        }

        byte* start = (byte*)_blocks[^1] + _used;
        length = RespNumber.FormatLong(new Span<byte>(start, RespNumber.MaxLongLength), number);
        _used += length;
        return start;
    }

    public static byte* AddressOf(ReadOnlySpan<byte> native) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(native));

    public void Dispose()
    {
        foreach (nint block in _blocks) memory.Free((byte*)block, BlockBytes);
        _blocks.Clear();
    }
}
