using Keyway.Configuration;
using Keyway.State;

namespace Keyway.Hosting;

/// <summary>The data folder, held for this process, and the map last served in it.</summary>
internal sealed class ServedState : IDisposable
{
    private readonly DataFolder _folder;
    private readonly StateStore _store;

    private ServedState(DataFolder folder)
    {
        _folder = folder;
        _store = new StateStore(folder);
        Folders = new ShardFolders(folder.Path);
        Last = _store.Read();
    }

    /// <summary>Where included shards keep their files.</summary>
    public ShardFolders Folders { get; }

    /// <summary>Null before the first start.</summary>
    public ServedMap? Last { get; private set; }

    /// <exception cref="StateException">Another process has the folder, or it cannot be used.</exception>
    public static ServedState Open(string path)
    {
        DataFolder folder = DataFolder.Open(path);
        try
        {
            return new ServedState(folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>May the next map be served after the last one?</summary>
    /// <param name="running">What this process serves now; null at the start.</param>
    /// <param name="against">What to compare with; the map last served unless it says otherwise.</param>
    public Verdict Check(KeywayConfig next, KeywayConfig? running, out LiveShardFacts facts, ServedMap? against = null)
    {
        facts = new LiveShardFacts(_store, Folders, running, next);
        facts.AskForReplicationIds();
        return (against ?? Last) is { } last ? StateRules.Compare(last, next, facts) : new Verdict([], []);
    }

    /// <summary>Notes what is about to be served; on the disk when this returns.</summary>
    /// <exception cref="StateException">It could not be written; what was noted before still is.</exception>
    public void Save(KeywayConfig next, LiveShardFacts facts) =>
        Save(ServedMap.Of(next, shard => _store.ShardId(shard.Name), shard => ReplicationIds(shard, facts), facts.KeysFileOf));

    /// <exception cref="StateException">It could not be written.</exception>
    public void Save(ServedMap map)
    {
        _store.Write(map);
        Last = map;
    }

    public void Dispose() => _folder.Dispose();

    // A server that does not answer now keeps the history that was seen before.
    private IReadOnlyList<string> ReplicationIds(ShardConfig shard, LiveShardFacts facts)
    {
        IReadOnlyList<string> now = facts.ReplicationIdsOf(shard);
        if (now.Count > 0) return now;

        ServedShard? before = Last?.Shards.FirstOrDefault(candidate => candidate.Name == shard.Name);
        IReadOnlyList<string> addresses = ServedShard.IdentifyingAddresses(shard.Kind);
        return before is not null && before.Addresses.Intersect(addresses, StringComparer.OrdinalIgnoreCase).Any() ? before.ReplicationIds : [];
    }
}
