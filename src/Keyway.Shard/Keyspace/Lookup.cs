namespace Keyway.Shard.Keyspace;

/// <summary>What a search leaves behind: whether it counts as a hit or a miss, and as a use of the key.</summary>
internal enum Lookup
{
    /// <summary>GET and its like: counted, and the key was used.</summary>
    Read,

    /// <summary>TTL, TYPE, EXISTS …: counted, but to look at a key is not to use it.</summary>
    Inspect,

    /// <summary>OBJECT: as <see cref="Inspect"/>, but nobody hears of a miss.</summary>
    Examine,

    /// <summary>A write: a use, but neither hit nor miss.</summary>
    Write,
}
