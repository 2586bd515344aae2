using System.Text;

namespace Keyway.Benchmarks.Peers;

/// <summary>
/// The map of one gateway under test. Slots are spread evenly over its shards; a prefix rule per shard ("a:") names one on purpose.
/// </summary>
internal sealed record KeywayMap
{
    /// <summary>Name and where it is: "nodes: [127.0.0.1:7001]" or "embedded: 7001".</summary>
    public required IReadOnlyList<(string Name, string Place)> Shards { get; init; }

    /// <summary>Null leaves the default, one a core.</summary>
    public int? Loops { get; init; }

    /// <summary>Null leaves the default. The silence after which a shard's requests are given up.</summary>
    public int? TimeoutMs { get; init; }

    public int? MaxClients { get; init; }

    /// <summary>Of each shard. Null leaves the default.</summary>
    public int? PrivateLinks { get; init; }

    /// <summary>A rule "a:" for shard a and so on, so that a check knows where its keys live. Off where speed is measured.</summary>
    public bool Prefixes { get; init; }

    public static KeywayMap Over(params int[] shardPorts) => new()
    {
        Shards = [.. shardPorts.Select((port, i) => (ShardName(i), $"nodes: [127.0.0.1:{port}]"))],
    };

    public static KeywayMap Embedded(params int[] shardPorts) => new()
    {
        Shards = [.. shardPorts.Select((port, i) => (ShardName(i), $"embedded: {port}"))],
    };

    public string ToYaml(int listen, int admin, string data)
    {
        var yaml = new StringBuilder();
        yaml.Append($"admin: 127.0.0.1:{admin}\n");
        if (Loops is { } loops) yaml.Append($"loops: {loops}\n");
        yaml.Append($"data: \"{data}\"\n\nshards:\n");
        string timeout = TimeoutMs is { } ms ? $", timeout: {ms}ms" : "";
        string links = PrivateLinks is { } most ? $", private_links: {most}" : "";
        foreach ((string name, string place) in Shards) yaml.Append($"  {name}: {{ {place}{timeout}{links} }}\n");

        yaml.Append($"\npools:\n  main:\n    listen: 127.0.0.1:{listen}\n");
        if (MaxClients is { } clients) yaml.Append($"    max_clients: {clients}\n");
        yaml.Append("    partitions:\n");
        if (Prefixes)
        {
            foreach ((string name, _) in Shards) yaml.Append($"      - {{ prefix: \"{name}:\", shard: {name} }}\n");
        }

        yaml.Append("      - slots: { ");
        for (int i = 0; i < Shards.Count; i++)
        {
            int first = 16384 * i / Shards.Count;
            int last = (16384 * (i + 1) / Shards.Count) - 1;
            yaml.Append($"{(i > 0 ? ", " : "")}{first}-{last}: {Shards[i].Name}");
        }

        return yaml.Append(" }\n").ToString();
    }

    private static string ShardName(int index) => ((char)('a' + index)).ToString();
}
