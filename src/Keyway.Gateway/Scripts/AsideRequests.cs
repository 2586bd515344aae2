using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Scripts;

/// <summary>
/// Asks every shard on a private link. While a script runs, its server reads nothing more on the connection that the script came on, which for the clients of
/// a loop is the same one: what is to stop the script must come by another. A shard that cannot be asked does not keep the others from being asked.
/// </summary>
internal sealed class AsideRequests(GatewayLoop loop)
{
    private readonly List<ShardBackend> _asked = [];

    public bool Ask(ClientSession session, Command row, ReadOnlySpan<byte> request, IMerge? merge = null)
    {
        if (!TryFindAll(session, row)) return false;
        Gather gather = loop.Gathers.Rent();
        gather.Begin(row, loop.Events.NowTicks, merge);
        uint sequence = session.Expect(gather);
        List<(int Part, ShardFailure Failure)>? failures = null;
        for (int i = 0; i < _asked.Count; i++)
        {
            gather.AddPart(_asked[i]);
            if (_asked[i].TakePrivate(session.State.LinkKey, out ShardFailure? failure) is not { } link)
            {
                (failures ??= []).Add((i, failure!));
                continue;
            }
            link.Begin(session.Index, sequence, row.Id, i);
            link.Write(request);
            link.EndRequest();
            ref LinkUse use = ref session.UseOf(_asked[i]);
            use.InFlight++;
            use.OnPrivate = true;
        }
        session.Pool.Counters.Of(row.Id).Fragments += _asked.Count;
        if (failures is not null) session.FailParts(sequence, failures);
        return true;
    }

    private bool TryFindAll(ClientSession session, Command row)
    {
        _asked.Clear();
        foreach (int shard in RequestSplitter.EverybodyFor(session, row))
        {
            ShardBackend backend = session.Pool.Backends[shard];
            if (backend is ClusterBackend { Masters.Count: > 0 } cluster)
            {
                if (!cluster.IsCurrent(session)) return false;
                _asked.AddRange(cluster.Masters);
            }
            else
            {
                _asked.Add(backend);
            }
        }
        foreach (ShardBackend backend in _asked)
        {
            if (session.UseOf(backend).InFlight == 0 || backend.Breaker is not null) continue;
            session.Block(BlockReason.Order);
            return false;
        }
        return true;
    }
}
