namespace Keyway.Shard.Keyspace;

/// <summary>Entries that a walk over the table came across; used again and again.</summary>
internal sealed unsafe class EntryList
{
    private nint[] _blocks = new nint[64];

    public int Count { get; private set; }

    public Entry this[int index] => new((byte*)_blocks[index]);

    public void Add(Entry entry)
    {
        if (Count == _blocks.Length) Array.Resize(ref _blocks, Count * 2);
        _blocks[Count++] = (nint)entry.Block;
    }

    public void Clear()
    {
        Count = 0;
        if (_blocks.Length > 1 << 16) _blocks = new nint[64];
    }
}
