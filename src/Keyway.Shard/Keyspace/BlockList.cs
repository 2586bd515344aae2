namespace Keyway.Shard.Keyspace;

/// <summary>Blocks that a walk over a table came across; used again and again.</summary>
internal sealed unsafe class BlockList
{
    private const int LargestKept = 1 << 16;

    private nint[] _blocks = new nint[64];

    public int Count { get; private set; }

    public byte* this[int index]
    {
        get => (byte*)_blocks[index];
        set => _blocks[index] = (nint)value;
    }

    public Entry EntryAt(int index) => new((byte*)_blocks[index]);

    public void Add(byte* block)
    {
        if (Count == _blocks.Length) Array.Resize(ref _blocks, Count * 2);
        _blocks[Count++] = (nint)block;
    }

    /// <summary>Keeps the first ones.</summary>
    public void Truncate(int count) => Count = count;

    public void Clear()
    {
        Count = 0;
        if (_blocks.Length > LargestKept) _blocks = new nint[64];
    }
}
