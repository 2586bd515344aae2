using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Blocking;

/// <summary>
/// BLPOP and its kin: each goes on a private link, since a shard answers nothing else on a connection whose client is blocked. The link is exempt from the
/// rule of silence once the request has left, and is lent for as long as the client waits.
/// </summary>
internal sealed class BlockingRequests(GatewayLoop loop, Router router)
{
    private KeyList _keys = new();

    /// <summary>As the router's own: true when the request was taken, false when the session is blocked.</summary>
    public bool Route(ClientSession session, Command row, RequestReader reader, Arguments arguments, ReadOnlySpan<byte> input)
    {
        KeyStatus status = KeyExtractor.Extract(row, arguments, ref _keys);
        if (status == KeyStatus.Invalid)
        {
            router.Refuse(session, row, System.Text.Encoding.UTF8.GetBytes(_keys.Error!));
            return true;
        }

        Route route = new(session.Pool.Map.FirstShardOfCatchAll, -1, 0);
        ReadOnlySpan<byte> key = default;
        if (status == KeyStatus.Found)
        {
            if (!router.TryFindUnit(session, row, arguments, ref _keys, out route)) return true;
            key = arguments[_keys[0].Index];
            if (loop.IsHolding && loop.HoldsAny(session, arguments, in _keys))
            {
                loop.WaitForReload(session);
                return false;
            }
        }
        ShardBackend backend = session.Pool.Backends[route.Shard];
        if (backend is ClusterBackend cluster)
        {
            if (cluster.OwnerFor(session, key) is not { } owner) return false;
            backend = owner;
        }
        return Send(session, row, backend, reader.Frame(input));
    }

    /// <summary>The request goes on a private link, and the client's next ones wait until it is answered, or until the link is lost.</summary>
    public bool Send(ClientSession session, Command row, ShardBackend backend, ReadOnlySpan<byte> request)
    {
        if (session.UseOf(backend).InFlight > 0 && (backend.Breaker is null || session.Pool.ReadsReplicas))
        {
            session.Block(BlockReason.Order);
            return false;
        }
        bool reads = session.Pool.ReadsReplicas && row.Is(CommandFlags.ReadOnly);
        PrivateLink? link = Router.TakePrivate(session, backend, reads, out ShardFailure? failure);
        if (link is null)
        {
            if (backend.TryHold(session, ref failure!)) return false;
            router.Refuse(session, row, failure!.ForWholeCommand());
            return true;
        }

        uint sequence = session.Expect();
        var wait = new BlockedRequest(session, link, sequence, row, request.ToArray());
        session.BeginWait(wait);
        link.Ask(wait, session.Index, sequence, row.Id, request);
        ref LinkUse use = ref session.UseOf(backend);
        use.InFlight++;
        use.OnPrivate = true;
        use.HasWritten |= row.ChangesData;
        return true;
    }
}
