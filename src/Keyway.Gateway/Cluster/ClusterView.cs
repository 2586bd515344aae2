using System.Net;
using Keyway.Topology;

namespace Keyway.Gateway.Cluster;

/// <summary>How one server of a cluster sees the whole of it.</summary>
/// <param name="Epoch">cluster_current_epoch: who has heard of the latest change has the largest.</param>
/// <param name="IsOk">cluster_state: it sees every slot served, and most masters.</param>
internal sealed record ClusterView(IReadOnlyList<ClusterShard> Shards, long Epoch, bool IsOk)
{
    /// <summary>How many slots have a master.</summary>
    public int ServedSlots => Shards.Where(shard => shard.Master is { IsOnline: true }).Sum(shard => shard.Ranges.Sum(range => range.Last - range.First + 1));

    public bool IsWhole => ServedSlots == HashSlot.Count;

    public IEnumerable<ClusterNode> Nodes => Shards.SelectMany(shard => shard.Master is null ? shard.Replicas : shard.Replicas.Prepend(shard.Master));

    /// <summary>The same servers in the same places; how far replicas are changes all the time and does not count.</summary>
    public bool HasSamePlaces(ClusterView other)
    {
        if (Shards.Count != other.Shards.Count) return false;
        for (int i = 0; i < Shards.Count; i++)
        {
            if (!Shards[i].Ranges.SequenceEqual(other.Shards[i].Ranges) || !AreSame(Shards[i].Master, other.Shards[i].Master)) return false;
            if (Shards[i].Replicas.Count != other.Shards[i].Replicas.Count) return false;
            for (int k = 0; k < Shards[i].Replicas.Count; k++)
            {
                if (!AreSame(Shards[i].Replicas[k], other.Shards[i].Replicas[k])) return false;
            }
        }

        return true;
    }

    /// <summary>How many masters were replicas in an earlier view.</summary>
    public int FailoversSince(ClusterView earlier)
    {
        HashSet<EndPoint> replicas = [.. earlier.Shards.SelectMany(shard => shard.Replicas).Select(node => node.Address)];
        return Shards.Count(shard => shard.Master is { } master && shard.Ranges.Count > 0 && replicas.Contains(master.Address));
    }

    private static bool AreSame(ClusterNode? one, ClusterNode? other) =>
        one is null || other is null ? one == other : one.Address.Equals(other.Address) && one.IsOnline == other.IsOnline;
}
