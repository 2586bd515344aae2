using Keyway.Verbs;

namespace Keyway.Tests.Verbs;

/// <summary>Runs the command line in this process, with files in a folder of its own.</summary>
internal sealed class Cli : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keyway-cli-").FullName;

    public Dictionary<string, string> Environment { get; } = [];

    public string Out { get; private set; } = "";

    public string Error { get; private set; } = "";

    public string File(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public int Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = CommandLine.Run(arguments, new VerbContext { Out = output, Error = error, Environment = Environment });

        // Paths differ from run to run; what follows the folder does not.
        Out = output.ToString().Replace(_folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        Error = error.ToString().Replace(_folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        return code;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
