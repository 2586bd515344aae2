using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Rdb.Held;

/// <summary>What all values that one writer holds need.</summary>
internal sealed class HeldShare(ValueStore values, RdbWriter scratch)
{
    public ValueStore Values { get; } = values;

    /// <summary>For what cannot go straight into the file; used for one part at a time.</summary>
    public RdbWriter Scratch { get; } = scratch;

    public BlockList Found { get; } = new();
}
