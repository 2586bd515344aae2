namespace Keyway.Configuration;

/// <summary>A user of a pool and what it may do.</summary>
public sealed record UserConfig
{
    public required string Name { get; init; }

    public int Line { get; init; }

    public string? Password { get; init; }

    /// <summary>Commands and @categories; null is all of them.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>Prefixes of the keys it may touch; null is every key.</summary>
    public IReadOnlyList<string>? Keys { get; init; }
}
