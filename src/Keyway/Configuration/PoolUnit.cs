using Keyway.Topology;

namespace Keyway.Configuration;

/// <summary>A database or a user of a pool whose keys live where it says, and not where the pool's own rules say.</summary>
public sealed record PoolUnit
{
    /// <summary>Null for a user's.</summary>
    public int? Database { get; init; }

    /// <summary>Null for a database's.</summary>
    public string? User { get; init; }

    public int Line { get; init; }

    public required IReadOnlyList<PartitionRule> Rules { get; init; }

    public required PartitionMap Map { get; init; }

    /// <summary>In messages: "database 2" or "user 'app'".</summary>
    public static string NameOf(int? database, string? user) => database is { } number ? $"database {number}" : $"user '{user}'";
}
