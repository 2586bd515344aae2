using Keyway.Topology;

namespace Keyway.State;

/// <summary>A database or a user of a pool whose keys were served by rules of its own.</summary>
public sealed record ServedUnit
{
    public int? Database { get; init; }

    public string? User { get; init; }

    public required IReadOnlyList<PartitionRule> Rules { get; init; }
}
