using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Transactions;

/// <summary>WATCH: the first one takes a link of the client's own, those that follow go onto the same.</summary>
internal sealed class KeyWatcher(GatewayLoop loop, Router router, UnitFinder units)
{
    private KeyList _keys = new();

    // WATCH key [key ...]
    public bool Watch(ClientSession session, Command row, Arguments arguments, ReadOnlySpan<byte> frame)
    {
        if (session.Watch is { Link.IsVoid: true }) session.EndWatch();
        KeyExtractor.Extract(row, arguments, ref _keys);
        if (units.Find(session, row, arguments, ref _keys, session.Watch?.UnitIn(session)) is not { } unit) return true;
        if (loop.IsHolding && loop.HoldsAny(session, arguments, in _keys))
        {
            loop.WaitForReload(session);
            return false;
        }
        ShardBackend backend = session.Pool.Backends[session.Pool.Map.Find(unit.Key).Shard];
        if (backend is ClusterBackend cluster)
        {
            if (cluster.OwnerFor(session, unit.Key) is not { } owner) return false;
            backend = owner;
        }

        PinnedLink link;
        if (session.Watch is { } watch)
        {
            // What has been watched is lost, and EXEC will say so: no more need be watched, as with keys that have changed.
            if (backend != watch.Backend || backend.Breaker is not null || watch.Link.Key.Resp3 != session.State.Resp3 || watch.Unit.Digest != session.Pool.Map.Digest)
                watch.Break();
            if (watch.IsBroken) return AnswerOk(session, row);
            if (!PinnedLinks.TryTurn(session, watch.Link, frame.Length)) return false;
            link = watch.Link;
        }
        else if (PinnedLinks.Take(session, backend, out ShardFailure? failure) is { } taken)
        {
            link = taken;
            session.BeginWatch(new WatchedKeys(link, unit));
        }
        else
        {
            if (failure is null) return false;
            router.Refuse(session, row, failure.ForWholeCommand());
            return true;
        }

        uint sequence = session.Expect();
        link.Watch(frame, session.Index, sequence);
        ref LinkUse use = ref session.UseOf(backend);
        use.Link = link;
        use.OnPrivate = false;
        use.InFlight++;
        return true;
    }

    private static bool AnswerOk(ClientSession session, Command row)
    {
        session.Pool.Counters.Of(row.Id).Ok++;
        ReplyBuffer reply = session.BeginReply();
        reply.WriteOk();
        session.EndReply(reply);
        return true;
    }
}
