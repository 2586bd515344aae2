namespace Keyway.Topology;

/// <summary>Where a key lives and which line of the map says so.</summary>
public sealed record KeyExplanation
{
    /// <summary>The name of the rule that decided, or that refused the key.</summary>
    public required string Rule { get; init; }

    /// <summary>Its index in <see cref="PartitionMap.Rules"/>.</summary>
    public required int RuleIndex { get; init; }

    /// <summary>The line of the range (or of the server, for twemproxy's placements) where it is known, else of the rule; 0 for the built-in map.</summary>
    public required int Line { get; init; }

    /// <summary>How the rule divides its keys: slots, number, text, shard, ketama or modula.</summary>
    public required string By { get; init; }

    /// <summary>The key's slot; null unless a slots rule decided.</summary>
    public int? Slot { get; init; }

    /// <summary>The number that a number rule read, without leading zeros; null unless such a rule decided and found digits.</summary>
    public string? Number { get; init; }

    /// <summary>Index into <see cref="PartitionMap.ShardNames"/>; -1 when no range holds the key.</summary>
    public required int Shard { get; init; }

    /// <summary>Null when no range holds the key.</summary>
    public string? ShardName { get; init; }

    /// <summary>The whole way in words, for people.</summary>
    public required string How { get; init; }
}
