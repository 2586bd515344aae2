namespace Keyway.Protocol.Configuration;

/// <summary>All facts about one directive of redis.conf.</summary>
public sealed record Directive(string Name, DirectiveKind Kind, string Default)
{
    /// <summary>Another name for the same value; CONFIG GET shows both.</summary>
    public string? Alias { get; init; }

    public Int128 Minimum { get; init; }

    /// <summary>Some of Redis's numbers are unsigned 64-bit ones.</summary>
    public Int128 Maximum { get; init; } = long.MaxValue;

    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Fixed once the server runs.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Fixed too unless enable-protected-configs allows it: where files are written.</summary>
    public bool IsProtected { get; init; }

    /// <summary>A secret: the slow log and the like must not show it.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>Whether this server does anything by it; what it does not is accepted, and said so in the log.</summary>
    public bool HasEffect { get; init; }

    /// <summary>What counts is the file: giving the same name again reads it anew.</summary>
    public bool NamesFile { get; init; }

    /// <summary>No pattern of CONFIG GET finds it.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Whether CONFIG REWRITE writes the empty value as a line (name "") rather than as none.</summary>
    public bool WritesEmpty { get; init; }

    /// <summary>A value of several words: a line's arguments, or one argument of CONFIG SET.</summary>
    public bool TakesSeveral =>
        Kind is DirectiveKind.Words or DirectiveKind.MasterAddress or DirectiveKind.SavePoints or DirectiveKind.BufferLimits or DirectiveKind.OomScores
            or DirectiveKind.Percentiles or DirectiveKind.SignalActions;
}
