namespace Keyway.Configuration;

/// <summary>What is valid in a map and not served yet. `run` refuses it, so that nobody relies on an option that does nothing.</summary>
public static class BuildCheck
{
    public static IReadOnlyList<ConfigError> NotBuiltYet(KeywayConfig config)
    {
        var errors = new List<ConfigError>();
        foreach (ShardConfig shard in config.Shards)
        {
            void Refuse(int line, string what, string fix) =>
                errors.Add(new ConfigError(config.FileName, line, 1, $"shard '{shard.Name}': {what} not built yet", fix));

            if (shard.Kind is ShardKind.Cluster) Refuse(shard.Line, "'cluster' is", "use shards with one of `nodes` each");
        }

        foreach (PoolConfig pool in config.Pools)
        {
            void Refuse(int line, string what, string fix) =>
                errors.Add(new ConfigError(config.FileName, line, 1, $"pool '{pool.Name}': {what} not built yet", fix));

            if (pool.Tls is { } tls) Refuse(tls.Line, "'tls' is", "remove it, or put a TLS tunnel before it");
            if (pool.Users.Count > 0) Refuse(pool.Users[0].Line, "'users' are", "use `password` or `password_file`");
        }

        return errors;
    }
}
