namespace Keyway.Configuration;

/// <summary>TLS to a shard or from clients.</summary>
public sealed record TlsConfig
{
    public int Line { get; init; }

    /// <summary>Whom to trust, PEM; null is the system's list.</summary>
    public string? Ca { get; init; }

    public string? Cert { get; init; }

    public string? Key { get; init; }

    /// <summary>The name that a shard's certificate must carry; null is the host connected to.</summary>
    public string? Name { get; init; }
}
