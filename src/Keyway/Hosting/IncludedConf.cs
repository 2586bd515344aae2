using Keyway.Configuration;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;

namespace Keyway.Hosting;

/// <summary>The directives of an included shard: what its `conf:` says, checked against the map's lines.</summary>
internal static class IncludedConf
{
    private static readonly string[] ReachableBy = ["127.0.0.1", "localhost", "*", "0.0.0.0"];

    /// <summary>Everything that is wrong with the `conf:` of included shards.</summary>
    public static IReadOnlyList<ConfigError> Check(KeywayConfig config)
    {
        var errors = new List<ConfigError>();
        foreach (ShardConfig shard in config.Shards)
        {
            if (!shard.Kind.IsIncluded) continue;
            Read(shard, config.FileName, errors);
            if (shard.Kind is ShardKind.Local && WhyUnreachable(shard) is { } directive)
            {
                string what = $"shard '{shard.Name}': the gateway reaches it at 127.0.0.1, and '{directive.Name} {directive.Value}' shuts that out";
                errors.Add(new ConfigError(config.FileName, directive.Line, 1, what, "add 127.0.0.1"));
            }
        }

        return errors;
    }

    public static ShardOptions Options(ShardConfig shard) => Read(shard, "", []);

    /// <summary>The same for one of the servers of a shard.</summary>
    public static ShardOptions Options(ShardConfig shard, int port) => Options(shard).With("port", $"{port}");

    /// <summary>The same for a server that keeps its files in this folder.</summary>
    public static ShardOptions Options(ShardConfig shard, string folder) => Options(shard).With("dir", Path.GetFullPath(folder));

    /// <summary>What the gateway's links must AUTH with; null asks for nothing.</summary>
    public static string? Password(ShardConfig shard)
    {
        string? password = shard.Conf.LastOrDefault(directive => directive.Name.Equals("requirepass", StringComparison.OrdinalIgnoreCase))?.Value;
        return password is { Length: > 0 } ? password : null;
    }

    private static ConfDirective? WhyUnreachable(ShardConfig shard) =>
        shard.Conf.LastOrDefault(directive => directive.Name.Equals("bind", StringComparison.OrdinalIgnoreCase)) is { } bind
            && !bind.Value.Split(' ').Any(word => ReachableBy.Contains(word.TrimStart('-'), StringComparer.OrdinalIgnoreCase))
            ? bind
            : null;

    // An included shard keeps its keys without being told to. A journal holds all of them: snapshots beside it would be written and never read. Where
    // `conf` turns the journal off, Redis's own save points hold. One megabyte of backlog is outrun in a moment.
    private static ShardOptions Included(ShardConfig shard)
    {
        ShardOptions options = ShardOptions.Default.With("bind", "127.0.0.1").With("appendonly", "yes").With("repl-backlog-size", "16mb");
        // The next replica that comes gets a snapshot of its own: a shard has one or two, and until they have its data nobody can take its place.
        options = options.With("repl-diskless-sync-delay", "0");
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
