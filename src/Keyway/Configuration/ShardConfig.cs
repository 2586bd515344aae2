namespace Keyway.Configuration;

/// <summary>One shard: who holds its keys, and how the gateway talks to it.</summary>
public sealed record ShardConfig
{
    public required string Name { get; init; }

    /// <summary>The line of the map that declares it; 0 for the built-in map.</summary>
    public int Line { get; init; }

    public required ShardKind Kind { get; init; }

    /// <summary>The ACL user of the gateway's links; null is "default".</summary>
    public string? User { get; init; }

    /// <summary>From the map or from its password_file.</summary>
    public string? Password { get; init; }

    /// <summary>Null: plain TCP.</summary>
    public TlsConfig? Tls { get; init; }

    /// <summary>How long a shard that owes replies may stay silent. Long enough for a slow script, short enough for a person.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Links for big requests, WATCH and blocking commands. Far below a server's own limit of 10000 clients, with several gateways in mind.</summary>
    public int PrivateLinks { get; init; } = 1000;

    /// <summary>redis.conf directives of an included shard, in the order of the map.</summary>
    public IReadOnlyList<ConfDirective> Conf { get; init; } = [];
}
