using Keyway.Configuration;
using Keyway.Topology;

namespace Keyway.State;

/// <summary>A pool as it was served.</summary>
public sealed record ServedPool
{
    public required string Name { get; init; }

    /// <summary>Counts where the next map has no such pool any more, and cannot say it.</summary>
    public MovePolicy Moves { get; init; }

    public required IReadOnlyList<PartitionRule> Rules { get; init; }

    /// <summary>Left out of the file where there are none, so that programs which know of none read it.</summary>
    public IReadOnlyList<ServedUnit> Units { get; init; } = [];
}
