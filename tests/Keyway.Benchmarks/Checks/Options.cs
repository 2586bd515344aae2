using System.Globalization;

namespace Keyway.Benchmarks.Checks;

/// <summary>What stands behind the command: "--name value" and bare "--name".</summary>
internal sealed class Options
{
    private static readonly string[] Switches = ["quick", "calm", "help"];
    private static readonly string[] Values =
    [
        "keyway", "predixy", "garnet", "rounds", "markdown", "minutes", "requests", "seed", "inputs", "only", "classic-requests", "rate", "through", "seeds", "from", "actions", "megabytes", "policy", "clients", "seconds", "before", "peer",
    ];

    private readonly Dictionary<string, string> _given = [];

    /// <summary>Words that are no options, such as a command's name.</summary>
    public List<string> Words { get; } = [];

    public string? Keyway => Text("keyway");

    public bool Quick => _given.ContainsKey("quick");

    /// <summary>The tagged-reply test without a single fault, which proves the test itself.</summary>
    public bool Calm => _given.ContainsKey("calm");

    public bool Help => _given.ContainsKey("help");

    /// <returns>Null for an option that nobody knows; the reason is printed.</returns>
    public static Options? Parse(string[] arguments)
    {
        var options = new Options();
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (argument is "-h") argument = "--help";
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                options.Words.Add(argument);
                continue;
            }

            string name = argument[2..];
            if (Switches.Contains(name))
            {
                options._given[name] = "";
            }
            else if (Values.Contains(name) && i + 1 < arguments.Length)
            {
                options._given[name] = arguments[++i];
            }
            else
            {
                Console.Error.WriteLine(Values.Contains(name) ? $"--{name} needs a value" : $"unknown option --{name}; see --help");
                return null;
            }
        }

        return options;
    }

    public string? Text(string name) => _given.GetValueOrDefault(name);

    public int Number(string name, int otherwise)
    {
        if (!_given.TryGetValue(name, out string? text)) return otherwise;
        return int.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out int number) && number >= 0
            ? number
            : throw new ArgumentException($"--{name} takes a number, not '{text}'");
    }

    /// <summary>Whether a part of a command is wanted: all of them, or those that --only names, separated by commas.</summary>
    public bool Wants(string part) => Text("only") is not { } only || only.Split(',').Contains(part);
}
