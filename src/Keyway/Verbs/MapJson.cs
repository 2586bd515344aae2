using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyway.Configuration;
using Keyway.Topology;

namespace Keyway.Verbs;

/// <summary>
/// The whole map for programs that partition on the client's side:
/// <code>
/// { "file": "config/keyway.yaml",
///   "shards": [ { "name": "s1", "kind": "nodes", "addresses": ["10.0.0.1:6379"], "master": null } ],
///   "pools": [ { "name": "main", "listen": ["127.0.0.1:6379"], "databases": 16, "digest": "…",
///     "rules": [ { "name": "user:", "prefix": "user:", "line": 14, "by": "number", "otherwise": "next", … } ],
///     "units": [ { "database": 3, "user": null, "line": 20, "digest": "…", "rules": [ … ] } ] } ] }
/// </code>
/// A unit, if there are any, is a database or a user whose keys are placed by its own rules instead of the pool's; what binds a user holds in every database.
/// `file` is null for the built-in map, `master` is a sentinel's name for it, `otherwise` is null (an error), "next" or a shard.
/// By `by`, a rule goes on: slots and number with `ranges` of {from, to, shard, line}, both ends included; text with the same, `to`
/// excluded; shard with `shard`; ketama and modula with `hash`, `tag` and `servers` of {shard, server, line}. An open end is null.
/// Numbers are strings of digits, of any length. Prefixes and texts that are not readable are written as "hex:00ff".
/// </summary>
public static class MapJson
{
    public static byte[] Write(KeywayConfig config)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("file", config.File);
            json.WriteStartArray("shards");
            foreach (ShardConfig shard in config.Shards) WriteShard(json, shard);
            json.WriteEndArray();
            json.WriteStartArray("pools");
            foreach (PoolConfig pool in config.Pools) WritePool(json, config, pool);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteShard(Utf8JsonWriter json, ShardConfig shard)
    {
        json.WriteStartObject();
        json.WriteString("name", shard.Name);
        json.WriteString("kind", shard.Kind.Name);
        WriteAddresses(json, "addresses", shard.Kind.Addresses);
        json.WriteString("master", (shard.Kind as ShardKind.Sentinel)?.Master);
        json.WriteEndObject();
    }

    private static void WritePool(Utf8JsonWriter json, KeywayConfig config, PoolConfig pool)
    {
        json.WriteStartObject();
        json.WriteString("name", pool.Name);
        WriteAddresses(json, "listen", pool.Listen);
        json.WriteNumber("databases", pool.Databases);
        json.WriteString("digest", pool.Map.Digest);
        json.WriteStartArray("rules");
        foreach (PartitionRule rule in pool.Rules) WriteRule(json, config, rule);
        json.WriteEndArray();
        if (pool.Units.Count > 0)
        {
            json.WriteStartArray("units");
            foreach (PoolUnit unit in pool.Units) WriteUnit(json, config, unit);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteUnit(Utf8JsonWriter json, KeywayConfig config, PoolUnit unit)
    {
        json.WriteStartObject();
        if (unit.Database is { } database) json.WriteNumber("database", database);
        else json.WriteNull("database");
        json.WriteString("user", unit.User);
        WriteLine(json, unit.Line);
        json.WriteString("digest", unit.Map.Digest);
        json.WriteStartArray("rules");
        foreach (PartitionRule rule in unit.Rules) WriteRule(json, config, rule);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, KeywayConfig config, PartitionRule rule)
    {
        json.WriteStartObject();
        json.WriteString("name", rule.Name);
        json.WriteString("prefix", Text(rule.Prefix));
        WriteLine(json, rule.Line);
        switch (rule.Placement)
        {
            case Placement.Slots slots:
                json.WriteString("by", "slots");
                json.WriteStartArray("ranges");
                foreach (SlotRange range in slots.Ranges) WriteSlots(json, config, range);
                json.WriteEndArray();
                break;
            case Placement.Number number:
                json.WriteString("by", "number");
                json.WriteStartArray("ranges");
                foreach (NumberRange range in number.Ranges) WriteRange(json, config, range.First, range.Last, range.Shard, range.Line);
                json.WriteEndArray();
                break;
            case Placement.Text text:
                json.WriteString("by", "text");
                json.WriteStartArray("ranges");
                foreach (TextRange range in text.Ranges) WriteRange(json, config, Text(range.From), Text(range.To), range.Shard, range.Line);
                json.WriteEndArray();
                break;
            case Placement.Single single:
                json.WriteString("by", "shard");
                json.WriteString("shard", config.Shards[single.Shard].Name);
                break;
            case Placement.Twemproxy pool:
                json.WriteString("by", pool.Distribution == TwemproxyDistribution.Ketama ? "ketama" : "modula");
                json.WriteString("hash", OptionTable.Hashes[(int)pool.Hash]);
                json.WriteString("tag", pool.Tag.Length == 0 ? null : Text(pool.Tag));
                json.WriteStartArray("servers");
                foreach (TwemproxyServer server in pool.Servers)
                {
                    json.WriteStartObject();
                    json.WriteString("shard", config.Shards[server.Shard].Name);
                    json.WriteString("server", server.Declaration);
                    WriteLine(json, server.Line);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                break;
        }

        json.WriteString("otherwise", rule.Otherwise.Kind switch
        {
            OtherwiseKind.Next => "next",
            OtherwiseKind.Shard => config.Shards[rule.Otherwise.Shard].Name,
            _ => null,
        });
        json.WriteEndObject();
    }

    private static void WriteSlots(Utf8JsonWriter json, KeywayConfig config, SlotRange range)
    {
        json.WriteStartObject();
        json.WriteNumber("from", range.First);
        json.WriteNumber("to", range.Last);
        json.WriteString("shard", config.Shards[range.Shard].Name);
        WriteLine(json, range.Line);
        json.WriteEndObject();
    }

    private static void WriteRange(Utf8JsonWriter json, KeywayConfig config, string? from, string? to, int shard, int line)
    {
        json.WriteStartObject();
        json.WriteString("from", from);
        json.WriteString("to", to);
        json.WriteString("shard", config.Shards[shard].Name);
        WriteLine(json, line);
        json.WriteEndObject();
    }

    private static void WriteLine(Utf8JsonWriter json, int line)
    {
        if (line > 0) json.WriteNumber("line", line);
        else json.WriteNull("line");
    }

    private static void WriteAddresses(Utf8JsonWriter json, string name, IReadOnlyList<Address> addresses)
    {
        json.WriteStartArray(name);
        foreach (Address address in addresses) json.WriteStringValue(address.ToString());
        json.WriteEndArray();
    }

    /// <summary>As the list form of the map writes it.</summary>
    private static string? Text(byte[]? bytes)
    {
        if (bytes is null) return null;

        string text = Encoding.UTF8.GetString(bytes);
        bool reads = text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 && !text.Contains('\ufffd')
            && !text.StartsWith("hex:", StringComparison.Ordinal);
        return reads ? text : "hex:" + Convert.ToHexStringLower(bytes);
    }
}
