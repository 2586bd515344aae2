using Keyway.Topology;

namespace Keyway.Gateway.Users;

/// <summary>A user of a pool as the map says it.</summary>
public sealed record UserDefinition
{
    public required string Name { get; init; }

    /// <summary>Null: any password will do.</summary>
    public string? Password { get; init; }

    /// <summary>Commands and @categories, in order; null is all of them.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>Prefixes of the keys and channels it may touch; null is all.</summary>
    public IReadOnlyList<string>? Keys { get; init; }

    /// <summary>Where its keys live instead of where the pool's map says; null is the pool's map.</summary>
    public PartitionMap? Map { get; init; }
}
