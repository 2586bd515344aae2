using System.Diagnostics;

namespace Keyway.Shard.Keyspace.Streams;

/// <summary>
/// An address under each ID, in the order of the IDs. The items lie in chunks of native memory of at most 8 KB, sorted in themselves and among each other:
/// what is added at the end costs nothing but its place, and what is added or removed elsewhere moves one chunk.
/// </summary>
internal sealed unsafe class IdMap(SlabAllocator memory)
{
    private const int ChunkBytes = SizeClasses.Largest;

    private static readonly int ItemsPerChunk = ChunkBytes / sizeof(Slot);

    private Chunk[] _chunks = [];
    private int _chunkCount;

    public long Count { get; private set; }

    public long MemoryBytes { get; private set; }

    /// <summary>The first item; not valid when there is none.</summary>
    public Position First => new(0, 0);

    public Position Last => _chunkCount == 0 ? default : new Position(_chunkCount - 1, _chunks[_chunkCount - 1].Count - 1);

    public bool IsValid(Position position) => (uint)position.Chunk < (uint)_chunkCount && (uint)position.Index < (uint)_chunks[position.Chunk].Count;

    public StreamId IdAt(Position position) => _chunks[position.Chunk].Items[position.Index].Id;

    public void* this[Position position]
    {
        get => _chunks[position.Chunk].Items[position.Index].Value;
        set => _chunks[position.Chunk].Items[position.Index].Value = value;
    }

    public Position Next(Position position) =>
        position.Index + 1 < _chunks[position.Chunk].Count ? new Position(position.Chunk, position.Index + 1) : new Position(position.Chunk + 1, 0);

    public Position Previous(Position position)
    {
        if (position.Index > 0) return new Position(position.Chunk, position.Index - 1);
        return position.Chunk > 0 ? new Position(position.Chunk - 1, _chunks[position.Chunk - 1].Count - 1) : new Position(-1, 0);
    }

    /// <summary>The value under this ID, or null.</summary>
    public void* Find(StreamId id)
    {
        Position position = SeekAtLeast(id);
        return IsValid(position) && IdAt(position) == id ? this[position] : null;
    }

    /// <summary>The first item whose ID is this one or a greater one.</summary>
    public Position SeekAtLeast(StreamId id)
    {
        int chunk = FindChunk(id);
        if (chunk < 0) return First;

        int index = IndexOf(_chunks[chunk], id);
        return index < _chunks[chunk].Count ? new Position(chunk, index) : new Position(chunk + 1, 0);
    }

    /// <summary>The last item whose ID is this one or a smaller one.</summary>
    public Position SeekAtMost(StreamId id)
    {
        Position position = SeekAtLeast(id);
        if (IsValid(position) && IdAt(position) == id) return position;
        if (_chunkCount == 0) return new Position(-1, 0);
        return position.Chunk >= _chunkCount ? Last : Previous(position);
    }

    /// <summary>How many items stand here and behind; at most about so many are counted.</summary>
    public long CountFrom(Position position, long enough)
    {
        if (!IsValid(position)) return 0;
        long count = _chunks[position.Chunk].Count - position.Index;
        for (int i = position.Chunk + 1; i < _chunkCount && count < enough; i++) count += _chunks[i].Count;
        return Math.Min(count, enough);
    }

    /// <summary>False when the ID is there already.</summary>
    public bool TryAdd(StreamId id, void* value)
    {
        int chunk = Math.Max(0, FindChunk(id));
        if (_chunkCount == 0) InsertChunk(0, 1);

        int index = IndexOf(_chunks[chunk], id);
        if (index < _chunks[chunk].Count && _chunks[chunk].Items[index].Id == id) return false;

        if (_chunks[chunk].Count == ItemsPerChunk)
        {
            if (chunk == _chunkCount - 1 && index == ItemsPerChunk)
            {
                // What comes in order leaves full chunks behind.
                InsertChunk(++chunk, ItemsPerChunk);
                index = 0;
            }
            else
            {
                Split(chunk);
                if (index > _chunks[chunk].Count) index -= _chunks[chunk++].Count;
            }
        }

        ref Chunk target = ref _chunks[chunk];
        if (target.Count == target.Capacity) Grow(ref target);
        new Span<Slot>(target.Items + index, target.Count - index).CopyTo(new Span<Slot>(target.Items + index + 1, target.Count - index));
        target.Items[index] = new Slot { Id = id, Value = value };
        target.Count++;
        Count++;
        return true;
    }

    /// <summary>Takes the item out; null when there is none.</summary>
    public void* Remove(StreamId id)
    {
        Position position = SeekAtLeast(id);
        if (!IsValid(position) || IdAt(position) != id) return null;

        void* value = this[position];
        RemoveAt(position);
        return value;
    }

    /// <summary>The position then is that of the item behind it, which may not be valid where the chunk has ended: seek again to go on.</summary>
    public void RemoveAt(Position position)
    {
        ref Chunk chunk = ref _chunks[position.Chunk];
        int behind = chunk.Count - position.Index - 1;
        new Span<Slot>(chunk.Items + position.Index + 1, behind).CopyTo(new Span<Slot>(chunk.Items + position.Index, behind));
        chunk.Count--;
        Count--;
        if (chunk.Count > 0) return;

        FreeChunk(chunk);
        _chunkCount--;
        Array.Copy(_chunks, position.Chunk + 1, _chunks, position.Chunk, _chunkCount - position.Chunk);
        if (_chunkCount < _chunks.Length / 4) Array.Resize(ref _chunks, _chunks.Length / 2);
    }

    /// <summary>Takes the last item out; false when there is none.</summary>
    public bool TryTakeLast(out void* value)
    {
        value = null;
        if (Count == 0) return false;
        value = this[Last];
        RemoveAt(Last);
        return true;
    }

    /// <summary>Forgets all items; what their addresses lead to is the caller's.</summary>
    public void Clear()
    {
        for (int i = 0; i < _chunkCount; i++) FreeChunk(_chunks[i]);
        _chunks = [];
        _chunkCount = 0;
        Count = 0;
    }

    /// <summary>The last chunk whose first ID is not greater; -1 when there is none.</summary>
    private int FindChunk(StreamId id)
    {
        int low = 0;
        int high = _chunkCount - 1;

        // Most of what happens, happens at the end.
        if (high >= 0 && _chunks[high].Items[0].Id <= id) return high;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (_chunks[middle].Items[0].Id <= id) low = middle + 1;
            else high = middle - 1;
        }

        return high;
    }

    /// <summary>Where the ID stands in the chunk, or would.</summary>
    private static int IndexOf(in Chunk chunk, StreamId id)
    {
        int low = 0;
        int high = chunk.Count - 1;
        if (high >= 0 && chunk.Items[high].Id < id) return chunk.Count;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (chunk.Items[middle].Id < id) low = middle + 1;
            else high = middle - 1;
        }

        return low;
    }

    private void InsertChunk(int at, int capacity)
    {
        if (_chunkCount == _chunks.Length) Array.Resize(ref _chunks, Math.Max(1, _chunkCount * 2));
        Array.Copy(_chunks, at, _chunks, at + 1, _chunkCount - at);
        _chunks[at] = NewChunk(capacity);
        _chunkCount++;
    }

    private void Split(int chunk)
    {
        InsertChunk(chunk + 1, ItemsPerChunk);
        ref Chunk full = ref _chunks[chunk];
        ref Chunk added = ref _chunks[chunk + 1];
        int kept = full.Count / 2;
        added.Count = full.Count - kept;
        new Span<Slot>(full.Items + kept, added.Count).CopyTo(new Span<Slot>(added.Items, added.Count));
        full.Count = kept;
    }

    private void Grow(ref Chunk chunk)
    {
        Chunk grown = NewChunk(Math.Min(ItemsPerChunk, Math.Max(2, chunk.Capacity * 2)));
        new Span<Slot>(chunk.Items, chunk.Count).CopyTo(new Span<Slot>(grown.Items, chunk.Count));
        grown.Count = chunk.Count;
        FreeChunk(chunk);
        chunk = grown;
    }

    private Chunk NewChunk(int capacity)
    {
        int bytes = SlabAllocator.RoundUp(capacity * sizeof(Slot));
        Debug.Assert(bytes <= ChunkBytes);
        MemoryBytes += bytes;
        return new Chunk { Items = (Slot*)memory.Allocate(bytes), Capacity = Math.Min(bytes / sizeof(Slot), ItemsPerChunk) };
    }

    private void FreeChunk(Chunk chunk)
    {
        int bytes = SlabAllocator.RoundUp(chunk.Capacity * sizeof(Slot));
        MemoryBytes -= bytes;
        memory.Free((byte*)chunk.Items, bytes);
    }

    /// <summary>An item's place, until the map changes.</summary>
    public readonly record struct Position(int Chunk, int Index);

    private struct Slot
    {
        public StreamId Id;
        public void* Value;
    }

    private struct Chunk
    {
        public Slot* Items;
        public int Count;
        public int Capacity;
    }
}
