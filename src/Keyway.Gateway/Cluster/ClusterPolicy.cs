using Keyway.Gateway.Links;

namespace Keyway.Gateway.Cluster;

/// <summary>
/// In a cluster a server that does not hold the slot says who does: for good (MOVED), or for this request (ASK). One that cannot serve it now says
/// that too (TRYAGAIN, CLUSTERDOWN, LOADING), and the request waits, as long as requests may, for whoever will.
/// </summary>
internal sealed class ClusterPolicy(ShardBackend backend, Func<ClusterBackend> cluster) : IRefusalPolicy
{
    private static readonly byte[] Asking = [.. "*1\r\n$6\r\nASKING\r\n"u8];

    public bool GoesAgain(ShardLink link, RefusalCode code, ReadOnlySpan<byte> reply)
    {
        switch (code)
        {
            case RefusalCode.Moved or RefusalCode.Ask:
                if (!Redirection.TryRead(reply, link.Node.Address.EndPoint, out Redirection redirection)) return false;
                if (code == RefusalCode.Moved)
                {
                    backend.Counters.Moved++;
                    cluster().OnMoved(redirection);
                }
                else
                {
                    backend.Counters.Asked++;
                }
                return true;
            case RefusalCode.TryAgain:
                return true;
            case RefusalCode.Loading:
                (backend as ClusterNodeBackend)?.OnLoading(reply);
                return true;
            case RefusalCode.ClusterDown or RefusalCode.ReadOnly or RefusalCode.MasterDown:
                cluster().LookNow();
                return true;
            default:
                return false;
        }
    }

    public Successor FindSuccessor(LinkKey key, HeldRequest request)
    {
        if (request.Code == RefusalCode.Ask && Redirection.TryRead(request.Reply, ((ClusterNodeBackend)backend).Node.Address.EndPoint, out Redirection ask))
            return On(cluster().NodeAt(ask.Target), key, request, Asking);

        // The slot is not known of a command that the table lacks, but the server has named it; without keys it is this server that was meant.
        int slot = request.Order;
        if (slot < 0 && request.Code == RefusalCode.Moved && Redirection.TryRead(request.Reply, ((ClusterNodeBackend)backend).Node.Address.EndPoint, out Redirection moved))
            slot = moved.Slot;
        return On(slot < 0 ? backend : cluster().OwnerOf(slot), key, request, []);
    }

    public int OrderOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => cluster().SlotReader.Of(first, second);

    private static Successor On(ShardBackend owner, LinkKey key, HeldRequest request, byte[] prelude)
    {
        if (owner.Breaker is not null || owner.IsRetired) return Successor.Wait;
        SharedLink? link = owner.FindShared(key, request.Bytes.Length + prelude.Length, out ShardFailure? failure);
        if (link is not null) return Successor.Again(link, prelude);
        return failure is { Verbatim: not null } ? Successor.Never(failure) : Successor.Wait;
    }
}
