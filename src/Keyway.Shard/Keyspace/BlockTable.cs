using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// The hash table of a database, and of every large set, hash and sorted set: blocks of native _memory, found by the key that is in them. A bucket is a
/// cache line: seven slots of a 16-bit tag and a 48-bit address, and the address of an overflow bucket. Slots are filled from the front without holes,
/// so the first empty one ends a search.
/// <para>
/// It grows and shrinks a few buckets at a time: while it does, <c>_main</c> holds what belongs in its buckets from <c>_moved</c> on, <c>_next</c> the
/// rest. A scan's cursor counts bucket numbers from their highest bit down, so that a bucket's number in a larger table begins with the
/// same cursor as in a smaller one: whatever the size becomes between two calls, what was present all the time is met.
/// </para>
/// </summary>
/// <typeparam name="TBlock">Where a block keeps its key, and how it is freed: known to the compiler, so that no call is made for it.</typeparam>
internal sealed unsafe class BlockTable<TBlock>(ValueStore store) : IDisposable
    where TBlock : struct, IBlock
{
    internal const int SlotsPerBucket = 7;
    internal const int OverflowSlot = 7;
    private const int TagShift = 48;
    private const ulong AddressMask = (1UL << TagShift) - 1;
    private const long SmallestTable = 4;

    private const int CacheLine = 64;

    // Empty buckets are skipped faster than full ones are moved, but no call may walk a whole empty table.
    private const int EmptyVisitsPerMove = 16;

    private readonly SlabAllocator _memory = store.Memory;
    private BucketArray _main;
    private BucketArray _next;
    private ulong _moved;

    public long Count { get; private set; }

    public bool IsResizing => _next.Exists;

    public long Buckets => _main.Buckets + _next.Buckets;

    /// <summary>The slot that holds this key, or null.</summary>
    public ulong* Find(ReadOnlySpan<byte> key, ulong hashOfKey)
    {
        if (Count == 0) return null;

        ref BucketArray table = ref TableOf(hashOfKey);
        return FindInChain(table.Find(hashOfKey & table.Mask), key, hashOfKey);
    }

    /// <summary>Sends for the bucket of this hash; a look-up then finds it in the cache.</summary>
    public void PrefetchBucket(ulong hashOfKey)
    {
        if (!Sse.IsSupported || Count == 0) return;
        ref BucketArray table = ref TableOf(hashOfKey);
        ulong* bucket = table.Find(hashOfKey & table.Mask);
        if (bucket != null) Sse.Prefetch0(bucket);
    }

    /// <summary>Sends for the block that probably has this hash: the first in its bucket with the same tag.</summary>
    public void PrefetchBlock(ulong hashOfKey)
    {
        if (!Sse.IsSupported || Count == 0) return;
        ref BucketArray table = ref TableOf(hashOfKey);
        ulong* bucket = table.Find(hashOfKey & table.Mask);
        if (bucket == null) return;

        ulong tag = hashOfKey >> TagShift;
        for (int i = 0; i < SlotsPerBucket; i++)
        {
            if (bucket[i] >> TagShift != tag) continue;
            byte* block = BlockAt(bucket + i);
            Sse.Prefetch0(block);
            Sse.Prefetch0(block + CacheLine);
            return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* BlockAt(ulong* slot) => (byte*)(*slot & AddressMask);

    /// <summary>Puts another block for the same key in the slot's place.</summary>
    public static void Replace(ulong* slot, byte* block) => *slot = (*slot & ~AddressMask) | (ulong)block;

    /// <summary>So many blocks are to come into a table that has none: it need not grow for them.</summary>
    public void Reserve(long blocks)
    {
        if (!_main.Exists && blocks > 0) _main.Create(SizeFor(blocks));
    }

    /// <summary>The key must not be present. Slots found before are void.</summary>
    public ulong* Insert(byte* block, ulong hashOfKey)
    {
        if (!_main.Exists) _main.Create(SmallestTable);
        else if (!_next.Exists && Count >= _main.Buckets * SlotsPerBucket * 3 / 4) BeginResize(_main.Buckets * 2);

        ref BucketArray table = ref TableOf(hashOfKey);
        Count++;
        return Append(table.FindOrCreate(hashOfKey & table.Mask, _memory), Slot(block, hashOfKey));
    }

    /// <summary>Takes the block out, and leaves it to the caller. Slots found before are void.</summary>
    public void Remove(ulong* slot, ulong hashOfKey)
    {
        ref BucketArray table = ref TableOf(hashOfKey);
        RemoveFromChain(table.Find(hashOfKey & table.Mask), slot);
        Count--;

        // An eighth of what would make it grow: far enough that a few more keys do not turn it round again.
        if (!_next.Exists && _main.Buckets > SmallestTable && Count < _main.Buckets * SlotsPerBucket / 10) BeginResize(SizeFor(Count));
    }

    /// <summary>Goes on with growing or shrinking by so many buckets. Slots found before are void.</summary>
    public void MoveBuckets(int buckets)
    {
        while (_next.Exists && buckets-- > 0) MoveOneBucket();
    }

    /// <summary>
    /// Adds what stands at the cursor to the list and returns the cursor to go on with; zero begins and zero ends. What is present from the first call
    /// to the last is returned at least once; what comes and goes may be, and anything may be returned twice.
    /// </summary>
    public ulong Scan(ulong cursor, BlockList found)
    {
        if (Count == 0) return 0;

        if (!_next.Exists)
        {
            Collect(_main, cursor & _main.Mask, found);
            return NextCursor(cursor, _main.Mask);
        }

        // The smaller table's bucket, and then all buckets of the larger one into which its entries fall.
        ref BucketArray small = ref _main.Buckets <= _next.Buckets ? ref _main : ref _next;
        ref BucketArray large = ref _main.Buckets <= _next.Buckets ? ref _next : ref _main;
        Collect(small, cursor & small.Mask, found);
        do
        {
            Collect(large, cursor & large.Mask, found);
            cursor = NextCursor(cursor, large.Mask);
        }
        while ((cursor & (small.Mask ^ large.Mask)) != 0);

        return cursor;
    }

    /// <summary>
    /// A scan meets hashes in the order of these numbers, whatever the table's size is or becomes: what is less than the cursor's own number has been met.
    /// </summary>
    public static ulong ScanOrder(ulong hashOrCursor) => Reversed(hashOrCursor);

    /// <summary>Any block, each about as likely as the next; there must be one.</summary>
    public byte* PickRandom(ref ulong random)
    {
        Debug.Assert(Count > 0);
        while (true)
        {
            ulong position = RandomState.Next(ref random) % (ulong)(_main.Buckets + _next.Buckets);
            ulong* bucket = position < (ulong)_main.Buckets ? _main.Find(position) : _next.Find(position - (ulong)_main.Buckets);
            int length = bucket == null ? 0 : ChainLength(bucket);
            if (length == 0) continue;

            int chosen = (int)(RandomState.Next(ref random) % (ulong)length);
            for (; chosen >= SlotsPerBucket; chosen -= SlotsPerBucket) bucket = (ulong*)bucket[OverflowSlot];
            return BlockAt(bucket + chosen);
        }
    }

    /// <summary>
    /// Any block, all of them equally likely (but for those in chains of an improbable length, which are a little less so); there must be one. A bucket
    /// is taken with the probability of its fullness, and then any block of it.
    /// </summary>
    public byte* PickUniform(ref ulong random)
    {
        Debug.Assert(Count > 0);
        int certainLength = Count > Buckets * 2 ? 16 : 8;       // so few chains are longer that nobody could measure the difference
        while (true)
        {
            ulong number = RandomState.Next(ref random);
            ulong position = Math.BigMul(number, (ulong)Buckets, out ulong rest);
            var chosen = (int)(rest >> 32 & (uint)(certainLength - 1));
            ulong* bucket = position < (ulong)_main.Buckets ? _main.Find(position) : _next.Find(position - (ulong)_main.Buckets);
            if (bucket == null) continue;

            if (bucket[OverflowSlot] != 0)
            {
                int length = ChainLength(bucket);
                if (length > certainLength) chosen = (int)(RandomState.Next(ref random) % (ulong)length);
                for (; chosen >= SlotsPerBucket && bucket != null; chosen -= SlotsPerBucket) bucket = (ulong*)bucket[OverflowSlot];
            }

            if (bucket != null && chosen < SlotsPerBucket && bucket[chosen] != 0) return BlockAt(bucket + chosen);
        }
    }

    /// <summary>How full its buckets are, for those of both halves while it grows or shrinks. Visits them all.</summary>
    public List<TableShape> Shapes()
    {
        List<TableShape> shapes = [ShapeOf(_main)];
        if (_next.Exists) shapes.Add(ShapeOf(_next));
        return shapes;
    }

    /// <summary>Goes through all blocks. The table must not change meanwhile.</summary>
    public BlockWalk<TBlock> Walk() => new(_main, _next);

    /// <summary>Frees about so many blocks, and reports whether any are left. For a table that nobody uses any more.</summary>
    public bool FreeSome(int entries)
    {
        while (Count > 0 && entries > 0)
        {
            ref BucketArray table = ref _main;
            _moved = table.SkipMissing(_moved);
            if (_moved >= (ulong)table.Buckets)
            {
                // The first table is empty: go on with the one it was being moved to.
                _main.Dispose(_memory);
                _main = _next;
                _next = default;
                _moved = 0;
                continue;
            }

            entries -= 1 + FreeChain(table.Find(_moved));
            table.ReleaseBehind(_moved, _memory);
            _moved++;
        }

        return Count > 0;
    }

    public long MemoryBytes => _main.DirectoryBytes + _next.DirectoryBytes;

    public void Dispose()
    {
        while (FreeSome(int.MaxValue)) { }
        _main.Dispose(_memory);
        _next.Dispose(_memory);
        _moved = 0;
    }

    /// <summary>The one table that a key belongs to now: new keys too, so that the larger table is touched no sooner than it must be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref BucketArray TableOf(ulong hashOfKey)
    {
        bool isMoved = _next.Exists && (hashOfKey & _main.Mask) < _moved;
        return ref isMoved ? ref _next : ref _main;
    }

    private static TableShape ShapeOf(in BucketArray table)
    {
        const int LongestShown = 50;
        var byLength = new long[LongestShown + 1];
        long elements = 0;
        for (ulong i = 0; i < (ulong)table.Buckets; i++)
        {
            int length = ChainLength(table.Find(i));
            byLength[Math.Min(length, LongestShown)]++;
            elements += length;
        }

        return new TableShape(table.Buckets, elements, byLength);
    }

    private static ulong Slot(byte* block, ulong hashOfKey)
    {
        Debug.Assert(((ulong)block & ~AddressMask) == 0, "user memory lies below 2^48");
        return (hashOfKey & ~AddressMask) | (ulong)block;
    }

    private static ulong* FindInChain(ulong* bucket, ReadOnlySpan<byte> key, ulong hashOfKey)
    {
        ulong tag = hashOfKey >> TagShift;
        for (; bucket != null; bucket = (ulong*)bucket[OverflowSlot])
        {
            for (int i = 0; i < SlotsPerBucket; i++)
            {
                ulong slot = bucket[i];
                if (slot == 0) return null;
                if (slot >> TagShift == tag && TBlock.KeyOf(BlockAt(bucket + i)).SequenceEqual(key)) return bucket + i;
            }
        }

        return null;
    }

    private ulong* Append(ulong* bucket, ulong slot)
    {
        while (true)
        {
            for (int i = 0; i < SlotsPerBucket; i++)
            {
                if (bucket[i] != 0) continue;
                bucket[i] = slot;
                return bucket + i;
            }

            if (bucket[OverflowSlot] == 0)
            {
                byte* overflow = _memory.Allocate(BucketArray.BucketBytes);
                new Span<byte>(overflow, BucketArray.BucketBytes).Clear();
                bucket[OverflowSlot] = (ulong)overflow;
            }

            bucket = (ulong*)bucket[OverflowSlot];
        }
    }

    private void RemoveFromChain(ulong* bucket, ulong* slot)
    {
        // The chain's last entry takes the place, so that no hole is left; a bucket that this empties goes.
        ulong* before = null;
        while (bucket[OverflowSlot] != 0)
        {
            before = bucket;
            bucket = (ulong*)bucket[OverflowSlot];
        }

        int last = SlotsPerBucket - 1;
        while (bucket[last] == 0) last--;
        *slot = bucket[last];
        bucket[last] = 0;

        if (last == 0 && before != null)
        {
            before[OverflowSlot] = 0;
            _memory.Free((byte*)bucket, BucketArray.BucketBytes);
        }
    }

    private static long SizeFor(long count) =>
        Math.Max(SmallestTable, (long)BitOperations.RoundUpToPowerOf2((ulong)(count * 2 / SlotsPerBucket) + 1));

    private void BeginResize(long buckets)
    {
        if (buckets == _main.Buckets) return;
        _next.Create(buckets);
        _moved = 0;
    }

    private void MoveOneBucket()
    {
        for (int visits = 0; visits < EmptyVisitsPerMove; visits++)
        {
            if (_moved >= (ulong)_main.Buckets)
            {
                _main.Dispose(_memory);
                _main = _next;
                _next = default;
                _moved = 0;
                return;
            }

            ulong* bucket = _main.Find(_moved);
            bool wasEmpty = bucket == null || bucket[0] == 0;
            if (!wasEmpty) MoveChain(bucket);
            _main.ReleaseBehind(_moved, _memory);
            _moved++;
            if (!wasEmpty) return;
        }
    }

    private void MoveChain(ulong* bucket)
    {
        bool isFirst = true;
        while (bucket != null)
        {
            for (int i = 0; i < SlotsPerBucket && bucket[i] != 0; i++)
            {
                ulong hashOfKey = store.Hash.Of(TBlock.KeyOf(BlockAt(bucket + i)));
                Append(_next.FindOrCreate(hashOfKey & _next.Mask, _memory), bucket[i]);
                bucket[i] = 0;
            }

            var overflow = (ulong*)bucket[OverflowSlot];
            if (isFirst) bucket[OverflowSlot] = 0;
            else _memory.Free((byte*)bucket, BucketArray.BucketBytes);
            isFirst = false;
            bucket = overflow;
        }
    }

    private static void Collect(in BucketArray table, ulong index, BlockList found)
    {
        for (ulong* bucket = table.Find(index); bucket != null; bucket = (ulong*)bucket[OverflowSlot])
        {
            for (int i = 0; i < SlotsPerBucket && bucket[i] != 0; i++) found.Add(BlockAt(bucket + i));
        }
    }

    /// <summary>Adds one to the cursor's bits under the mask, read from the highest to the lowest.</summary>
    private static ulong NextCursor(ulong cursor, ulong mask) => Reversed(Reversed(cursor | ~mask) + 1);

    private static ulong Reversed(ulong bits)
    {
        bits = ((bits >> 1) & 0x5555555555555555) | ((bits & 0x5555555555555555) << 1);
        bits = ((bits >> 2) & 0x3333333333333333) | ((bits & 0x3333333333333333) << 2);
        bits = ((bits >> 4) & 0x0F0F0F0F0F0F0F0F) | ((bits & 0x0F0F0F0F0F0F0F0F) << 4);
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(bits);
    }

    private static int ChainLength(ulong* bucket)
    {
        int length = 0;
        for (; bucket != null; bucket = (ulong*)bucket[OverflowSlot])
        {
            for (int i = 0; i < SlotsPerBucket && bucket[i] != 0; i++) length++;
        }

        return length;
    }

    private int FreeChain(ulong* bucket)
    {
        int freed = 0;
        bool isFirst = true;
        while (bucket != null)
        {
            for (int i = 0; i < SlotsPerBucket && bucket[i] != 0; i++, freed++)
            {
                TBlock.Free(BlockAt(bucket + i), store);
                bucket[i] = 0;
            }

            var overflow = (ulong*)bucket[OverflowSlot];
            if (isFirst) bucket[OverflowSlot] = 0;
            else _memory.Free((byte*)bucket, BucketArray.BucketBytes);
            isFirst = false;
            bucket = overflow;
        }

        Count -= freed;
        return freed;
    }
}
