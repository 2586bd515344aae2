using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Keyway.Shard.Keyspace.Snapshots;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// Native memory for one keyspace: small blocks are cut from 64 KB slabs of one size class each, sixteen slabs to a region; larger ones come from the
/// system. The garbage collector never sees any of it. The caller says a block's size again when it frees it, so blocks carry no header, and what is
/// in use is known to the byte. One thread.
/// </summary>
internal sealed unsafe class SlabAllocator : IDisposable
{
    public const int SlabBytes = 64 * 1024;

    private const int RegionBytes = 1024 * 1024;
    private const int SlabsPerRegion = RegionBytes / SlabBytes;
    private const int SlabHeaderBytes = 64;             // keeps blocks of 64 bytes on cache lines of their own
    private const int LargeOverheadBytes = 16;          // what malloc itself keeps beside a block

    // So much costs less than to wake another thread for it.
    private const long FreedAtOnceBytes = 1024 * 1024;

    private readonly FreeingThread _freeing = new();
    private long _freedLargeBytes;                      // since the last turn
    private readonly Slab** _slabsWithRoom;              // by size class: the first of a list
    private readonly Dictionary<nint, nint> _regionsByAddress = [];      // asked once for each slab given back, not for each block
    private Region* _regions;                            // all of them
    private Region* _regionsWithRoom;
    private long _regionCount;
    private long _largeBytes;

    public SlabAllocator()
    {
        _slabsWithRoom = (Slab**)NativeMemory.AllocZeroed((nuint)SizeClasses.Count, (nuint)sizeof(Slab*));
    }

    /// <summary>Who needs some large blocks as they are; null nearly always.</summary>
    public BlockHolder? Holder { get; set; }

    /// <summary>Bytes of the blocks that are allocated, as rounded up to their classes.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Bytes held from the system: those in use, free blocks, and free slabs.</summary>
    public long ReservedBytes => (_regionCount * RegionBytes) + _largeBytes;

    /// <summary>Bytes of large blocks that nobody uses, and that have not reached the system yet.</summary>
    public long BytesBeingFreed => _freeing.PendingBytes;

    /// <summary>What a request for so many bytes really takes: an owner that may use it all saves itself the next move.</summary>
    public static int RoundUp(int bytes) =>
        bytes <= SizeClasses.Largest ? SizeClasses.SizeOf(SizeClasses.ClassOf(bytes)) : checked(bytes + 15) & ~15;

    public byte* Allocate(int bytes)
    {
        Debug.Assert(bytes > 0);
        if (bytes > SizeClasses.Largest) return AllocateLarge(bytes);

        int sizeClass = SizeClasses.ClassOf(bytes);
        Slab* slab = _slabsWithRoom[sizeClass];
        if (slab == null) slab = OpenSlab(sizeClass);

        byte* block = slab->FirstFree;
        if (block != null)
        {
            slab->FirstFree = *(byte**)block;
        }
        else
        {
            block = (byte*)slab + slab->Untouched;
            slab->Untouched += slab->BlockBytes;
        }

        if (++slab->Used == slab->Capacity) Unlink(slab);
        UsedBytes += slab->BlockBytes;
        return block;
    }

    /// <summary>Takes back a block; the size is the one asked for, or anything else that rounds to the same class.</summary>
    public void Free(byte* block, int bytes)
    {
        if (bytes > SizeClasses.Largest)
        {
            FreeLarge(block, bytes);
            return;
        }

        // Slabs are aligned to their size, so a block's address names its slab.
        var slab = (Slab*)((nuint)block & ~(nuint)(SlabBytes - 1));
        Debug.Assert(slab->SizeClass == SizeClasses.ClassOf(bytes), "freed with another size than it was allocated with");

        *(byte**)block = slab->FirstFree;
        slab->FirstFree = block;
        UsedBytes -= slab->BlockBytes;

        if (slab->Used-- == slab->Capacity) Link(slab);

        // The last slab of a class stays, or one key set and deleted again and again would open and close a slab each time.
        if (slab->Used == 0 && (slab->Next != null || slab->Previous != null)) CloseSlab(slab);
    }

    /// <summary>Other work begins: what freeing may cost is counted anew.</summary>
    public void BeginTurn() => _freedLargeBytes = 0;

    /// <summary>A whole zeroed slab, for who cuts it up itself (the segments of a hash table).</summary>
    public byte* AllocateSlab()
    {
        Slab* slab = TakeSlab();
        NativeMemory.Clear(slab, SlabBytes);
        UsedBytes += SlabBytes;
        return (byte*)slab;
    }

    public void FreeSlab(byte* slab)
    {
        UsedBytes -= SlabBytes;
        GiveBackSlab((Slab*)slab);
    }

    public void Dispose()
    {
        // What large blocks remain belongs to whoever did not free them; regions are ours.
        while (_regions != null)
        {
            Region* next = _regions->Next;
            NativeMemory.AlignedFree(_regions->Memory);
            NativeMemory.Free(_regions);
            _regions = next;
        }

        NativeMemory.Free(_slabsWithRoom);
        _freeing.Dispose();
        GC.SuppressFinalize(this);
    }

    private byte* AllocateLarge(int bytes)
    {
        int rounded = RoundUp(bytes);
        var block = (byte*)NativeMemory.Alloc((nuint)rounded);
        _largeBytes += rounded + LargeOverheadBytes;
        UsedBytes += rounded + LargeOverheadBytes;
        return block;
    }

    private void FreeLarge(byte* block, int bytes)
    {
        if (Holder != null && Holder.TryKeep(block)) return;
        int rounded = RoundUp(bytes);
        _largeBytes -= rounded + LargeOverheadBytes;
        UsedBytes -= rounded + LargeOverheadBytes;
        _freedLargeBytes += rounded;
        if (_freedLargeBytes <= FreedAtOnceBytes) NativeMemory.Free(block);
        else _freeing.Free(block, rounded);
    }

    private Slab* OpenSlab(int sizeClass)
    {
        Slab* slab = TakeSlab();
        int blockBytes = SizeClasses.SizeOf(sizeClass);
        *slab = new Slab
        {
            SizeClass = sizeClass,
            BlockBytes = blockBytes,
            Capacity = (SlabBytes - SlabHeaderBytes) / blockBytes,
            Untouched = SlabHeaderBytes,
        };
        Link(slab);
        return slab;
    }

    private void CloseSlab(Slab* slab)
    {
        Unlink(slab);
        GiveBackSlab(slab);
    }

    private void Link(Slab* slab)
    {
        ref Slab* first = ref _slabsWithRoom[slab->SizeClass];
        slab->Previous = null;
        slab->Next = first;
        if (first != null) first->Previous = slab;
        first = slab;
    }

    private void Unlink(Slab* slab)
    {
        if (slab->Previous != null) slab->Previous->Next = slab->Next;
        else _slabsWithRoom[slab->SizeClass] = slab->Next;
        if (slab->Next != null) slab->Next->Previous = slab->Previous;
        slab->Next = slab->Previous = null;
    }

    private Slab* TakeSlab()
    {
        if (_regionsWithRoom == null) OpenRegion();

        Region* region = _regionsWithRoom;
        int index = BitOperations.TrailingZeroCount(region->FreeSlabs);
        region->FreeSlabs &= region->FreeSlabs - 1;
        if (region->FreeSlabs == 0)
        {
            _regionsWithRoom = region->NextWithRoom;
            if (_regionsWithRoom != null) _regionsWithRoom->PreviousWithRoom = null;
            region->NextWithRoom = null;
        }

        return (Slab*)(region->Memory + (index * SlabBytes));
    }

    private void GiveBackSlab(Slab* slab)
    {
        // A region begins with no header (its slabs use all of it): the few regions are found by address.
        Region* region = RegionOf((byte*)slab);
        bool wasFull = region->FreeSlabs == 0;
        region->FreeSlabs |= 1u << (int)(((byte*)slab - region->Memory) / SlabBytes);
        if (wasFull)
        {
            region->PreviousWithRoom = null;
            region->NextWithRoom = _regionsWithRoom;
            if (_regionsWithRoom != null) _regionsWithRoom->PreviousWithRoom = region;
            _regionsWithRoom = region;
        }

        bool isEmpty = region->FreeSlabs == (1u << SlabsPerRegion) - 1;
        if (isEmpty && (region->NextWithRoom != null || region->PreviousWithRoom != null)) CloseRegion(region);
    }

    private void OpenRegion()
    {
        var region = (Region*)NativeMemory.AllocZeroed((nuint)sizeof(Region));
        region->Memory = (byte*)NativeMemory.AlignedAlloc(RegionBytes, RegionBytes);
        region->FreeSlabs = (1u << SlabsPerRegion) - 1;

        region->Next = _regions;
        if (_regions != null) _regions->Previous = region;
        _regions = region;
        _regionsWithRoom = region;
        _regionsByAddress[(nint)region->Memory] = (nint)region;
        _regionCount++;
    }

    private void CloseRegion(Region* region)
    {
        if (region->PreviousWithRoom != null) region->PreviousWithRoom->NextWithRoom = region->NextWithRoom;
        else _regionsWithRoom = region->NextWithRoom;
        if (region->NextWithRoom != null) region->NextWithRoom->PreviousWithRoom = region->PreviousWithRoom;

        if (region->Previous != null) region->Previous->Next = region->Next;
        else _regions = region->Next;
        if (region->Next != null) region->Next->Previous = region->Previous;

        _regionsByAddress.Remove((nint)region->Memory);
        NativeMemory.AlignedFree(region->Memory);
        NativeMemory.Free(region);
        _regionCount--;
    }

    private Region* RegionOf(byte* slab) => (Region*)_regionsByAddress[(nint)((nuint)slab & ~(nuint)(RegionBytes - 1))];

    /// <summary>At the start of each slab of blocks; at most <see cref="SlabHeaderBytes"/>.</summary>
    private struct Slab
    {
        public Slab* Next;
        public Slab* Previous;
        public byte* FirstFree;
        public int SizeClass;
        public int BlockBytes;
        public int Untouched;     // offset of the first block that was never given out
        public int Used;
        public int Capacity;
    }

    private struct Region
    {
        public Region* Next;
        public Region* Previous;
        public Region* NextWithRoom;
        public Region* PreviousWithRoom;
        public byte* Memory;
        public uint FreeSlabs;    // a bit for each
    }
}
