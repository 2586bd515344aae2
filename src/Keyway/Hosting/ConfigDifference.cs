using Keyway.Configuration;

namespace Keyway.Hosting;

/// <summary>Everything that a reload changes, a line each: keys that change owner first, then shards, then options.</summary>
internal static class ConfigDifference
{
    public static IReadOnlyList<string> Describe(KeywayConfig old, KeywayConfig next)
    {
        var lines = new List<string>(MapDifference.Describe(old, next));
        foreach (ShardConfig shard in next.Shards)
        {
            if (Named(old, shard.Name) is { } before) Compare(lines, $"shard '{shard.Name}'", OptionsOf(before), OptionsOf(shard));
            else lines.Add($"shard '{shard.Name}' is new: {shard.Kind.Name} {string.Join(", ", shard.Kind.Addresses)}");
        }

        lines.AddRange(old.Shards.Where(shard => Named(next, shard.Name) is null).Select(shard => $"shard '{shard.Name}' is gone"));
        foreach (PoolConfig pool in next.Pools)
        {
            PoolConfig? before = old.Pools.FirstOrDefault(known => known.Name == pool.Name);
            if (before is not null) Compare(lines, $"pool '{pool.Name}'", OptionsOf(before), OptionsOf(pool));
        }

        return lines;
    }

    /// <summary>What would change and cannot while the process runs; empty when the next map can be served.</summary>
    public static IReadOnlyList<string> NeedsRestart(KeywayConfig old, KeywayConfig next)
    {
        var reasons = new List<string>();
        if (old.Admin != next.Admin) reasons.Add(AtRestart("admin", old.Admin, next.Admin));
        if (old.Loops != next.Loops) reasons.Add(AtRestart("loops", Loops(old), Loops(next)));
        if (Path.GetFullPath(old.DataFolder) != Path.GetFullPath(next.DataFolder)) reasons.Add(AtRestart("data", old.DataFolder, next.DataFolder));
        foreach (ShardConfig shard in next.Shards)
        {
            if (Named(old, shard.Name) is not { Kind.IsIncluded: true } before || !shard.Kind.IsIncluded) continue;
            if (before.Kind.Name != shard.Kind.Name)
                reasons.Add($"shard '{shard.Name}' is {before.Kind.Name} and becomes {shard.Kind.Name} only at a restart");
            else if (Ports(before) != Ports(shard))
                reasons.Add($"shard '{shard.Name}' runs on port {Ports(before)}; it changes to {Ports(shard)} only at a restart");
            if (!Conf(before).SequenceEqual(Conf(shard)))
                reasons.Add($"'conf' of shard '{shard.Name}' changes only at a restart; CONFIG SET on {before.Kind.Addresses[0]} changes it until then");
        }

        foreach (ShardConfig shard in next.Shards)
        {
            // The old one has the port until the swap is done, the new one needs it before.
            if (!shard.Kind.IsIncluded) continue;
            foreach (Address address in shard.Kind.Addresses)
            {
                ShardConfig? holder = old.Shards.FirstOrDefault(known => known.Name != shard.Name && known.Kind.IsIncluded && known.Kind.Addresses.Contains(address));
                if (holder is null) continue;
                reasons.Add($"shard '{shard.Name}' would get port {address.Port}, where shard '{holder.Name}' runs: give it another port, or restart");
            }
        }

        return reasons;
    }

    private static string Ports(ShardConfig shard) => string.Join(", ", shard.Kind.Addresses.Select(address => address.Port));

    private static IEnumerable<(string, string)> Conf(ShardConfig shard) => shard.Conf.Select(directive => (directive.Name, directive.Value));

    private static ShardConfig? Named(KeywayConfig config, string name) => config.Shards.FirstOrDefault(shard => shard.Name == name);

    private static string AtRestart(string option, object now, object next) =>
        $"'{option}' is {now} and would become {next}: it changes only at a restart";

    private static string Loops(KeywayConfig config) => config.Loops is { } loops ? $"{loops}" : "one a core";

    private static (string Name, string Value)[] OptionsOf(ShardConfig shard) =>
    [
        ("user", shard.User ?? "default"), ("password", Secret(shard.Password)), ("timeout", Duration(shard.Timeout)),
        ("private_links", $"{shard.PrivateLinks}"), ("tls", Tls(shard.Tls)),
    ];

    private static string Tls(TlsConfig? tls) => tls is null ? "none" : $"ca={tls.Ca} cert={tls.Cert} key={tls.Key} name={tls.Name}";

    private static (string Name, string Value)[] OptionsOf(PoolConfig pool) =>
    [
        ("listen", string.Join(", ", pool.Listen)), ("tls", Tls(pool.Tls)), ("password", Secret(pool.Password)), ("users", UsersOf(pool)),
        ("max_clients", $"{pool.MaxClients}"),
        ("max_pipeline", $"{pool.MaxPipeline}"), ("max_collected", $"{pool.MaxCollected}"), ("buffers", $"{pool.Buffers}"),
        ("max_key", $"{pool.MaxKey}"), ("max_value", $"{pool.MaxValue}"),
        ("max_transaction", $"{pool.MaxTransaction}"), ("idle", Duration(pool.Idle)), ("databases", $"{pool.Databases}"),
        ("reads", ReadsOf(pool)), ("max_lag", pool.MaxLag is { } lag ? Duration(lag) : "any"),
        ("hold", Duration(pool.Hold)), ("moves", pool.Moves == MovePolicy.Abandon ? "abandon" : "refuse"),
    ];

    private static void Compare(List<string> lines, string who, (string Name, string Value)[] old, (string Name, string Value)[] next)
    {
        for (int i = 0; i < old.Length; i++)
        {
            if (old[i].Value == next[i].Value) continue;
            lines.Add(old[i].Name is "password" or "users" ? $"{who}: {old[i].Name} changed" : $"{who}: {old[i].Name} {old[i].Value} -> {next[i].Value}");
        }
    }

    private static string ReadsOf(PoolConfig pool) => pool.Reads switch
    {
        ReadPolicy.PreferReplica => "prefer-replica",
        ReadPolicy.Replica => "replica",
        _ => "master",
    };

    // Compared, never shown.
    private static string UsersOf(PoolConfig pool) => string.Join('\n', pool.Users.Select(user =>
        $"{user.Name} {user.Password} {string.Join(',', user.Allow ?? ["*"])} {string.Join(',', user.Keys ?? ["*"])}"));

    private static string Secret(string? password) => password ?? "";

    private static string Duration(TimeSpan time) => time.Milliseconds == 0 ? $"{(long)time.TotalSeconds}s" : $"{(long)time.TotalMilliseconds}ms";
}
