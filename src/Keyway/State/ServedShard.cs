using Keyway.Configuration;

namespace Keyway.State;

/// <summary>A shard as it was served, and what it can be recognized by.</summary>
public sealed record ServedShard
{
    public required string Name { get; init; }

    /// <summary>embedded, local, nodes, sentinel or cluster.</summary>
    public required string Kind { get; init; }

    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>An included shard's own, made once; null for others, or before it was made.</summary>
    public string? Id { get; init; }

    /// <summary>Where an included shard keeps its keys, within its server's folder; null for others, and where nothing was kept when this was noted.</summary>
    public string? KeysFile { get; init; }

    /// <summary>replid and replid2 of the master last seen.</summary>
    public IReadOnlyList<string> ReplicationIds { get; init; } = [];

    public bool IsIncluded => Kind is "embedded" or "local";

    // The same sentinels watch over many masters: only with the master's name do they say which shard it is.
    public static IReadOnlyList<string> IdentifyingAddresses(ShardKind kind) =>
        [.. kind.Addresses.Select(address => kind is ShardKind.Sentinel sentinel ? $"{sentinel.Master}@{address}" : address.ToString())];
}
