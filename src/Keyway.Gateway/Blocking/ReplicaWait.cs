using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Blocking;

/// <summary>A client's WAIT, on a private link to each shard that it has written to. Whoever answers last ends it.</summary>
internal sealed class ReplicaWait(ClientSession session) : ClientWait(session)
{
    private readonly List<PrivateLink> _links = [];

    public void Add(PrivateLink link) => _links.Add(link);

    public override void Abandon() => EndLinks("its client left while it waited", default);

    /// <summary>None is proven to have the writes: what shards have counted so far is known to them alone.</summary>
    public override void End(bool asError)
    {
        EndLinks("its client was unblocked", asError ? "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"u8 : ":0\r\n"u8);
        Session.EndWait();
    }

    public override void EndIfMoved()
    {
        if (!Session.Loop.Holds(Session, default)) return;
        if (_links.Count > 0) _links[0].End("a reload changes its shards", FailureKind.Retired);
    }

    public override void OnAnswered(PrivateLink link)
    {
        if (_links.Remove(link) && _links.Count == 0) Session.EndWait();
    }

    /// <summary>There is no answer any more for whose sake the other shards could be waited for.</summary>
    public override void OnLinkEnded(PrivateLink link)
    {
        if (!_links.Remove(link)) return;
        EndLinks("another shard of the same WAIT was lost", ":0\r\n"u8);
        Session.EndWait();
    }

    private void EndLinks(string why, ReadOnlySpan<byte> reply)
    {
        PrivateLink[] links = [.. _links];
        _links.Clear();
        foreach (PrivateLink link in links)
        {
            InFlight asked = link.Abandon(why);
            if (!reply.IsEmpty) Session.Loop.Deliver(link.Backend, in asked, reply);
        }
    }
}
