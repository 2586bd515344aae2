using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Snapshots;

namespace Keyway.Shard.Rdb.Held;

/// <summary>The long strings that a writer holds, by the blocks that they lay in.</summary>
internal sealed unsafe class HeldBlocks(SlabAllocator memory) : BlockHolder
{
    private readonly Dictionary<nint, HeldString> _byBlock = [];

    public void Add(HeldString held)
    {
        _byBlock.Add(held.Block, held);
        memory.Holder = this;
    }

    public void Remove(HeldString held)
    {
        _byBlock.Remove(held.Block);
        if (_byBlock.Count == 0) memory.Holder = null;
    }

    public override bool TryKeep(byte* block)
    {
        if (!_byBlock.TryGetValue((nint)block, out HeldString? held)) return false;
        held.Keep();
        return true;
    }

    public override void BeforeWrite(byte* block, int offset, int length)
    {
        if (_byBlock.TryGetValue((nint)block, out HeldString? held)) held.BeforeWrite(offset, length);
    }
}
