namespace Keyway.Gateway.Cluster;

/// <summary>The servers that hold the same slots of a cluster: a master, and its replicas.</summary>
/// <param name="Ranges">Of slots, both ends included; empty for a master that holds none.</param>
/// <param name="Master">Null while there is none.</param>
internal sealed record ClusterShard(IReadOnlyList<(int First, int Last)> Ranges, ClusterNode? Master, IReadOnlyList<ClusterNode> Replicas);
