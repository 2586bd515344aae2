using System.Globalization;

namespace Keyway.Configuration;

/// <summary>
/// Reads one mapping by its group's table. What it cannot read it reports and answers with the default, so that reading goes on
/// and every other error is found too.
/// </summary>
internal sealed class OptionReader
{
    private readonly OptionGroup _group;
    private readonly Problems _problems;
    private readonly Dictionary<string, (Position Key, ConfigNode Value)> _values = new(StringComparer.Ordinal);

    public OptionReader(OptionGroup group, MappingNode mapping, Problems problems)
    {
        _group = group;
        _problems = problems;
        At = mapping.At;

        foreach ((ScalarNode key, ConfigNode value) in mapping.Entries)
        {
            string name = key.Text;
            if (group.Find(name) is null)
            {
                _problems.Error(key.At, $"unknown key '{name}'", FixUnknown(name));

                // Read as what was meant, so that nothing looks missing and what it holds is checked too.
                if (Suggestion.Nearest(name, Names) is not { } meant || mapping.Entries.Any(entry => entry.Key.Text == meant)) continue;
                name = meant;
            }

            if (!Written.Add(name)) continue;

            if (value is ScalarNode { IsNull: true })
            {
                string otherwise = group.Find(name)?.Default is { } fallback ? $" for the default, {fallback}" : "";
                _problems.Error(key.At, $"'{key.Text}' has no value", $"write one, or remove the key{otherwise}");
            }
            else if (value is not RefusedNode)
            {
                _values.Add(name, (key.At, value));
            }
        }
    }

    public Position At { get; }

    /// <summary>Every key that stands there, readable or not: what was refused once is not missing.</summary>
    public HashSet<string> Written { get; } = new(StringComparer.Ordinal);

    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Where the key stands, or its mapping.</summary>
    public Position KeyAt(string name) => _values.TryGetValue(name, out var entry) ? entry.Key : At;

    public Position ValueAt(string name) => _values.TryGetValue(name, out var entry) ? entry.Value.At : At;

    public ConfigNode? Node(string name)
    {
        _ = Known(name);
        return _values.TryGetValue(name, out var entry) ? entry.Value : null;
    }

    /// <summary>Exactly one of the group's exclusive keys, or null with the complaint made.</summary>
    public string? One(string missing, string missingFix)
    {
        string[] present = [.. _group.OneOf.Where(Written.Contains)];
        if (present.Length == 1) return Has(present[0]) ? present[0] : null;

        if (present.Length == 0)
        {
            _problems.Error(At, missing, missingFix);
        }
        else
        {
            _problems.Error(present.Where(Has).Select(KeyAt).OrderBy(at => (at.Line, at.Column)).LastOrDefault(At),
                $"{string.Join(" and ", present.Select(name => $"'{name}'"))} exclude each other", "keep one");
        }

        return null;
    }

    public void Require(string what)
    {
        foreach (string name in _group.Required)
        {
            if (!Written.Contains(name)) _problems.Error(At, $"{what} has no '{name}'", $"add '{name}:'");
        }
    }

    public string? Text(string name)
    {
        if (Scalar(name) is not { } scalar) return null;
        if (scalar.Text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0) return scalar.Text;

        _problems.Error(scalar.At, $"'{name}' holds a control character", "remove it");
        return null;
    }

    public int Integer(string name, int fallback) => NullableInteger(name) ?? fallback;

    public int? NullableInteger(string name)
    {
        Option option = Known(name);
        if (Scalar(name) is not { } scalar) return null;
        if (long.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= option.Min && value <= option.Max)
            return (int)value;

        _problems.Error(scalar.At, $"'{scalar.Text}' is no value of '{name}'",
            option.Max == int.MaxValue ? $"write a whole number from {option.Min}" : $"write a whole number from {option.Min} to {option.Max}");
        return null;
    }

    public TimeSpan Duration(string name, TimeSpan fallback) => NullableDuration(name) ?? fallback;

    public TimeSpan? NullableDuration(string name)
    {
        Option option = Known(name);
        if (Scalar(name) is not { } scalar) return null;
        if (!Quantity.TryDuration(scalar.Text, out TimeSpan value))
            _problems.Error(scalar.At, $"'{scalar.Text}' is no duration", $"write {Quantity.DurationForms}");
        else if (value.TotalMilliseconds < option.Min)
            _problems.Error(scalar.At, $"'{name}' cannot be {scalar.Text}", $"write at least {option.Min}ms");
        else
            return value;

        return null;
    }

    public long Size(string name, long fallback)
    {
        Option option = Known(name);
        if (Scalar(name) is not { } scalar) return fallback;
        if (!Quantity.TrySize(scalar.Text, out long value))
            _problems.Error(scalar.At, $"'{scalar.Text}' is no size", $"write {Quantity.SizeForms}");
        else if (value < option.Min)
            _problems.Error(scalar.At, $"'{name}' cannot be {scalar.Text}", $"write at least {option.Min}");
        else
            return value;

        return fallback;
    }

    public bool Flag(string name, bool fallback)
    {
        if (Scalar(name) is not { } scalar) return fallback;
        switch (scalar.Text.ToLowerInvariant())
        {
            case "yes" or "true":
                return true;
            case "no" or "false":
                return false;
        }

        _problems.Error(scalar.At, $"'{scalar.Text}' is neither yes nor no", "write yes or no");
        return fallback;
    }

    /// <returns>The index among the option's choices, or the fallback's.</returns>
    public int Choice(string name, int fallback)
    {
        Option option = Known(name);
        if (Scalar(name) is not { } scalar) return fallback;

        int index = Array.IndexOf(option.Choices, scalar.Text);
        if (index >= 0) return index;

        _problems.Error(scalar.At, $"'{scalar.Text}' is no value of '{name}'", Suggestion.For(scalar.Text, option.Choices, "values"));
        return fallback;
    }

    /// <summary>One value or a list of them.</summary>
    public IReadOnlyList<ScalarNode> Scalars(string name)
    {
        ConfigNode? node = Node(name);
        switch (node)
        {
            case ScalarNode scalar:
                return [scalar];
            case SequenceNode { Items.Count: 0 }:
                _problems.Error(node.At, $"the list of '{name}' is empty", "write one at least");
                return [];
            case SequenceNode sequence:
                var scalars = new List<ScalarNode>();
                foreach (ConfigNode item in sequence.Items)
                {
                    if (item is ScalarNode { IsNull: false } scalar) scalars.Add(scalar);
                    else if (item is not RefusedNode) _problems.Error(item.At, $"'{name}' lists plain values", "write `[a, b]`");
                }

                return scalars;
            case MappingNode mapping:
                _problems.Error(mapping.At, $"'{name}' takes a value or a list, not a mapping", "write `[a, b]`");
                return [];
            default:
                return [];
        }
    }

    public IReadOnlyList<string>? Texts(string name) => Has(name) ? [.. Scalars(name).Select(scalar => scalar.Text)] : null;

    /// <summary>A password that stands in the map, or in a file of its own.</summary>
    public string? Password()
    {
        if (Written.Contains("password") && Written.Contains("password_file"))
        {
            _problems.Error(KeyAt("password_file"), "'password' and 'password_file' exclude each other", "keep one");
            return null;
        }

        string? password = Text("password");
        Position at = ValueAt("password");
        if (Text("password_file") is { } path)
        {
            at = ValueAt("password_file");
            try
            {
                password = File.ReadAllText(path);
            }
            catch (Exception unreadable) when (Unreadable.Is(unreadable))
            {
                _problems.Error(at, $"password file '{path}' cannot be read: {Unreadable.Why(unreadable)}", "mend its path or its permissions");
                return null;
            }

            // Editors and `echo` end the last line; nobody means that to be part of the password.
            password = password.EndsWith("\r\n", StringComparison.Ordinal) ? password[..^2] : password.EndsWith('\n') ? password[..^1] : password;
        }

        if (password is not "") return password;

        _problems.Error(at, "the password is empty", "write one, or remove the key");
        return null;
    }

    public MappingNode? Mapping(string name)
    {
        switch (Node(name))
        {
            case MappingNode mapping:
                return mapping;
            case { } other:
                _problems.Error(other.At, $"'{name}' takes a mapping", "write `key: value` lines below it, or `{ key: value }`");
                return null;
            default:
                return null;
        }
    }

    public ScalarNode? Scalar(string name)
    {
        switch (Node(name))
        {
            case ScalarNode scalar:
                return scalar;
            case { } other:
                _problems.Error(other.At, $"'{name}' takes a single value", $"write `{name}: …`");
                return null;
            default:
                return null;
        }
    }

    private string FixUnknown(string written) => written == "<<"
        ? "write out what it would merge in"
        : Suggestion.For(written, Names, $"keys of a {_group.Name}");

    private IEnumerable<string> Names => _group.Options.Select(option => option.Name);

    private Option Known(string name) =>
        _group.Find(name) ?? throw new InvalidOperationException($"the option table has no '{name}' in '{_group.Name}'");
}
