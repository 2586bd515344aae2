namespace Keyway.Sentinel.Core;

/// <summary>
/// One master as it is saved. During the last part of a failover the promoted replica already stands in the master's place and the old
/// master among the replicas, so that a restart does not go back.
/// </summary>
internal sealed record SavedMaster(string Name, ServerAddress Address, int Quorum)
{
    /// <summary>Null: the default.</summary>
    public int? DownAfterMs { get; init; }

    public int? FailoverTimeoutMs { get; init; }

    public int ParallelSyncs { get; init; } = SentinelConstants.DefaultParallelSyncs;

    public int RebootDownAfterMs { get; init; }

    public string? AuthUser { get; init; }

    public string? AuthPassword { get; init; }

    public string? NotificationScript { get; init; }

    public string? ClientReconfigScript { get; init; }

    public IReadOnlyDictionary<string, string> RenamedCommands { get; init; } = new Dictionary<string, string>();

    public long ConfigEpoch { get; init; }

    public long LeaderEpoch { get; init; }

    public IReadOnlyList<ServerAddress> Replicas { get; init; } = [];

    public IReadOnlyList<SavedPeer> Sentinels { get; init; } = [];
}
