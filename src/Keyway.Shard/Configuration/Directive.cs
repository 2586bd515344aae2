namespace Keyway.Shard.Configuration;

/// <summary>All facts about one directive of redis.conf.</summary>
internal sealed record Directive(string Name, DirectiveKind Kind, string Default)
{
    /// <summary>An older name for the same value; CONFIG GET shows both.</summary>
    public string? Alias { get; init; }

    public long Minimum { get; init; }

    public long Maximum { get; init; } = long.MaxValue;

    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Fixed once the server runs.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Whether this server does anything by it; what it does not is accepted, and said so in the log.</summary>
    public bool HasEffect { get; init; }
}
