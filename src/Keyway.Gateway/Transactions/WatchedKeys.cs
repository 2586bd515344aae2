using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Transactions;

/// <summary>What a client watches: keys of one unit, on a link to their shard that is its own until EXEC.</summary>
internal sealed class WatchedKeys(PinnedLink link, TransactionUnit unit)
{
    private bool _isBroken;

    public PinnedLink Link => link;

    public ShardBackend Backend => link.Backend;

    public TransactionUnit Unit => unit;

    /// <summary>Nobody could tell any more whether the keys have changed: EXEC answers as if they had.</summary>
    public bool IsBroken => _isBroken || link.IsLost;

    /// <summary>Where further keys have to lie; null when it does not matter any more.</summary>
    public TransactionUnit? UnitIn(ClientSession session) => IsBroken || unit.Digest != session.Pool.Map.Digest ? null : unit;

    /// <summary>A request of the client to this shard goes onto its link.</summary>
    public bool Serves(ClientSession session, ShardBackend backend, int requestBytes) =>
        backend == Backend && backend.Breaker is null && link.Key == session.State.LinkKey && link.Accepts(requestBytes);

    public void Break() => _isBroken = true;
}
