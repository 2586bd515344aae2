using Keyway.Configuration;

namespace Keyway.Verbs;

/// <summary>keyway import nutcracker.yml</summary>
internal static class ImportVerb
{
    public static int Run(VerbContext context, string[] arguments)
    {
        Arguments parsed = Arguments.Parse(arguments, [], []);
        if (parsed.Rest.Count != 1) throw new UsageException("name one nutcracker.yml");

        string path = parsed.Rest[0];
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception unreadable) when (Unreadable.Is(unreadable))
        {
            context.Error.WriteLine($"{path}: {Unreadable.Why(unreadable)}");
            return ExitCode.Configuration;
        }

        NutcrackerResult result = NutcrackerImport.Import(path, text);
        IReadOnlyList<ConfigError> errors = result.Errors;

        // What is printed must load: a nutcracker on the admin page's port, say, needs a person's decision.
        if (result.Yaml is not null) errors = ConfigLoader.Load("keyway.yaml", result.Yaml, new Dictionary<string, string>()).Errors;
        foreach (ConfigError error in errors) context.Error.WriteLine(error);
        foreach (string note in result.Notes) context.Error.WriteLine($"note: {note}");
        if (errors.Count > 0) return ExitCode.Configuration;

        context.Out.Write(result.Yaml);
        return ExitCode.Ok;
    }
}
