using Keyway.Configuration;

namespace Keyway.Verbs;

/// <summary>
/// Takes a verb's arguments apart: options with a value (`-c FILE`, `--pool NAME`, `--pool=NAME`), flags, and the rest. What
/// follows `--` is never an option, so that every key can be named.
/// </summary>
public sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);
    private readonly List<string> _rest = [];

    private Arguments()
    {
    }

    public IReadOnlyList<string> Rest => _rest;

    public string? Value(string option) => _values.GetValueOrDefault(option);

    public bool Has(string flag) => _flags.Contains(flag);

    /// <exception cref="UsageException">For an unknown option, a missing value, or an option that is given twice.</exception>
    public static Arguments Parse(string[] arguments, string[] options, string[] flags)
    {
        var parsed = new Arguments();
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                parsed._rest.AddRange(arguments[(i + 1)..]);
                break;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                parsed._rest.Add(argument);
                continue;
            }

            int equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=') : -1;
            string name = equals < 0 ? argument : argument[..equals];
            if (flags.Contains(name) && equals < 0)
            {
                parsed._flags.Add(name);
                continue;
            }

            if (!options.Contains(name))
                throw new UsageException($"unknown option '{argument}'; {Suggestion.For(name, [.. options, .. flags], "options")}");

            if (equals < 0 && ++i == arguments.Length) throw new UsageException($"'{name}' needs a value");
            if (!parsed._values.TryAdd(name, equals < 0 ? arguments[i] : argument[(equals + 1)..]))
                throw new UsageException($"'{name}' is given twice");
        }

        return parsed;
    }

    /// <exception cref="UsageException">When something is left over.</exception>
    public Arguments WithoutRest()
    {
        if (_rest.Count > 0) throw new UsageException($"'{_rest[0]}' is one argument too many");
        return this;
    }
}
