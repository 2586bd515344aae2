using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard;

/// <summary>
/// A copy of a request for later: queued by MULTI, or waiting for a key. One block of native memory, which is counted with the keyspace's: whoever
/// keeps many of them does so under the memory limit. The owner frees it.
/// </summary>
internal readonly unsafe struct SavedRequest
{
    private readonly byte* _block;          // the ranges, then the arguments as they came
    private readonly int _blockBytes;
    private readonly int _count;

    private SavedRequest(byte* block, int blockBytes, int count)
    {
        _block = block;
        _blockBytes = blockBytes;
        _count = count;
    }

    /// <summary>What it takes in memory.</summary>
    public int Bytes => SlabAllocator.RoundUp(_blockBytes);

    /// <summary>The copy; valid until it is freed.</summary>
    public Arguments Arguments
    {
        get
        {
            int rangeBytes = _count * sizeof(ArgumentRange);
            var ranges = new ReadOnlySpan<ArgumentRange>(_block, _count);
            return new Arguments(new ReadOnlySpan<byte>(_block + rangeBytes, _blockBytes - rangeBytes), ranges, firstHeader: 0);
        }
    }

    /// <returns>False when it is larger than one block can be: two gigabytes.</returns>
    public static bool TryCopy(Arguments request, SlabAllocator memory, out SavedRequest saved)
    {
        saved = default;
        ReadOnlySpan<byte> bytes = request.Encoded(0, request.Count);
        long size = ((long)request.Count * sizeof(ArgumentRange)) + bytes.Length;
        if (size > int.MaxValue - SlabAllocator.SlabBytes) return false;

        byte* block = memory.Allocate((int)size);
        var ranges = new Span<ArgumentRange>(block, request.Count);
        int position = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            int encoded = request.Encoded(i).Length;
            int length = request[i].Length;
            ranges[i] = new ArgumentRange(position + encoded - length - 2, length);
            position += encoded;
        }

        bytes.CopyTo(new Span<byte>(block + (request.Count * sizeof(ArgumentRange)), bytes.Length));
        saved = new SavedRequest(block, (int)size, request.Count);
        return true;
    }

    public void Free(SlabAllocator memory)
    {
        if (_block != null) memory.Free(_block, _blockBytes);
    }
}
