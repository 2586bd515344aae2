using System.Text;
using Keyway.Topology;

namespace Keyway.Configuration;

/// <summary>Reads one rule of <c>partitions:</c>.</summary>
internal sealed class RuleReader(Problems problems, ShardNames shards, Func<Position, int> lineOf)
{
    /// <summary>What other rules of the pool must not repeat.</summary>
    public readonly record struct Heading(OptionReader Options, string Prefix, Position PrefixAt, string Name, Position NameAt);

    public Heading ReadHeading(MappingNode mapping)
    {
        var options = new OptionReader(OptionTable.Rule, mapping, problems);

        // A prefix may hold any bytes that YAML can write: no check for control characters here.
        string prefix = options.Scalar("prefix")?.Text ?? "";
        string name = options.Text("name") ?? (prefix.Length == 0 ? "rest" : Printed(prefix));
        return new Heading(options, prefix, options.ValueAt("prefix"), name, options.ValueAt("name"));
    }

    public PartitionRule? Read(Heading heading)
    {
        int errorsBefore = problems.ErrorCount;
        OptionReader options = heading.Options;

        // `ranges` alone says what was meant by half: the other half is asked for by name.
        string? kind = options.Written.Contains("ranges") && !OptionTable.Rule.OneOf.Any(options.Written.Contains)
            ? MissingBy(options)
            : options.One("this rule does not say how its keys are divided", "add one of by, shard, slots, ketama, modula");

        var ranges = new RangeReader(problems, shards, lineOf);
        Placement? placement = kind switch
        {
            "slots" => ReadSlots(options, ranges),
            "by" => ReadRanges(options, ranges),
            "shard" => shards.Resolve(options.Node("shard")!) is >= 0 and var shard ? new Placement.Single(shard) : null,
            "ketama" => ReadTwemproxy(options, "ketama", TwemproxyDistribution.Ketama),
            "modula" => ReadTwemproxy(options, "modula", TwemproxyDistribution.Modula),
            _ => null,
        };

        if (kind is not (null or "by") && options.Has("ranges"))
            problems.Error(options.KeyAt("ranges"), $"'ranges' and '{kind}' exclude each other", "keep one");
        Otherwise otherwise = ReadOtherwise(options, kind, heading.Prefix);

        if (placement is null || problems.ErrorCount > errorsBefore) return null;
        return new PartitionRule
        {
            Name = heading.Name,
            Prefix = Encoding.UTF8.GetBytes(heading.Prefix),
            Line = lineOf(options.At),
            Placement = placement,
            Otherwise = otherwise,
        };
    }

    private string? MissingBy(OptionReader options)
    {
        problems.Error(options.KeyAt("ranges"), "'ranges' does not say what it divides", "add 'by: number' or 'by: text'");
        return null;
    }

    private Placement.Slots? ReadSlots(OptionReader options, RangeReader ranges) =>
        options.Mapping("slots") is { } mapping && ranges.ReadSlots(mapping) is { } slots ? new Placement.Slots(slots) : null;

    private Placement? ReadRanges(OptionReader options, RangeReader ranges)
    {
        int by = options.Choice("by", -1);
        if (!options.Written.Contains("ranges"))
        {
            problems.Error(options.KeyAt("by"), "'by' needs 'ranges'",
                by == 1 ? "add `ranges: { ..m: s1, m..: s2 }`" : "add `ranges: { 1-20000: s1 }`");
            return null;
        }

        return (by, options.Node("ranges")) switch
        {
            (0, { } node) => ranges.ReadNumbers(node) is { } numbers ? new Placement.Number(numbers) : null,
            (1, { } node) => ranges.ReadTexts(node) is { } texts ? new Placement.Text(texts) : null,
            _ => null,
        };
    }

    private Otherwise ReadOtherwise(OptionReader options, string? kind, string prefix)
    {
        if (options.Scalar("otherwise") is not { } scalar) return Otherwise.Refuse;

        if (kind is not (null or "by"))
        {
            problems.Error(options.KeyAt("otherwise"), $"'otherwise' has no meaning here: '{kind}' leaves no key over", "remove it");
            return Otherwise.Refuse;
        }

        if (scalar.Text != "next") return shards.Resolve(scalar) is >= 0 and var shard ? Otherwise.To(shard) : Otherwise.Refuse;
        if (prefix.Length > 0) return Otherwise.Next;

        problems.Error(scalar.At, "no shorter prefix is left for 'otherwise: next'", "name a shard");
        return Otherwise.Refuse;
    }

    private Placement.Twemproxy? ReadTwemproxy(OptionReader rule, string kind, TwemproxyDistribution distribution)
    {
        if (rule.Mapping(kind) is not { } mapping) return null;

        int errorsBefore = problems.ErrorCount;
        var options = new OptionReader(OptionTable.Twemproxy, mapping, problems);
        options.Require($"'{kind}'");
        var hash = (TwemproxyHash)options.Choice("hash", (int)TwemproxyHash.Fnv1a_64);
        string tag = options.Text("tag") ?? "";
        if (Encoding.UTF8.GetByteCount(tag) is not (0 or 2))
            problems.Error(options.ValueAt("tag"), $"'{tag}' is no tag", "write two characters, as in \"{}\"");

        var servers = new List<TwemproxyServer>();
        if (options.Mapping("servers") is { } list)
        {
            if (list.Entries.Count == 0) problems.Error(list.At, "'servers' is empty", "write `s1: \"10.0.0.1:6379:1\"`");
            foreach ((ScalarNode shard, ConfigNode value) in list.Entries)
            {
                if (ReadServer(shard, value) is { } server) servers.Add(server);
            }
        }

        return problems.ErrorCount > errorsBefore || servers.Count == 0
            ? null
            : new Placement.Twemproxy(distribution, hash, Encoding.UTF8.GetBytes(tag), servers);
    }

    private TwemproxyServer? ReadServer(ScalarNode name, ConfigNode value)
    {
        int shard = shards.Resolve(name);
        if (value is RefusedNode) return null;
        if (value is ScalarNode scalar && IsServer(scalar.Text)) return shard < 0 ? null : new TwemproxyServer(shard, scalar.Text, lineOf(name.At));

        string written = value is ScalarNode text ? $"'{text.Text}'" : "this";
        problems.Error(value.At, $"{written} is no server of twemproxy's",
            "write \"host:port:weight\" or \"host:port:weight name\", as in nutcracker.yml");
        return null;
    }

    // host:port:weight[ name] or /path:weight[ name]; weights begin at 1.
    private static bool IsServer(string declaration)
    {
        string[] words = declaration.Split(' ');
        if (words.Length > 2 || words[^1].Length == 0) return false;

        int colon = words[0].LastIndexOf(':');
        if (colon <= 0 || !IsNumber(words[0][(colon + 1)..], int.MaxValue)) return false;

        string place = words[0][..colon];
        return place[0] == '/' || (place.LastIndexOf(':') is > 0 and var port && IsNumber(place[(port + 1)..], 65535));
    }

    private static bool IsNumber(string digits, int max) =>
        int.TryParse(digits, System.Globalization.NumberStyles.None, null, out int number) && number >= 1 && number <= max;

    private static string Printed(string prefix) =>
        prefix.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 ? prefix : Printable.Text(Encoding.UTF8.GetBytes(prefix));
}
