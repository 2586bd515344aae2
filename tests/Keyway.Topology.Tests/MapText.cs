using System.Text;

namespace Keyway.Topology.Tests;

/// <summary>
/// Maps in a line each, for tests: <c>"user: number 1-20000=s1 30001-=s3 else next"</c>, <c>"evt: text ..2025=s1 2025..=s2"</c>,
/// <c>"bull: shard s1"</c>, <c>"- slots 0-16383=s1"</c> ("-" is the rule without prefix). Line i of the text is line i of the map.
/// </summary>
internal static class MapText
{
    public static PartitionMap Map(params string[] rules) => MapOf(["s1", "s2", "s3"], rules);

    public static PartitionMap MapOf(string[] shards, params string[] rules) =>
        PartitionMap.Build([.. rules.Select((rule, i) => Rule(rule, i + 1, shards))], shards);

    public static PartitionRule Rule(string text, int line, string[] shards)
    {
        int ShardOf(string name) => Array.IndexOf(shards, name);

        string[] words = text.Split(' ');
        string prefix = words[0] == "-" ? "" : words[0];
        int otherwise = Array.IndexOf(words, "else");
        string[] parts = words[2..(otherwise < 0 ? words.Length : otherwise)];
        (string Bounds, int Shard)[] ranges = words[1] is "shard" ? [] : [.. parts.Select(part => (part[..part.LastIndexOf('=')], ShardOf(part[(part.LastIndexOf('=') + 1)..])))];
        return new PartitionRule
        {
            Name = prefix.Length > 0 ? prefix : "rest",
            Prefix = Encoding.Latin1.GetBytes(prefix),
            Line = line,
            Otherwise = otherwise < 0 ? Otherwise.Refuse : words[otherwise + 1] == "next" ? Otherwise.Next : Otherwise.To(ShardOf(words[otherwise + 1])),
            Placement = words[1] switch
            {
                "slots" => new Placement.Slots([.. ranges.Select(range => Slots(range.Bounds, range.Shard))]),
                "number" => new Placement.Number([.. ranges.Select(range => Numbers(range.Bounds, range.Shard))]),
                "text" => new Placement.Text([.. ranges.Select(range => Texts(range.Bounds, range.Shard))]),
                "shard" => new Placement.Single(ShardOf(words[2])),
                // ketama:hash host:port:weight=s1 …
                _ => Pool(words[1].Split(':'), ranges),
            },
        };
    }

    public static SlotRange Slots(string bounds, int shard = 0)
    {
        string[] ends = bounds.Split('-');
        return new SlotRange(int.Parse(ends[0]), int.Parse(ends[^1]), shard);
    }

    public static NumberRange Numbers(string bounds, int shard = 0)
    {
        string[] ends = bounds.Split('-');
        return new NumberRange(ends[0] is "" ? null : ends[0], ends[^1] is "" ? null : ends[^1], shard);
    }

    public static TextRange Texts(string bounds, int shard = 0)
    {
        string[] ends = bounds.Split("..");
        return new TextRange(ends[0] is "" ? null : Encoding.Latin1.GetBytes(ends[0]), ends[1] is "" ? null : Encoding.Latin1.GetBytes(ends[1]), shard);
    }

    private static Placement.Twemproxy Pool(string[] kind, (string Declaration, int Shard)[] servers) => new(
        kind[0] == "ketama" ? TwemproxyDistribution.Ketama : TwemproxyDistribution.Modula,
        Enum.Parse<TwemproxyHash>(kind[1], ignoreCase: true),
        kind.Length > 2 ? Encoding.ASCII.GetBytes(kind[2]) : [],
        [.. servers.Select(server => new TwemproxyServer(server.Shard, server.Declaration))]);
}
