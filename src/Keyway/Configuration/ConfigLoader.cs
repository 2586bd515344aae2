namespace Keyway.Configuration;

/// <summary>Turns a file into a configuration, or into everything that is wrong with it.</summary>
public static class ConfigLoader
{
    /// <summary>Where the map is when nobody says otherwise.</summary>
    public const string DefaultPath = "config/keyway.yaml";

    /// <param name="path">Null for the default: config/keyway.yaml, or where it is absent, the built-in map.</param>
    /// <param name="environment">Of which every KEYWAY__… overrides an option.</param>
    public static LoadResult LoadFile(string? path, IReadOnlyDictionary<string, string> environment)
    {
        if (path is null && !File.Exists(DefaultPath)) return Load(null, BuiltInMap.Text, environment);

        path ??= DefaultPath;
        try
        {
            return Load(path, File.ReadAllText(path), environment);
        }
        catch (Exception unreadable) when (Unreadable.Is(unreadable))
        {
            return new LoadResult(null, [new ConfigError(path, 0, 0, Unreadable.Why(unreadable), "name the map with -c FILE")], []);
        }
    }

    /// <param name="path">For messages; null for the built-in map, whose rules have no lines.</param>
    public static LoadResult Load(string? path, string text, IReadOnlyDictionary<string, string> environment)
    {
        var problems = new Problems();
        string source = path ?? BuiltInMap.Name;

        ConfigNode? root = YamlReader.Read(source, text, problems, out ConfigError? syntaxError);
        if (syntaxError is not null) return new LoadResult(null, [syntaxError], []);

        var top = new Position(source, 1, 1);
        if (root is null or ScalarNode { IsNull: true })
        {
            problems.Error(top, "the file is empty", "write `shards:` and `pools:`");
            return new LoadResult(null, problems.Errors, []);
        }

        if (root is not MappingNode mapping)
        {
            if (root is not RefusedNode) problems.Error(root.At, "a map is `key: value` lines", "write `shards:` and `pools:`");
            return new LoadResult(null, problems.Errors, []);
        }

        EnvironmentOverrides.Apply(mapping, environment, problems);
        KeywayConfig? config = new MapReader(path, problems).Read(mapping);
        return new LoadResult(problems.ErrorCount == 0 ? config : null, problems.Errors, problems.Warnings);
    }
}
