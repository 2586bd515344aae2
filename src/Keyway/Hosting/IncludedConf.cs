using Keyway.Configuration;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;

namespace Keyway.Hosting;

/// <summary>The directives of an embedded shard: what its `conf:` says, checked against the map's lines.</summary>
internal static class EmbeddedConf
{
    /// <summary>Everything that is wrong with the `conf:` of embedded shards.</summary>
    public static IReadOnlyList<ConfigError> Check(KeywayConfig config)
    {
        var errors = new List<ConfigError>();
        foreach (ShardConfig shard in config.Shards)
        {
            if (shard.Kind is ShardKind.Embedded) Read(shard, config.FileName, errors);
        }

        return errors;
    }

    public static ShardOptions Options(ShardConfig shard) => Read(shard, "", []);

    /// <summary>The same for a server that keeps its files in this folder.</summary>
    public static ShardOptions Options(ShardConfig shard, string folder) => Options(shard).With("dir", Path.GetFullPath(folder));

    /// <summary>What the gateway's links must AUTH with; null asks for nothing.</summary>
    public static string? Password(ShardConfig shard)
    {
        string? password = shard.Conf.LastOrDefault(directive => directive.Name.Equals("requirepass", StringComparison.OrdinalIgnoreCase))?.Value;
        return password is { Length: > 0 } ? password : null;
    }

    // An included shard keeps its keys without being told to. A journal holds all of them: snapshots beside it would be written and never read. Where
    // `conf` turns the journal off, Redis's own save points hold. One megabyte of backlog is outrun in a moment.
    private static ShardOptions Included(ShardConfig shard)
    {
        ShardOptions options = ShardOptions.Default.With("bind", "127.0.0.1").With("appendonly", "yes").With("repl-backlog-size", "16mb");
        bool keepsNoJournal = shard.Conf.Any(directive =>
            directive.Name.Equals("appendonly", StringComparison.OrdinalIgnoreCase) && directive.Value.Equals("no", StringComparison.OrdinalIgnoreCase));
        return keepsNoJournal ? options : options.With("save", "");
    }

    private static ShardOptions Read(ShardConfig shard, string file, List<ConfigError> errors)
    {
        ShardOptions options = Included(shard);
        foreach (ConfDirective directive in shard.Conf)
        {
            try
            {
                options = options.With(directive.Name, directive.Value);
            }
            catch (ConfFileException refused)
            {
                // Redis's text has several lines, the reason is the last one.
                string reason = refused.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
                string what = $"shard '{shard.Name}': '{directive.Name} {directive.Value}': {reason}";
                errors.Add(new ConfigError(file, directive.Line, 1, what, "write it as redis.conf has it"));
            }
        }

        return shard.Kind is ShardKind.Embedded embedded ? options.With("port", $"{embedded.Port}") : options;
    }
}
