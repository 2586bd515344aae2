using Keyway.Configuration;
using Keyway.State;

namespace Keyway.Tests.State;

/// <summary>Every shard holds keys, and is who it was, unless a test says otherwise.</summary>
internal sealed class TestFacts : IShardFacts
{
    private readonly Dictionary<string, int> _asked = [];

    /// <summary>By name, as last served.</summary>
    public Dictionary<string, Emptiness> Emptiness { get; init; } = [];

    /// <summary>By name in the next map.</summary>
    public Dictionary<string, string[]> ReplicationIds { get; init; } = [];

    public Dictionary<string, string?> Ids { get; init; } = [];

    /// <summary>By name in the next map.</summary>
    public Dictionary<string, string> KeysFiles { get; init; } = [];

    public string[] WithoutFolder { get; init; } = [];

    public int TimesAsked(string shard) => _asked.GetValueOrDefault(shard);

    public Emptiness EmptinessOf(ServedShard shard)
    {
        _asked[shard.Name] = TimesAsked(shard.Name) + 1;
        return Emptiness.GetValueOrDefault(shard.Name, Keyway.State.Emptiness.HasKeys);
    }

    public IReadOnlyList<string> ReplicationIdsOf(ShardConfig shard) => ReplicationIds.GetValueOrDefault(shard.Name, []);

    public string? IdOf(ShardConfig shard) => Ids.TryGetValue(shard.Name, out string? id) ? id : $"id-of-{shard.Name}";

    public string? KeysFileOf(ShardConfig shard) => KeysFiles.GetValueOrDefault(shard.Name, "journal");

    public bool HasFolder(ServedShard shard) => !WithoutFolder.Contains(shard.Name);
}
