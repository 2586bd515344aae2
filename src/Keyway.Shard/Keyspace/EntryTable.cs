using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// The hash table of one database. A bucket is a cache line: seven slots of a 16-bit tag and a 48-bit address, and the address of an overflow bucket.
/// Slots are filled from the front without holes, so the first empty one ends a search.
/// <para>
/// It grows and shrinks a few buckets at a time: while it does, <c>_main</c> holds what belongs in its buckets from <c>_moved</c> on, <c>_next</c> the
/// rest. A scan's cursor counts bucket numbers from their highest bit down, so that a bucket's number in a larger table begins with the
/// same cursor as in a smaller one: whatever the size becomes between two calls, what was present all the time is met.
/// </para>
/// </summary>
internal sealed unsafe class EntryTable(SlabAllocator memory, KeyHash hash) : IDisposable
{
    private const int SlotsPerBucket = 7;
    private const int OverflowSlot = 7;
    private const int TagShift = 48;
    private const ulong AddressMask = (1UL << TagShift) - 1;
    private const long SmallestTable = 4;

    // Empty buckets are skipped faster than full ones are moved, but no call may walk a whole empty table.
    private const int EmptyVisitsPerMove = 16;

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Entry EntryAt(ulong* slot) => new((byte*)(*slot & AddressMask));

    /// <summary>Puts another block for the same key in the slot's place.</summary>
    public static void Replace(ulong* slot, Entry entry) => *slot = (*slot & ~AddressMask) | (ulong)entry.Block;

    /// <summary>The key must not be present. Slots found before are void.</summary>
    public ulong* Insert(Entry entry, ulong hashOfKey)
    {
        if (!_main.Exists) _main.Create(SmallestTable);
        else if (!_next.Exists && Count >= _main.Buckets * SlotsPerBucket * 3 / 4) BeginResize(_main.Buckets * 2);

        ref BucketArray table = ref TableOf(hashOfKey);
        Count++;
        return Append(table.FindOrCreate(hashOfKey & table.Mask, memory), Slot(entry, hashOfKey));
    }

    /// <summary>Takes the entry out, and leaves its block to the caller. Slots found before are void.</summary>
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
    public ulong Scan(ulong cursor, EntryList found)
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

    /// <summary>Any entry, each about as likely as the next; there must be one.</summary>
    public Entry PickRandom(ref ulong random)
    {
        Debug.Assert(Count > 0);
        while (true)
        {
            ulong position = NextRandom(ref random) % (ulong)(_main.Buckets + _next.Buckets);
            ulong* bucket = position < (ulong)_main.Buckets ? _main.Find(position) : _next.Find(position - (ulong)_main.Buckets);
            int length = bucket == null ? 0 : ChainLength(bucket);
            if (length == 0) continue;

            int chosen = (int)(NextRandom(ref random) % (ulong)length);
            for (; chosen >= SlotsPerBucket; chosen -= SlotsPerBucket) bucket = (ulong*)bucket[OverflowSlot];
            return EntryAt(bucket + chosen);
        }
    }

    /// <summary>Frees about so many entries with their blocks, and reports whether any are left. For a table that nobody uses any more.</summary>
    public bool FreeSome(int entries)
    {
        while (Count > 0 && entries > 0)
        {
            ref BucketArray table = ref _main;
            _moved = table.SkipMissing(_moved);
            if (_moved >= (ulong)table.Buckets)
            {
                // The first table is empty: go on with the one it was being moved to.
                _main.Dispose(memory);
                _main = _next;
                _next = default;
                _moved = 0;
                continue;
            }

            entries -= 1 + FreeChain(table.Find(_moved));
            table.ReleaseBehind(_moved, memory);
            _moved++;
        }

        return Count > 0;
    }

    public long MemoryBytes => _main.DirectoryBytes + _next.DirectoryBytes;

    public void Dispose()
    {
        while (FreeSome(int.MaxValue)) { }
        _main.Dispose(memory);
        _next.Dispose(memory);
        _moved = 0;
    }

    /// <summary>The one table that a key belongs to now: new keys too, so that the larger table is touched no sooner than it must be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref BucketArray TableOf(ulong hashOfKey)
    {
        bool isMoved = _next.Exists && (hashOfKey & _main.Mask) < _moved;
        return ref isMoved ? ref _next : ref _main;
    }

    private static ulong Slot(Entry entry, ulong hashOfKey)
    {
        Debug.Assert(((ulong)entry.Block & ~AddressMask) == 0, "user memory lies below 2^48");
        return (hashOfKey & ~AddressMask) | (ulong)entry.Block;
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
                if (slot >> TagShift == tag && EntryAt(bucket + i).KeyEquals(key)) return bucket + i;
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
                byte* overflow = memory.Allocate(BucketArray.BucketBytes);
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
            memory.Free((byte*)bucket, BucketArray.BucketBytes);
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
                _main.Dispose(memory);
                _main = _next;
                _next = default;
                _moved = 0;
                return;
            }

            ulong* bucket = _main.Find(_moved);
            bool wasEmpty = bucket == null || bucket[0] == 0;
            if (!wasEmpty) MoveChain(bucket);
            _main.ReleaseBehind(_moved, memory);
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
                ulong hashOfKey = hash.Of(EntryAt(bucket + i).Key);
                Append(_next.FindOrCreate(hashOfKey & _next.Mask, memory), bucket[i]);
                bucket[i] = 0;
            }

            var overflow = (ulong*)bucket[OverflowSlot];
            if (isFirst) bucket[OverflowSlot] = 0;
            else memory.Free((byte*)bucket, BucketArray.BucketBytes);
            isFirst = false;
            bucket = overflow;
        }
    }

    private static void Collect(in BucketArray table, ulong index, EntryList found)
    {
        for (ulong* bucket = table.Find(index); bucket != null; bucket = (ulong*)bucket[OverflowSlot])
        {
            for (int i = 0; i < SlotsPerBucket && bucket[i] != 0; i++) found.Add(EntryAt(bucket + i));
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
                EntryAt(bucket + i).Free(memory);
                bucket[i] = 0;
            }

            var overflow = (ulong*)bucket[OverflowSlot];
            if (isFirst) bucket[OverflowSlot] = 0;
            else memory.Free((byte*)bucket, BucketArray.BucketBytes);
            isFirst = false;
            bucket = overflow;
        }

        Count -= freed;
        return freed;
    }

    private static ulong NextRandom(ref ulong state)
    {
        // xorshift64*: speed over quality; the state is seeded and never zero.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        return state * 0x2545F4914F6CDD1D;
    }
}
