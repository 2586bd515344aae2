using System.Runtime.InteropServices;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// The entries of a database that have an expiry, each beside its moment, so that the expiry cycle walks memory in order and touches only what is due.
/// An entry knows its position; the last one fills a gap. Segments, so that growing never copies.
/// </summary>
internal sealed unsafe class VolatileIndex(SlabAllocator memory) : IDisposable
{
    private const int SegmentShift = 8;
    private const int ItemsPerSegment = 1 << SegmentShift;

    private readonly List<nint> _segments = [];

    public int Count { get; private set; }

    public long MemoryBytes => _segments.Count * (long)ItemsPerSegment * sizeof(Item);

    public long ExpiresAtMs(int position) => ItemAt(position)->ExpiresAtMs;

    public Entry EntryAt(int position) => new(ItemAt(position)->Block);

    public void Add(Entry entry)
    {
        if (Count == _segments.Count * ItemsPerSegment) _segments.Add((nint)memory.Allocate(ItemsPerSegment * sizeof(Item)));
        entry.VolatilePosition = (uint)Count;
        Count++;
        Refresh(entry);
    }

    /// <summary>The entry has moved in memory, or its expiry has.</summary>
    public void Refresh(Entry entry) => *ItemAt((int)entry.VolatilePosition) = new Item { Block = entry.Block, ExpiresAtMs = entry.ExpiresAtMs };

    public void Remove(Entry entry)
    {
        var position = (int)entry.VolatilePosition;
        Item last = *ItemAt(Count - 1);
        *ItemAt(position) = last;
        new Entry(last.Block).VolatilePosition = (uint)position;
        Count--;

        // One spare segment stays, for keys that come and go at its edge.
        if (Count <= (_segments.Count - 2) * ItemsPerSegment)
        {
            memory.Free((byte*)_segments[^1], ItemsPerSegment * sizeof(Item));
            _segments.RemoveAt(_segments.Count - 1);
        }
    }

    public void Dispose()
    {
        foreach (nint segment in _segments) memory.Free((byte*)segment, ItemsPerSegment * sizeof(Item));
        _segments.Clear();
        Count = 0;
    }

    private Item* ItemAt(int position) => (Item*)_segments[position >> SegmentShift] + (position & (ItemsPerSegment - 1));

    [StructLayout(LayoutKind.Sequential)]
    private struct Item
    {
        public byte* Block;
        public long ExpiresAtMs;
    }
}
