namespace Keyway.Configuration;

/// <summary>Reads the whole map from its nodes.</summary>
internal sealed class MapReader(string? file, Problems problems)
{
    /// <summary>A SCAN cursor carries its shard in ten bits.</summary>
    private const int MaxShards = 1024;

    public KeywayConfig? Read(MappingNode root)
    {
        var options = new OptionReader(OptionTable.Root, root, problems);
        options.Require("the map");

        List<(string Name, Position At, MappingNode Options)> shardNodes = Named(options, "shards", "s1: { embedded: 7001 }");
        List<(string Name, Position At, MappingNode Options)> poolNodes = Named(options, "pools", "main: { listen: 127.0.0.1:6379, shard: s1 }");
        CheckShardNames(shardNodes);

        var names = new ShardNames(problems, DeclaredNames(options));
        var shards = new List<ShardConfig>();
        foreach (var (name, at, node) in shardNodes)
        {
            if (new ShardReader(problems).Read(name, LineOf(at), at, node) is { } shard) shards.Add(shard);
        }

        var pools = new List<PoolConfig>();
        var addresses = new AddressBook(problems);
        Address admin = ReadAdmin(options);
        
        // The default stands in no line.
        addresses.Bind(admin, options.Has("admin") ? options.ValueAt("admin") : default, "the admin page");
        var units = new PoolUnits(problems, names, [.. poolNodes.Select(node => node.Name)], LineOf);
        foreach (var (name, at, node) in poolNodes)
        {
            if (new PoolReader(problems, names, addresses, units, LineOf).Read(name, at, node) is { } pool) pools.Add(pool);
        }

        foreach (var (shard, at) in shards.Select(shard => (shard, shardNodes.First(node => node.Name == shard.Name).At)))
            addresses.AddShard(shard, at);
        int? loops = options.NullableInteger("loops");
        string data = options.Text("data") ?? "data";
        if (data.Length == 0) problems.Error(options.ValueAt("data"), "'data' is empty", "name a folder");
        if (problems.ErrorCount > 0) return null;
        IReadOnlyList<PoolConfig> resolved = units.Resolve(pools, shards);
        if (problems.ErrorCount > 0) return null;

        foreach (var (name, at, _) in shardNodes)
        {
            if (!names.IsUsed(name)) problems.Warn(at, $"no pool uses shard '{name}'", "give it keys, or remove it");
        }

        return new KeywayConfig { File = file, Admin = admin, Loops = loops, DataFolder = data, Shards = shards, Pools = resolved };
    }

    // The built-in map is in no file that a person could look into.
    private int LineOf(Position at) => file is null ? 0 : at.Line;

    private Address ReadAdmin(OptionReader options)
    {
        Address fallback = new KeywayConfig { Shards = [], Pools = [] }.Admin;
        return options.Scalar("admin") is { } scalar && AddressReader.Listen(scalar, allowUnix: false, problems) is { } address ? address : fallback;
    }

    /// <summary>Mappings by name, such as shards and pools.</summary>
    private List<(string Name, Position At, MappingNode Options)> Named(OptionReader options, string group, string example)
    {
        var named = new List<(string, Position, MappingNode)>();
        if (options.Mapping(group) is not { } mapping) return named;
        if (mapping.Entries.Count == 0) problems.Error(options.KeyAt(group), $"'{group}' is empty", $"write `{example}`");

        foreach ((ScalarNode key, ConfigNode value) in mapping.Entries)
        {
            if (!IsName(key.Text))
                problems.Error(key.At, $"'{key.Text}' cannot be a name", "use letters, digits, '-', '_' and '.', and begin with a letter or digit");
            else if (value is MappingNode entry)
                named.Add((key.Text, key.At, entry));
            else if (value is not RefusedNode)
                problems.Error(key.At, $"'{key.Text}' takes a mapping", $"write `{example}`");
        }

        return named;
    }

    /// <summary>Also those that are declared wrongly: whoever names them has made no second mistake.</summary>
    private static string[] DeclaredNames(OptionReader options) =>
        options.Node("shards") is MappingNode mapping ? [.. mapping.Entries.Select(entry => entry.Key.Text)] : [];

    private void CheckShardNames(List<(string Name, Position At, MappingNode Options)> shards)
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, at, _) in shards)
        {
            if (name is "state" or "lock" or "next")
                problems.Error(at, $"'{name}' cannot be the name of a shard: Keyway uses the word itself", "choose another");
            else if (!seen.TryAdd(name, name))
                problems.Error(at, $"'{name}' differs from shard '{seen[name]}' in case alone",
                    "choose a name that folders and people can tell apart");
        }

        if (shards.Count > MaxShards) problems.Error(shards[MaxShards].At, $"more than {MaxShards} shards", "divide them among several gateways");
    }

    // It names a folder, a metric's label and an environment variable.
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0])
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
