namespace Keyway.Configuration;

/// <summary>
/// KEYWAY__POOLS__MAIN__HOLD=2s stands for `hold: 2s` of the pool `main`. The values are put into the file's nodes before anybody
/// reads them, so they meet the same checks. Letters that a variable's name cannot hold are written as '_'.
/// </summary>
internal static class EnvironmentOverrides
{
    private const string Prefix = "KEYWAY__";

    public static void Apply(MappingNode root, IReadOnlyDictionary<string, string> environment, Problems problems)
    {
        foreach ((string variable, string value) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(Prefix, StringComparison.Ordinal)) continue;

            var at = new Position($"environment {variable}", 0, 0);
            string[] steps = variable[Prefix.Length..].Split("__");
            Set(root, OptionTable.Root, steps, value, at, problems);
        }
    }

    private static void Set(MappingNode mapping, OptionGroup group, ReadOnlySpan<string> steps, string value, Position at, Problems problems)
    {
        string step = steps[0];
        Option? option = Array.Find(group.Options, candidate => Spell(candidate.Name) == step.ToUpperInvariant());
        if (option is null)
        {
            problems.Error(at, $"unknown option '{step}'",
                Suggestion.For(step, group.Options.Select(known => Spell(known.Name)), $"options of a {group.Name}"));
            return;
        }

        ReadOnlySpan<string> rest = steps[1..];
        switch (option.Type)
        {
            case OptionType.Object when rest.Length > 0:
                if (Child(mapping, option.Name, at, problems) is { } child) Set(child, option.Group!, rest, value, at, problems);
                break;

            case OptionType.Objects when rest.Length > 1:
                if (Named(mapping, option.Name, rest[0], at, problems) is { } named) Set(named, option.Group!, rest[1..], value, at, problems);
                break;

            case OptionType.Directives when rest.Length == 1:
                if (Child(mapping, option.Name, at, problems) is not { } directives) break;
                Put(directives, DirectiveName(directives, rest[0]), new ScalarNode(at, value, plain: false), at);
                break;

            case var _ when option.IsScalar && rest.Length == 0:
                Put(mapping, option.Name, ValueOf(option, value, at), at);
                break;

            default:
                problems.Error(at, option.IsScalar ? $"'{step}' has no options of its own" : $"'{step}' is no single value", "change it in the file");
                break;
        }
    }

    // MAXMEMORY_POLICY is the directive that the map spells so, else maxmemory-policy.
    private static string DirectiveName(MappingNode directives, string step) =>
        directives.Entries.Select(entry => entry.Key.Text).FirstOrDefault(name => Spell(name) == Spell(step),
            step.ToLowerInvariant().Replace('_', '-'));

    private static ConfigNode ValueOf(Option option, string value, Position at)
    {
        if (!option.IsCommaList || !value.Contains(',')) return new ScalarNode(at, value, plain: value.Length == 0);

        var list = new SequenceNode(at);
        foreach (string item in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            list.Items.Add(new ScalarNode(at, item, plain: false));
        return list;
    }

    private static MappingNode? Child(MappingNode mapping, string name, Position at, Problems problems)
    {
        foreach ((ScalarNode key, ConfigNode value) in mapping.Entries)
        {
            if (key.Text != name || value is ScalarNode { IsNull: true }) continue;
            if (value is MappingNode child) return child;

            // What stands there is wrong, and is reported when it is read.
            if (value is not RefusedNode) problems.Error(at, $"'{name}' of the map takes no options", "mend the file first");
            return null;
        }

        var added = new MappingNode(at);
        Put(mapping, name, added, at);
        return added;
    }

    private static MappingNode? Named(MappingNode mapping, string group, string name, Position at, Problems problems)
    {
        if (Child(mapping, group, at, problems) is not { } children) return null;

        var matches = children.Entries.Where(entry => Spell(entry.Key.Text) == name.ToUpperInvariant()).ToList();
        switch (matches)
        {
            case [(_, MappingNode only)]:
                return only;
            case []:
                problems.Error(at, $"'{group}' of the map has no '{name}'",
                    Suggestion.For(name, children.Entries.Select(entry => Spell(entry.Key.Text)), group));
                return null;
            case [_, _, ..]:
                problems.Error(at, $"'{name}' could be {string.Join(" or ", matches.Select(entry => $"'{entry.Key.Text}'"))}",
                    "change it in the file");
                return null;
            default:
                return null;   // not a mapping: reported when it is read
        }
    }

    private static void Put(MappingNode mapping, string name, ConfigNode value, Position at)
    {
        int index = mapping.Entries.FindIndex(entry => entry.Key.Text == name);
        if (index >= 0) mapping.Entries[index] = (mapping.Entries[index].Key, value);
        else mapping.Entries.Add((new ScalarNode(at, name, plain: false), value));
    }

    private static string Spell(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : '_'));
}
