namespace Keyway.Configuration;

/// <summary>The whole map as one file declares it. Immutable: a reload makes another one and swaps.</summary>
public sealed record KeywayConfig
{
    /// <summary>The file as it was named; null for the built-in map.</summary>
    public string? File { get; init; }

    /// <summary>Where /metrics, /healthz, /readyz and the status page are. Loopback, since they have no password.</summary>
    public Address Admin { get; init; } = Address.Tcp("127.0.0.1", 9380);

    /// <summary>Gateway threads; null is one a core, since a loop never waits and a second one on its core only takes turns with it.</summary>
    public int? Loops { get; init; }

    /// <summary>Where included shards and the map last served are kept; relative to the working directory, as a service's unit file sets it.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>In the order of the file. Rules name shards by their index here.</summary>
    public required IReadOnlyList<ShardConfig> Shards { get; init; }

    public required IReadOnlyList<PoolConfig> Pools { get; init; }

    /// <summary>For messages: the file, or what stands in for it.</summary>
    public string FileName => File ?? BuiltInMap.Name;
}
