using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Blocking;

/// <summary>
/// WAIT numreplicas timeout: for every shard that the client has written to, how many replicas have all of it; the least of them is the answer.
/// </summary>
/// <remarks>
/// A server's WAIT waits for what was in its history when the asking connection's last command ended. Clients write over shared links, and no WAIT may go
/// there; on another connection that has done nothing it answers at once, with the number of replicas, and proves nothing. Any command sets that mark, one that
/// changes nothing too (seen with redis-server 7.0.15: beside a replica that is stopped, a fresh connection's WAIT 1 500 says 1 at once, and PING, WAIT 1 500
/// says 0 after its time). So PING goes before it, once all replies to the client's writes are here: what its WAIT waits for includes them, and what others have
/// written meanwhile, so it may take a little longer than it must and never says too much.
/// </remarks>
internal sealed class WaitCommand(GatewayLoop loop, Router router)
{
    private readonly List<(ShardBackend Backend, PrivateLink? Link)> _asked = [];

    public bool Route(ClientSession session, Command row, ReadOnlySpan<byte> request)
    {
        if (!TryFindShards(session) || !TryTakeLinks(session, row, out bool taken)) return false;
        if (taken) return true;
        session.HeldSinceMs = -1;

        Gather gather = loop.Gathers.Rent();
        gather.Begin(row, loop.Events.NowTicks);
        uint sequence = session.Expect(gather);
        var wait = new ReplicaWait(session);
        session.BeginWait(wait);
        for (int i = 0; i < _asked.Count; i++)
        {
            (ShardBackend backend, PrivateLink? link) = _asked[i];
            gather.AddPart(backend);
            wait.Add(link!);
            link!.Begin(InFlight.Nobody, 0, row.Id);
            link.Write("*1\r\n$4\r\nPING\r\n"u8);
            link.Ask(wait, session.Index, sequence, row.Id, request, i);
            ref LinkUse use = ref session.UseOf(backend);
            use.InFlight++;
            use.OnPrivate = true;
        }
        return true;
    }

    // False: some of the client's requests there have no reply yet, or a cluster's slots are on the move.
    private bool TryFindShards(ClientSession session)
    {
        _asked.Clear();
        if (!TryAddAll(session, onlyWritten: true)) return false;

        // It has written nothing: any server would count its replicas, so all do.
        return _asked.Count > 0 || TryAddAll(session, onlyWritten: false);
    }

    private bool TryAddAll(ClientSession session, bool onlyWritten)
    {
        // It may have written before it chose its database, or said who it is.
        foreach (int shard in onlyWritten ? session.Pool.Definition.ShardsInUse : session.Pool.Map.ShardsInUse)
        {
            ShardBackend backend = session.Pool.Backends[shard];
            if (backend is ClusterBackend { Masters.Count: > 0 } cluster)
            {
                if (!cluster.IsCurrent(session)) return false;
                foreach (ClusterNodeBackend master in cluster.Masters)
                {
                    if (!TryAdd(session, master, onlyWritten)) return false;
                }
            }
            else if (!TryAdd(session, backend, onlyWritten))
            {
                return false;
            }
        }
        return true;
    }

    private bool TryAdd(ClientSession session, ShardBackend backend, bool onlyWritten)
    {
        ref LinkUse use = ref session.UseOf(backend);
        if (onlyWritten && !use.HasWritten) return true;
        if (use.InFlight > 0)
        {
            session.Block(BlockReason.Order);
            return false;
        }
        _asked.Add((backend, null));
        return true;
    }

    // All or none. False: the session waits; 'taken' says that the client has been told why it cannot be.
    private bool TryTakeLinks(ClientSession session, Command row, out bool taken)
    {
        taken = false;
        for (int i = 0; i < _asked.Count; i++)
        {
            ShardBackend backend = _asked[i].Backend;
            PrivateLink? link = backend.TakePrivate(session.State.LinkKey, out ShardFailure? failure);
            if (link is not null)
            {
                _asked[i] = (backend, link);
                continue;
            }
            for (int given = 0; given < i; given++) _asked[given].Link!.Node.GiveBack(_asked[given].Link!);
            if (backend.TryHold(session, ref failure!)) return false;
            router.Refuse(session, row, failure!.ForWholeCommand());
            taken = true;
            return true;
        }
        return true;
    }
}
