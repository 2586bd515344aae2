namespace Keyway.Configuration;

/// <summary>A configuration, or everything that is wrong with it.</summary>
/// <param name="Config">Null when there are errors: a bad file changes nothing.</param>
public sealed record LoadResult(KeywayConfig? Config, IReadOnlyList<ConfigError> Errors, IReadOnlyList<ConfigError> Warnings);
