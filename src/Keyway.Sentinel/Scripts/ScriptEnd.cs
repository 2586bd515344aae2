namespace Keyway.Sentinel.Scripts;

/// <summary>How a script has ended.</summary>
/// <param name="ExitCode">What it returned.</param>
/// <param name="Signal">What it was killed by; 0: it ended by itself.</param>
internal readonly record struct ScriptEnd(int ExitCode, int Signal);
