using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// PUBLISH and SPUBLISH: to the shard that would own a key of the channel's name, so that whoever listens there, through whichever gateway or none,
/// hears it once. The shard counts our links; what the publisher wants to know is how many clients behind them got it.
/// </summary>
internal sealed class PublishCommands(GatewayLoop loop, Router router)
{
    public static bool Has(Command row) => row.Name is "publish" or "spublish";

    public bool Route(ClientSession session, Command row, Arguments arguments, ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> channel = arguments[1];
        Route route = session.Pool.Whole.Map.Find(channel);
        if (route.Shard < 0)
        {
            router.RefuseNoShard(session, row, in route);
            return true;
        }
        ShardBackend backend = session.Pool.Backends[route.Shard];
        ShardDefinition shard = backend.Definition;
        if (backend is ClusterBackend cluster)
        {
            if (cluster.OwnerFor(session, channel) is not { } owner) return false;
            backend = owner;
        }

        ref LinkUse use = ref session.UseOf(backend);
        SharedLink? shared = null;
        PrivateLink? own = null;
        ShardFailure? failure;
        if (frame.Length <= ClientSession.LargestShared)
        {
            shared = router.FindLink(session, row, backend, ref use, channel, frame.Length, out failure);
        }
        else if (use.InFlight > 0 && backend.Breaker is null)
        {
            session.Block(BlockReason.Order);
            return false;
        }
        else
        {
            own = backend.TakePrivate(session.State.LinkKey, out failure);
            if (own is null && backend.TryHold(session, ref failure!)) failure = null;
        }
        if (shared is null && own is null)
        {
            if (failure is null) return false;
            router.Refuse(session, row, failure.ForWholeCommand());
            return true;
        }

        long receivers = row.Name == "publish" ? loop.Info.PubSub.Receivers(shard, channel) : loop.Info.PubSub.ShardReceivers(shard, channel);
        uint sequence = session.Expect(new PublishReply(row, loop.Events.NowTicks, receivers));
        if (shared is not null)
        {
            shared.Send(frame, session.Index, sequence, row.Id);
        }
        else
        {
            own!.Begin(session.Index, sequence, row.Id);
            own.Write(frame);
            own.EndRequest();
            use.OnPrivate = true;
        }
        use.InFlight++;
        return true;
    }
}
