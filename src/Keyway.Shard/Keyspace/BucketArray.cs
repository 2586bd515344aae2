using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// A power of two of buckets in segments of 64 KB, each taken when its first entry comes and given back when its last bucket has been moved away:
/// a table of any size is begun and dropped without touching its memory at once.
/// </summary>
internal unsafe struct BucketArray
{
    /// <summary>Seven entries and the overflow bucket behind them: one cache line.</summary>
    public const int BucketBytes = 64;

    private const int SegmentShift = 10;
    private const int BucketsPerSegment = 1 << SegmentShift;

    private byte** _segments;
    private long _segmentCount;

    /// <summary>Zero when there is no table.</summary>
    public long Buckets { readonly get; private set; }

    public readonly ulong Mask => (ulong)Buckets - 1;

    public readonly bool Exists => Buckets != 0;

    public readonly long DirectoryBytes => _segmentCount * sizeof(byte*);

    public void Create(long buckets)
    {
        Debug.Assert(!Exists && BitOperations.IsPow2(buckets));
        _segmentCount = Math.Max(1, buckets >> SegmentShift);
        _segments = (byte**)NativeMemory.AllocZeroed((nuint)_segmentCount, (nuint)sizeof(byte*));
        Buckets = buckets;
    }

    /// <summary>The bucket, or null when nothing was ever put near it.</summary>
    public readonly ulong* Find(ulong index)
    {
        byte* segment = _segments[index >> SegmentShift];
        return segment == null ? null : (ulong*)(segment + ((index & (BucketsPerSegment - 1)) * BucketBytes));
    }

    public readonly ulong* FindOrCreate(ulong index, SlabAllocator memory)
    {
        ref byte* segment = ref _segments[index >> SegmentShift];
        if (segment == null) segment = AllocateSegment(memory);
        return (ulong*)(segment + ((index & (BucketsPerSegment - 1)) * BucketBytes));
    }

    /// <summary>Gives back the segment that ends with this bucket, if one does: its entries have all been moved.</summary>
    public readonly void ReleaseBehind(ulong index, SlabAllocator memory)
    {
        bool isLastOfSegment = (index & (BucketsPerSegment - 1)) == BucketsPerSegment - 1 || index == Mask;
        if (isLastOfSegment) ReleaseSegment(index >> SegmentShift, memory);
    }

    /// <summary>Where a segment was never taken there is nothing to visit: the first index after it.</summary>
    public readonly ulong SkipMissing(ulong index)
    {
        while (index <= Mask && _segments[index >> SegmentShift] == null) index = ((index >> SegmentShift) + 1) << SegmentShift;
        return Math.Min(index, (ulong)Buckets);
    }

    public void Dispose(SlabAllocator memory)
    {
        for (long i = 0; i < _segmentCount; i++) ReleaseSegment((ulong)i, memory);
        NativeMemory.Free(_segments);
        this = default;
    }

    private readonly byte* AllocateSegment(SlabAllocator memory)
    {
        if (Buckets >= BucketsPerSegment) return memory.AllocateSlab();

        int bytes = (int)Buckets * BucketBytes;
        byte* segment = memory.Allocate(bytes);
        NativeMemory.Clear(segment, (nuint)bytes);
        return segment;
    }

    private readonly void ReleaseSegment(ulong index, SlabAllocator memory)
    {
        byte* segment = _segments[index];
        if (segment == null) return;

        if (Buckets >= BucketsPerSegment) memory.FreeSlab(segment);
        else memory.Free(segment, (int)Buckets * BucketBytes);
        _segments[index] = null;
    }
}
