using Keyway.Configuration;

namespace Keyway.Tests.Configuration;

/// <summary>Loads snippets of maps.</summary>
internal static class Maps
{
    public static readonly IReadOnlyDictionary<string, string> NoEnvironment = new Dictionary<string, string>();

    /// <summary>Three shards and a pool; what follows is a list of rules, from line 6 on.</summary>
    public const string BeforeRules = """
        shards: { s1: { embedded: 7001 }, s2: { embedded: 7002 }, s3: { embedded: 7003 } }
        pools:
          main:
            listen: 127.0.0.1:6379
            partitions:

        """;

    /// <summary>Three shards and the beginning of a pool; what follows are its options, from line 5 on.</summary>
    public const string BeforePool = """
        shards: { s1: { embedded: 7001 }, s2: { embedded: 7002 }, s3: { embedded: 7003 } }
        pools:
          main:
            shard: s1

        """;

    /// <summary>One pool with all of its keys on s1; what follows are shards, from line 3 on.</summary>
    public const string BeforeShards = """
        pools: { main: { listen: 127.0.0.1:6379, shard: s1 } }
        shards:

        """;

    public static KeywayConfig Load(string yaml, params (string Name, string Value)[] environment)
    {
        LoadResult result = ConfigLoader.Load("map.yaml", yaml, Variables(environment));
        Assert.Empty(result.Errors);
        return result.Config!;
    }

    public static PoolConfig LoadPool(string options) => Assert.Single(Load(BeforePool + Indent(options, 4)).Pools);

    public static PoolConfig LoadRules(string rules) => Assert.Single(Load(BeforeRules + Indent(rules, 6)).Pools);

    public static ShardConfig LoadShard(string options) => Load(BeforeShards + $"  s1: {options}\n").Shards[0];

    public static string[] Errors(string yaml, params (string Name, string Value)[] environment)
    {
        LoadResult result = ConfigLoader.Load("map.yaml", yaml, Variables(environment));
        Assert.Equal(result.Errors.Count > 0, result.Config is null);
        return [.. result.Errors.Select(error => error.ToString())];
    }

    public static string Indent(string text, int spaces)
    {
        string indentation = new(' ', spaces);
        return string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Length == 0 ? line : indentation + line));
    }

    private static Dictionary<string, string> Variables((string Name, string Value)[] variables) => variables.ToDictionary(v => v.Name, v => v.Value);
}
