namespace Keyway.Configuration;

/// <summary>What is valid in a map and not served yet. `run` refuses it, so that nobody relies on an option that does nothing.</summary>
public static class BuildCheck
{
    public static IReadOnlyList<ConfigError> NotBuiltYet(KeywayConfig config)
    {
        var errors = new List<ConfigError>();
        foreach (PoolConfig pool in config.Pools)
        {
            void Refuse(int line, string what, string fix) =>
                errors.Add(new ConfigError(config.FileName, line, 1, $"pool '{pool.Name}': {what} not built yet", fix));

            if (pool.MaxLag is not null && pool.ShardsInUse.Any(index => config.Shards[index].Kind is ShardKind.Cluster))
                Refuse(pool.Line, "'max_lag' for a cluster's replicas is", "remove it, or give the cluster a pool of its own");
        }

        return errors;
    }
}
