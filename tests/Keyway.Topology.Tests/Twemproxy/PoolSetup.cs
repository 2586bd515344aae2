using System.Text;

namespace Keyway.Topology.Tests.Twemproxy;

/// <summary>A twemproxy pool: as a rule for our map, as YAML for nutcracker, and as the label of its line in the vectors.</summary>
internal sealed record PoolSetup(TwemproxyDistribution Distribution, TwemproxyHash Hash, string Tag, string[] Declarations)
{
    private static readonly string[] Names = ["alpha", "beta", "gamma", "delta", "epsilon"];

    public string HashName => Hash switch
    {
        TwemproxyHash.OneAtATime => "one_at_a_time",
        _ => Hash.ToString().ToLowerInvariant(),
    };

    public string Label => $"{DistributionName} {HashName} {string.Join(",", Declarations.Select(WeightOf))}";

    private string DistributionName => Distribution == TwemproxyDistribution.Ketama ? "ketama" : "modula";

    /// <summary>Every hash with every distribution, over three equal servers and over five unequal ones.</summary>
    public static IEnumerable<PoolSetup> All()
    {
        foreach (TwemproxyDistribution distribution in Enum.GetValues<TwemproxyDistribution>())
        {
            foreach (TwemproxyHash hash in Enum.GetValues<TwemproxyHash>())
            {
                yield return Weighted(distribution, hash, 1, 1, 1);
                yield return Weighted(distribution, hash, 1, 3, 2, 7, 1);
            }
        }
    }

    /// <summary>Servers with names of their own, so that placement does not hang on ports.</summary>
    public static PoolSetup Weighted(TwemproxyDistribution distribution, TwemproxyHash hash, params int[] weights) =>
        new(distribution, hash, "", [.. weights.Select((weight, i) => $"127.0.0.1:{7000 + i}:{weight} {Names[i]}")]);

    /// <summary>A map whose shard i is the pool's server i.</summary>
    public PartitionMap ToMap()
    {
        var placement = new Placement.Twemproxy(Distribution, Hash, Encoding.ASCII.GetBytes(Tag), [.. Declarations.Select((declaration, i) => new TwemproxyServer(i, declaration))]);
        return PartitionMap.Build([new PartitionRule { Name = "rest", Placement = placement }], [.. Declarations.Select((_, i) => $"s{i}")]);
    }

    public string ToYaml(string name, string listen)
    {
        var yaml = new StringBuilder($"{name}:\n  listen: {listen}\n  redis: true\n  timeout: 20000\n  hash: {HashName}\n  distribution: {DistributionName}\n");
        if (Tag.Length > 0) yaml.Append($"  hash_tag: \"{Tag}\"\n");
        yaml.Append("  servers:\n");
        foreach (string declaration in Declarations) yaml.Append($"   - {declaration}\n");
        return yaml.ToString();
    }

    private static string WeightOf(string declaration) => declaration.Split(' ')[0].Split(':')[^1];
}
