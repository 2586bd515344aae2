using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Transactions;

/// <summary>How a client comes to a link of its own, and its requests onto it: never before the earlier ones have been answered elsewhere.</summary>
internal static class PinnedLinks
{
    /// <summary>Null with a failure: to be refused. Null without: the session has been blocked.</summary>
    public static PinnedLink? Take(ClientSession session, ShardBackend backend, out ShardFailure? failure)
    {
        failure = null;
        if (session.UseOf(backend).InFlight > 0 && backend.Breaker is null)
        {
            session.Block(BlockReason.Order);
            return null;
        }
        PinnedLink? link = backend.FindMaster(out failure)?.TakePinned(session.State.LinkKey, out failure);
        if (link is null && failure is not null && backend.TryHold(session, ref failure)) failure = null;
        if (link is not null) session.HeldSinceMs = -1;
        return link;
    }

    /// <summary>Makes sure that the next request can go onto the client's own link, in the client's database. False: the session has been blocked.</summary>
    public static bool TryTurn(ClientSession session, PinnedLink link, int requestBytes)
    {
        ref LinkUse use = ref session.UseOf(link.Backend);
        if (use.InFlight > 0 && use.Link != link)
        {
            session.Block(BlockReason.Order);
            return false;
        }
        bool isTurned = link.Key.Database == session.State.Database;
        if (isTurned && link.Takes(requestBytes)) return true;

        // The server's word that it is in the other database comes first: nothing may run in the wrong one.
        if (!isTurned && link.InFlightCount == 0) link.Select(session.State.Database);
        session.Block(BlockReason.Link);
        link.Backend.Wait(session);
        return false;
    }
}
