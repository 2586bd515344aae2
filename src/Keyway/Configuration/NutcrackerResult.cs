namespace Keyway.Configuration;

/// <summary>The map made from a nutcracker.yml, or why there is none.</summary>
/// <param name="Yaml">Null when there are errors.</param>
/// <param name="Notes">What Keyway does otherwise, each with its line.</param>
internal sealed record NutcrackerResult(string? Yaml, IReadOnlyList<ConfigError> Errors, IReadOnlyList<string> Notes);
