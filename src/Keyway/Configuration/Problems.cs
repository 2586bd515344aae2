namespace Keyway.Configuration;

/// <summary>Collects what is wrong, so that a person sees every error of a file at once.</summary>
internal sealed class Problems
{
    private readonly List<ConfigError> _errors = [];
    private readonly List<ConfigError> _warnings = [];

    public int ErrorCount => _errors.Count;

    public void Error(Position at, string message, string? fix = null) =>
        _errors.Add(new ConfigError(at.Source, at.Line, at.Column, message, fix));

    public void Warn(Position at, string message, string? fix = null) =>
        _warnings.Add(new ConfigError(at.Source, at.Line, at.Column, message, fix));

    /// <summary>In the order of the file; those of the environment first, since they have no line.</summary>
    public IReadOnlyList<ConfigError> Errors => [.. _errors.OrderBy(e => e.Line).ThenBy(e => e.Column)];

    public IReadOnlyList<ConfigError> Warnings => [.. _warnings.OrderBy(e => e.Line).ThenBy(e => e.Column)];
}
