using Keyway.Gateway.Links;

namespace Keyway.Gateway.Cluster;

/// <summary>What the watch of a cluster has found. Immutable: made on one loop, read by all.</summary>
/// <param name="View">Null while nobody has answered.</param>
/// <param name="Reason">Why nobody has; empty when somebody does.</param>
/// <param name="Failovers">How many times a replica took its master's place.</param>
internal sealed record ClusterState(ClusterView? View, string Reason, FailureKind Kind = FailureKind.Refused, int Failovers = 0)
{
    public static readonly ClusterState Unknown = new(null, "its servers have not been asked yet");
}
