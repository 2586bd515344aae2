using Keyway.Gateway.Links;

namespace Keyway.Gateway.Shards;

/// <summary>A shard's servers and their roles, as last seen. Immutable: made on one loop, read by all.</summary>
internal sealed record ShardTopology
{
    public static readonly ShardTopology Unknown = new() { Reason = "its servers have not been asked yet" };

    /// <summary>Where its keys are written; null while nowhere.</summary>
    public ServerAddress? Master { get; init; }

    /// <summary>When the master was asked that then said that it is one. A doubt that is older is settled.</summary>
    public long VerifiedTicks { get; init; }

    /// <summary>Why there is no master or it does not answer.</summary>
    public string Reason { get; init; } = "";

    public FailureKind Kind { get; init; } = FailureKind.Refused;

    public IReadOnlyList<ReplicaState> Replicas { get; init; } = [];

    /// <summary>The servers that do not answer now.</summary>
    public IReadOnlyList<ServerAddress> Silent { get; init; } = [];

    /// <summary>How many times another server became the master.</summary>
    public int Failovers { get; init; }
}
