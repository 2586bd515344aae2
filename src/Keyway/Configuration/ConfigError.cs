namespace Keyway.Configuration;

/// <summary>One thing that is wrong with the map: where, what, and what to write instead.</summary>
/// <param name="Source">The file, or "environment KEYWAY__…" for an override; then there is no line.</param>
public sealed record ConfigError(string Source, int Line, int Column, string Message, string? Fix = null)
{
    public override string ToString()
    {
        string place = Line > 0 ? $"{Source}:{Line}:{Column}" : Source;
        return Fix is null ? $"{place}: {Message}" : $"{place}: {Message}; {Fix}";
    }
}
