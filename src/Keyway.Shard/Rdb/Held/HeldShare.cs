using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Rdb.Held;

/// <summary>What all values that one writer holds need.</summary>
internal sealed class HeldShare(ValueStore values, RdbWriter scratch)
{
    public ValueStore Values { get; } = values;

    /// <summary>For what cannot go straight into the file; used for one part at a time.</summary>
    public RdbWriter Scratch { get; } = scratch;

    /// <summary>Strings are written as they are, without their length and never packed: for who writes commands.</summary>
    public bool WritesPlainStrings { get; init; }

    public BlockList Found { get; } = new();

    /// <summary>Bytes that were looked through without being written, and took as long.</summary>
    public long LookedThrough { get; set; }
}
