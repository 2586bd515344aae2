using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;
using Keyway.Gateway.Users;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Routing;

/// <summary>
/// Requests too large for a shared link. Once their owner is certain they stream through a private link; until then (the keys of MSET or EVAL
/// may come last) they are collected, up to a limit for each client and one for all.
/// </summary>
internal sealed class LargeRequests(GatewayLoop loop, Router router)
{
    // Whoever is otherwise set apart (a transaction, a subscription) has its requests whole before anything is done with them.
    private const SessionModes MayStream = SessionModes.Restricted | SessionModes.Muted | SessionModes.Paused | SessionModes.Observed;

    private KeyList _keys = new();

    /// <summary>A request of which a part has come.</summary>
    public LargeRequest Begin(ClientSession session, RequestReader reader, ReadOnlySpan<byte> input)
    {
        if (session.State.Has(SessionModes.Executing))
        {
            session.Block(BlockReason.Order);
            return LargeRequest.Waits;
        }
        if (session.Transaction is { } transaction && transaction.QueuedBytes + reader.KnownLength > session.Pool.Definition.MaxTransaction)
        {
            // It could not be queued: it is told so now, and what follows of it is read and thrown away.
            router.Refuse(session, null, "ERR transaction too large: it passes 'max_transaction'"u8);
            session.Begin(new RequestStream(session, null, reader.DetachTail()));
            return LargeRequest.Streams;
        }

        if (session.State.Has(SessionModes.Waiting))
        {
            session.Block(BlockReason.Wait);
            return LargeRequest.Waits;
        }
        Arguments arguments = reader.Arguments(input);
        if ((session.State.Modes & ~MayStream) == 0 && arguments.Count > 0 && TryFindOwner(session, reader, arguments, out Command? command, out Route route, out int key))
        {
            if (session.State.Has(SessionModes.Restricted)
                && Permissions.CheckBeginning(session.State.User, command, arguments, in _keys) is { IsNone: false } denial)
            {
                router.RefuseDenied(session, command, in denial);
                session.MuteFrom(session.NextSequence);
                session.Begin(new RequestStream(session, null, reader.DetachTail()));
                return LargeRequest.Streams;
            }
            foreach (KeyReference one in _keys.Items)
            {
                if (arguments[one.Index].Length <= session.Pool.Definition.MaxKey) continue;
                router.RefuseLongKey(session, command, arguments[one.Index].Length);
                session.MuteFrom(session.NextSequence);
                session.Begin(new RequestStream(session, null, reader.DetachTail()));
                return LargeRequest.Streams;
            }
            if (session.State.Has(SessionModes.Paused) && loop.Pause.Holds(command))
            {
                loop.Pause.Hold(session);
                return LargeRequest.Waits;
            }
            if (loop.IsHolding && loop.HoldsAny(session, arguments, in _keys))
            {
                loop.WaitForReload(session);
                return LargeRequest.Waits;
            }
            ShardBackend backend = session.Pool.Backends[route.Shard];
            if (backend is ClusterBackend cluster)
            {
                if (cluster.OwnerFor(session, arguments[key]) is not { } owner) return LargeRequest.Waits;
                backend = owner;
            }
            if (session.State.Has(SessionModes.Observed)) loop.Monitors.Show(session, command, arguments);
            uint first = session.NextSequence;
            if (!TryTakeLink(session, command, backend, arguments[key], out PrivateLink? link)) return LargeRequest.Waits;
            session.MuteFrom(first);
            link?.Write(input);
            session.Begin(new RequestStream(session, link, reader.DetachTail()));
            return LargeRequest.Streams;
        }

        PoolDefinition limits = session.Pool.Definition;
        if (reader.KnownLength <= limits.MaxCollected && session.Pool.CollectedBytes + (reader.KnownLength - input.Length) <= loop.ShareOf(limits.Buffers))
            return LargeRequest.Collects;

        string limit = reader.KnownLength > limits.MaxCollected ? "max_collected" : "buffers";
        router.Refuse(session, null, System.Text.Encoding.ASCII.GetBytes(
            $"ERR request too large: it must be collected before its owner is certain, and passes '{limit}'"));
        GatewayLog.ClientOverLimit(loop.Log, limits.Name, $"a request to be collected passes {limit}");
        session.CloseAfterReplies();
        return LargeRequest.Refused;
    }

    /// <summary>A request that has come whole. False: it waits, or the session's stream takes it from here.</summary>
    public bool BeginWhole(ClientSession session, Command command, ShardBackend backend, ReadOnlySpan<byte> key, ReadOnlySpan<byte> frame)
    {
        if (!TryTakeLink(session, command, backend, key, out PrivateLink? link)) return false;
        if (!session.Reader.IsCanonical)
        {
            // What goes on is not what came (an inline line, a careless line end), so there is nothing to hand on piece by piece.
            link?.Write(frame);
            link?.EndRequest();
            return true;
        }

        // The link takes as much as it has room for; the session's stream hands on the rest as room comes.
        session.Begin(new RequestStream(session, link, frame.Length));
        return false;
    }

    // Only what is certain whatever may still come: the command serves here, has the right number of arguments, and all its keys have one owner.
    private bool TryFindOwner(ClientSession session, RequestReader reader, Arguments arguments, out Command command, out Route route, out int key)
    {
        route = default;
        key = 0;
        command = CommandTable.Find(arguments[0])!;
        if (command is null || !command.Takes(reader.DeclaredCount)) return false;
        RouteKind kind = RouteTable.Of(command);
        if (kind is not (RouteKind.OneKey or RouteKind.OneUnit or RouteKind.Split) || command.Is(CommandFlags.Blocking)) return false;
        if (KeyExtractor.ExtractPartial(command, arguments, reader.DeclaredCount, ref _keys) != PartialKeys.Certain || _keys.Count == 0) return false;

        key = _keys[0].Index;
        PartitionMap map = session.Pool.Map;
        route = map.Find(arguments[key]);
        if (route.Shard < 0) return false;
        for (int i = 1; i < _keys.Count; i++)
        {
            Route other = map.Find(arguments[_keys[i].Index]);
            bool together = kind == RouteKind.Split ? other.Shard == route.Shard : other.Unit == route.Unit;
            if (kind == RouteKind.Split && session.Pool.Backends[route.Shard] is ClusterBackend)
                together &= HashSlot.Of(arguments[_keys[i].Index]) == HashSlot.Of(arguments[key]);
            if (!together) return false;
        }
        return true;
    }

    // True: the request begins now, through the link, or to nowhere if the shard cannot take it and the client has been told.
    private bool TryTakeLink(ClientSession session, Command command, ShardBackend backend, ReadOnlySpan<byte> key, out PrivateLink? link)
    {
        link = null;
        if (loop.IsHolding && loop.Holds(session, key))
        {
            loop.WaitForReload(session);
            return false;
        }
        ref LinkUse use = ref session.UseOf(backend);
        if (use.InFlight > 0 && (backend.Breaker is null || session.Pool.ReadsReplicas))
        {
            session.Block(BlockReason.Order);
            return false;
        }
        bool reads = session.Pool.ReadsReplicas && command.Is(CommandFlags.ReadOnly);
        link = Router.TakePrivate(session, backend, reads, out ShardFailure? failure);
        if (link is null)
        {
            if (backend.TryHold(session, ref failure!)) return false;
            router.Refuse(session, command, failure!.ForWholeCommand());
            return true;
        }
        uint sequence = session.Expect();
        link.Begin(session.Index, sequence, command.Id);
        use.InFlight++;
        use.OnPrivate = true;
        use.HasWritten |= command.ChangesData;
        return true;
    }
}
