using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyway.Configuration;
using Keyway.Topology;

namespace Keyway.Verbs;

/// <summary>keyway explain [-c FILE] [--pool NAME] [--json] KEY…</summary>
internal static class ExplainVerb
{
    public static int Run(VerbContext context, string[] arguments)
    {
        Arguments parsed = Arguments.Parse(arguments, ["-c", "--pool"], ["--json"]);
        if (parsed.Rest.Count == 0) throw new UsageException("a key is missing");
        if (!MapFile.TryLoad(context, parsed.Value("-c"), out KeywayConfig config)) return ExitCode.Configuration;

        IReadOnlyList<PoolConfig> pools = config.Pools;
        if (parsed.Value("--pool") is { } name)
        {
            pools = [.. pools.Where(pool => pool.Name == name)];
            if (pools.Count == 0)
                throw new UsageException($"unknown pool '{name}'; {Suggestion.For(name, config.Pools.Select(pool => pool.Name), "pools")}");
        }

        if (parsed.Has("--json")) WriteJson(context.Out, config, pools, parsed.Rest);
        else WriteText(context.Out, config, pools, parsed.Rest);
        return ExitCode.Ok;
    }

    // user:42 -> s1 (nodes, 10.0.0.1:6379): rule 'user:' (prefix 'user:'): number 42 is in 1-20000 -> s1 [config/keyway.yaml:14]
    private static void WriteText(TextWriter output, KeywayConfig config, IReadOnlyList<PoolConfig> pools, IReadOnlyList<string> keys)
    {
        foreach (PoolConfig pool in pools)
        {
            string poolName = config.Pools.Count > 1 ? $"pool '{pool.Name}': " : "";
            WriteText(output, config, pool.Map, poolName, keys);
            foreach (PoolUnit unit in pool.Units)
                WriteText(output, config, unit.Map, $"pool '{pool.Name}', {PoolUnit.NameOf(unit.Database, unit.User)}: ", keys);
        }
    }

    private static void WriteText(TextWriter output, KeywayConfig config, PartitionMap map, string who, IReadOnlyList<string> keys)
    {
        foreach (string key in keys)
        {
            KeyExplanation explanation = map.Explain(Encoding.UTF8.GetBytes(key));
            string owner = "no shard";
            if (explanation.Shard >= 0)
            {
                ShardConfig shard = config.Shards[explanation.Shard];
                owner = $"{shard.Name} ({shard.Kind.Name}, {shard.Kind.Addresses[0]})";
            }

            string where = explanation.Line > 0 ? $"{config.FileName}:{explanation.Line}" : config.FileName;
            output.WriteLine($"{who}{Printable.Text(Encoding.UTF8.GetBytes(key))} -> {owner}\n  {explanation.How} [{where}]");
        }
    }

    // [{"key":"user:42","pool":"main","rule":"user:","line":14,"slot":null,"number":42,"shard":"s1","kind":"nodes","address":"10.0.0.1:6379"}]
    private static void WriteJson(TextWriter output, KeywayConfig config, IReadOnlyList<PoolConfig> pools, IReadOnlyList<string> keys)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (PoolConfig pool in pools)
            {
                foreach (string key in keys) WriteKey(json, config, pool, key);
            }

            json.WriteEndArray();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static void WriteKey(Utf8JsonWriter json, KeywayConfig config, PoolConfig pool, string key)
    {
        KeyExplanation explanation = pool.Map.Explain(Encoding.UTF8.GetBytes(key));
        ShardConfig? shard = explanation.Shard >= 0 ? config.Shards[explanation.Shard] : null;

        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteString("pool", pool.Name);
        json.WriteString("rule", explanation.Rule);
        if (explanation.Line > 0) json.WriteNumber("line", explanation.Line);
        else json.WriteNull("line");   // the built-in map is in no file
        if (explanation.Slot is { } slot) json.WriteNumber("slot", slot);
        else json.WriteNull("slot");

        // Of any length: JSON has no limit, and readers that have one see a rounded number, never a wrong shard.
        json.WritePropertyName("number");
        if (explanation.Number is { } number) json.WriteRawValue(number);
        else json.WriteNullValue();

        json.WriteString("shard", shard?.Name);
        json.WriteString("kind", shard?.Kind.Name);
        json.WriteString("address", shard?.Kind.Addresses[0].ToString());
        json.WriteEndObject();
    }
}
