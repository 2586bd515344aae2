using System.Collections;

namespace Keyway.Verbs;

/// <summary>What a verb sees of the world.</summary>
public sealed record VerbContext
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>This process's own.</summary>
    public static VerbContext OfProcess()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string?)variable.Value ?? "";

        return new VerbContext { Out = Console.Out, Error = Console.Error, Environment = environment };
    }
}
