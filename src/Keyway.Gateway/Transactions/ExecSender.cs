using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Transactions;

/// <summary>Sends a queued transaction to the shard of its keys: on a shared link, or on one of the client's own where it must be.</summary>
internal sealed class ExecSender(GatewayLoop loop, Router router)
{
    /// <returns>False: it cannot go now, and the session is blocked.</returns>
    public bool Send(ClientSession session, Command row, Transaction transaction)
    {
        string digest = session.Pool.Map.Digest;
        if (session.Watch is { } watched && (watched.IsBroken || watched.Unit.Digest != digest)) return AnswerNull(session, row);
        if (session.State.Has(SessionModes.Paused) && loop.Pause.Holds(row, transaction.Writes))
        {
            loop.Pause.Hold(session);
            return false;
        }
        if (loop.IsHolding && loop.Holds(session, default))
        {
            loop.WaitForReload(session);
            return false;
        }
        if (transaction.Unit is { } queued && queued.Digest != digest)
            return Refuse(session, row, "TRYAGAIN the map has changed since the transaction began; not executed"u8);

        TransactionUnit? unit = transaction.Unit ?? session.Watch?.Unit;
        PartitionMap map = session.Pool.Map;
        int shard = unit is null ? map.FirstShardOfCatchAll : map.Find(unit.Key).Shard;
        ShardBackend backend = session.Pool.Backends[shard];
        if (backend is ClusterBackend cluster)
        {
            if (cluster.OwnerFor(session, unit is null ? default : unit.Key) is not { } owner) return false;
            backend = owner;
        }
        return session.Watch is { } watch ? SendWatching(session, row, transaction, backend, watch) : SendAlone(session, row, transaction, backend);
    }

    private bool SendAlone(ClientSession session, Command row, Transaction transaction, ShardBackend backend)
    {
        ref LinkUse use = ref session.UseOf(backend);
        bool fitsShared = transaction.EncodedLength <= ClientSession.LargestShared && transaction.Selects.Count == 0;
        SharedLink? link = fitsShared
            ? router.FindLink(session, row, backend, ref use, transaction.Unit is null ? default : transaction.Unit.Key, transaction.EncodedLength, out ShardFailure? failure)
            : PinnedLinks.Take(session, backend, out failure);
        if (link is null) return failure is not null && Refuse(session, row, failure.ForWholeCommand());

        bool selects = transaction.Selects.Count > 0;
        Put(session, row, transaction, link);
        if (link is PinnedLink own) session.LetGo(own, unwatches: false, selects);
        return true;
    }

    private bool SendWatching(ClientSession session, Command row, Transaction transaction, ShardBackend backend, WatchedKeys watch)
    {
        // Another server has the keys now, or may have them in a moment; or the client's replies have another form now.
        if (backend != watch.Backend || backend.Breaker is not null || watch.Link.Key.Resp3 != session.State.Resp3) return AnswerNull(session, row);
        if (!PinnedLinks.TryTurn(session, watch.Link, transaction.EncodedLength)) return false;

        bool selects = transaction.ForShard > 0 && transaction.Selects.Count > 0;
        Put(session, row, transaction, watch.Link);
        session.EndWatch(unwatches: false, selects);
        return true;
    }

    private void Put(ClientSession session, Command row, Transaction transaction, SharedLink link)
    {
        ExecReply? reply = transaction.Own.Count == 0 ? null : new ExecReply(loop.Buffers, row, transaction, loop.Events.NowTicks);
        uint sequence = session.Expect(reply);
        int sent = transaction.ForShard == 0 ? 0 : transaction.Sent;
        transaction.AppendTo(link);
        link.AddedTransaction(session.Index, sequence, row.Id, leadingReplies: 1 + sent, transaction.EncodedLength);
        ref LinkUse use = ref session.UseOf(link.Backend);
        use.Link = link;
        use.OnPrivate = false;
        use.InFlight++;
        use.HasWritten = true;

        // Behind what these set, everything is different; so it waits until they have.
        if (reply is not null) session.State.Set(SessionModes.Executing, true);
        session.EndTransaction();
    }

    private bool Refuse(ClientSession session, Command row, ReadOnlySpan<byte> error)
    {
        session.LeaveTransaction();
        session.Pool.Counters.Of(row.Id).Error++;
        ReplyBuffer reply = session.BeginReply();
        reply.WriteError(error);
        session.EndReply(reply);
        return true;
    }

    private static bool AnswerNull(ClientSession session, Command row)
    {
        session.LeaveTransaction();
        session.Pool.Counters.Of(row.Id).Ok++;
        ReplyBuffer reply = session.BeginReply();
        reply.WriteNullArray(session.State.Resp3);
        session.EndReply(reply);
        return true;
    }
}
