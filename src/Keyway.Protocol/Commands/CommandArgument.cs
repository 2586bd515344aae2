using System.Collections.Immutable;

namespace Keyway.Protocol.Commands;

/// <summary>An argument of a command, or a group of them, as COMMAND DOCS describes it.</summary>
/// <param name="Type">string, integer, double, key, pattern, unix-time, pure-token, oneof or block.</param>
public sealed record CommandArgument(string Name, string Type)
{
    /// <summary>The word that stands before it, or that it is.</summary>
    public string? Token { get; init; }

    public bool IsOptional { get; init; }

    /// <summary>May be repeated.</summary>
    public bool IsMultiple { get; init; }

    /// <summary>The token is repeated too.</summary>
    public bool RepeatsToken { get; init; }

    /// <summary>Of a oneof or a block.</summary>
    public ImmutableArray<CommandArgument> Parts { get; init; } = [];
}
