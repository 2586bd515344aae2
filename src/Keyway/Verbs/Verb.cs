namespace Keyway.Verbs;

/// <summary>One verb of the command line.</summary>
/// <param name="Usage">What follows `keyway `.</param>
/// <param name="Run">Answers the exit code.</param>
public sealed record Verb(string Name, string Usage, string Summary, Func<VerbContext, string[], int> Run);
