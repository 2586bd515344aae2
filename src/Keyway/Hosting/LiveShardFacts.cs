using System.Collections.Concurrent;
using Keyway.Configuration;
using Keyway.Shard.Persistence;
using Keyway.State;

namespace Keyway.Hosting;

/// <summary>What the running servers say while two maps are compared.</summary>
/// <param name="running">What this process serves now; null at the start.</param>
internal sealed class LiveShardFacts(StateStore store, ShardFolders folders, KeywayConfig? running, KeywayConfig next) : IShardFacts
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _replicationIds = new(StringComparer.Ordinal);

    /// <summary>Asks all `nodes` shards of the next map at once: together they take as long as the slowest.</summary>
    public void AskForReplicationIds()
    {
        ShardConfig[] nodes = [.. next.Shards.Where(shard => shard.Kind is ShardKind.Nodes)];
        if (nodes.Length == 0) return;

        var threads = nodes.Select(shard => new Thread(() => ReplicationIdsOf(shard)) { IsBackground = true }).ToList();
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
    }

    public Emptiness EmptinessOf(ServedShard shard)
    {
        if (shard.IsIncluded)
        {
            ShardConfig? live = running?.Shards.FirstOrDefault(candidate => candidate.Name == shard.Name && candidate.Kind.IsIncluded);
            return live is null ? EmptinessOfFiles(shard) : EmptinessOfLive(live);
        }

        if (shard.Kind != "nodes") return Emptiness.Unknown;

        var answers = shard.Addresses.Select(text => AskNode(shard.Name, text)).ToList();
        if (answers.Contains(Emptiness.HasKeys)) return Emptiness.HasKeys;
        return answers.Contains(Emptiness.Unknown) ? Emptiness.Unknown : Emptiness.Empty;
    }

    public IReadOnlyList<string> ReplicationIdsOf(ShardConfig shard) => _replicationIds.GetOrAdd(shard.Name, _ =>
        shard.Kind is ShardKind.Nodes ? ShardQuestions.ReplicationIds(shard.Kind.Addresses, ShardAccess.Of(shard)) : []);

    public string? IdOf(ShardConfig shard) => shard.Kind.IsIncluded ? store.ReadShardId(shard.Name) : null;

    public string? KeysFileOf(ShardConfig shard) => shard.Kind.IsIncluded ? IncludedConf.Options(shard).KeysFile : null;

    public bool HasFolder(ServedShard shard) => folders.Of(shard.Name).Count > 0;

    private Emptiness EmptinessOfFiles(ServedShard shard)
    {
        // A state that was noted before shards kept files knows of none.
        if (shard.KeysFile is not { } file) return Emptiness.Empty;

        // What is not where it was may be anywhere.
        if (!HasFolder(shard) || store.ReadShardId(shard.Name) != shard.Id) return Emptiness.Unknown;
        return folders.Of(shard.Name).Any(folder => SavedKeys.MayBeIn(folder, file)) ? Emptiness.HasFiles : Emptiness.Empty;
    }

    // A replica may have keys that its master has just lost, and one that is down may have them too.
    private static Emptiness EmptinessOfLive(ShardConfig live)
    {
        var answers = live.Kind.Addresses.Select(address => ShardQuestions.Emptiness(address, ShardAccess.ByPassword(IncludedConf.Password(live)))).ToList();
        if (answers.Contains(Emptiness.HasKeys)) return Emptiness.HasKeys;
        return answers.Contains(Emptiness.Unknown) ? Emptiness.Unknown : Emptiness.Empty;
    }

    private Emptiness AskNode(string name, string addressText)
    {
        if (!Address.TryParse(addressText, out Address? address)) return Emptiness.Unknown;

        // A server is asked with the credentials that some map has for its address, or else for its name.
        ShardConfig[] known = [.. (running?.Shards ?? []).Concat(next.Shards)];
        ShardConfig? entry = known.FirstOrDefault(shard => shard.Kind.Addresses.Any(one => one.ToString() == addressText))
            ?? known.FirstOrDefault(shard => shard.Name == name);
        return ShardQuestions.Emptiness(address!, ShardAccess.Of(entry));
    }
}
