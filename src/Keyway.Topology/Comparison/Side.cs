namespace Keyway.Topology.Comparison;

/// <summary>What one map says about some keys: an owner, "refused", or "ask this rule".</summary>
internal readonly record struct Side
{
    private const int Refused = -1;
    private const int Unreachable = -2;

    private readonly int _shard;

    private Side(PartitionMap map, int rule, int shard) => (Map, Rule, _shard) = (map, rule, shard);

    public PartitionMap Map { get; }

    /// <summary>-1 unless a rule has still to be asked.</summary>
    public int Rule { get; }

    /// <summary>True where no key can be, such as numbers that do not begin with the region's digits.</summary>
    public bool IsUnreachable => _shard == Unreachable;

    public bool AsksRule => Rule >= 0;

    /// <summary>The owner's name; null when the keys are refused.</summary>
    public string? Owner => _shard >= 0 ? Map.ShardNames[_shard] : null;

    public IReadOnlyList<string> Names => Owner is { } owner ? [owner] : [];

    public static Side Owned(PartitionMap map, int shard) => new(map, -1, shard < 0 ? Refused : shard);

    public static Side Asked(PartitionMap map, int rule) => new(map, rule, Refused);

    public static Side Nowhere(PartitionMap map) => new(map, -1, Unreachable);

    /// <summary>What a rule says about the keys that none of its ranges holds.</summary>
    public static Side OtherwiseOf(PartitionMap map, RuleIndex rule) => rule.Next >= 0 ? Asked(map, rule.Next) : Owned(map, rule.OtherwiseShard);
}
