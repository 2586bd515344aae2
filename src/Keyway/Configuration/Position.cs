namespace Keyway.Configuration;

/// <summary>Where something was written. Lines and columns start at 1; an environment variable has neither.</summary>
internal readonly record struct Position(string Source, int Line, int Column);
