namespace Keyway.Topology;

/// <summary>One rule of a pool's <c>partitions</c>: which keys it holds (by prefix) and how it divides them among shards.</summary>
public sealed record PartitionRule
{
    /// <summary>The name given in the map, else the prefix, else "rest".</summary>
    public required string Name { get; init; }

    /// <summary>Empty for the catch-all.</summary>
    public byte[] Prefix { get; init; } = [];

    /// <summary>The line of the map that declares it, for errors and explain; 0 for the built-in map.</summary>
    public int Line { get; init; }

    public required Placement Placement { get; init; }

    /// <summary>Where the keys go that no range of this rule holds.</summary>
    public Otherwise Otherwise { get; init; } = Otherwise.Refuse;
}

/// <summary>What happens to a key that a rule's prefix matches and none of its ranges holds.</summary>
public readonly record struct Otherwise(OtherwiseKind Kind, int Shard = -1)
{
    public static Otherwise Refuse => new(OtherwiseKind.Refuse);

    public static Otherwise Next => new(OtherwiseKind.Next);

    public static Otherwise To(int shard) => new(OtherwiseKind.Shard, shard);
}

public enum OtherwiseKind : byte
{
    /// <summary>An error to the client that names the rule and its line.</summary>
    Refuse,

    /// <summary>The next shorter prefix decides.</summary>
    Next,

    /// <summary>A shard of its own.</summary>
    Shard,
}

/// <summary>How a rule divides its keys. Shards are indices into the map's list of shards; lines are those of the map's file.</summary>
public abstract record Placement
{
    /// <summary>Redis's CRC16 hash slots; the ranges cover 0 to 16383 without gap or overlap.</summary>
    public sealed record Slots(IReadOnlyList<SlotRange> Ranges) : Placement;

    /// <summary>The decimal number after the prefix; unsigned, of any length; both ends included.</summary>
    public sealed record Number(IReadOnlyList<NumberRange> Ranges) : Placement;

    /// <summary>The bytes after the prefix, compared bytewise; from included, to excluded.</summary>
    public sealed record Text(IReadOnlyList<TextRange> Ranges) : Placement;

    public sealed record Single(int Shard) : Placement;

    /// <summary>twemproxy's placements, bit-exact.</summary>
    public sealed record Twemproxy(TwemproxyDistribution Distribution, TwemproxyHash Hash, byte[] Tag, IReadOnlyList<TwemproxyServer> Servers) : Placement;
}

public readonly record struct SlotRange(int First, int Last, int Shard, int Line = 0);

/// <param name="First">Decimal digits without leading zeros ("0" for zero); null is open.</param>
/// <param name="Last">As <paramref name="First"/>; the range holds it.</param>
public readonly record struct NumberRange(string? First, string? Last, int Shard, int Line = 0);

/// <param name="From">The first text held; null is open.</param>
/// <param name="To">The first text no longer held; null is open.</param>
public readonly record struct TextRange(byte[]? From, byte[]? To, int Shard, int Line = 0);

public enum TwemproxyDistribution : byte { Ketama, Modula }

/// <summary>The key hashes of nutcracker, named as in its configuration.</summary>
public enum TwemproxyHash : byte { OneAtATime, Md5, Crc16, Crc32, Crc32a, Fnv1_64, Fnv1a_64, Fnv1_32, Fnv1a_32, Hsieh, Murmur, Jenkins }

/// <param name="Declaration">As in nutcracker.yml: host:port:weight, or a path:weight, with an optional name after a space; ketama hashes by name or address.</param>
public sealed record TwemproxyServer(int Shard, string Declaration, int Line = 0);
