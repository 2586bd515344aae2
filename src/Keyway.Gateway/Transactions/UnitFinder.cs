using Keyway.Gateway.Cluster;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Transactions;

/// <summary>Finds the one unit of a command's keys, and holds it to that of the keys before them.</summary>
internal sealed class UnitFinder(Router router)
{
    /// <param name="others">What was watched or queued before; null for nothing.</param>
    /// <returns>Null: they do not lie together, and the client has been told.</returns>
    public TransactionUnit? Find(ClientSession session, Command row, Arguments arguments, ref KeyList keys, TransactionUnit? others)
    {
        if (!router.TryFindUnit(session, row, arguments, ref keys, out Route route)) return null;
        ReadOnlySpan<byte> first = arguments[keys[0].Index];
        int slot = -1;
        bool isOne = true;
        if (session.Pool.Backends[route.Shard] is ClusterBackend)
        {
            slot = HashSlot.Of(first);
            for (int i = 1; i < keys.Count; i++) isOne &= HashSlot.Of(arguments[keys[i].Index]) == slot;
        }
        if (isOne && (others is null || others.IsSameAs(route.Unit, slot))) return others ?? new TransactionUnit(route.Unit, slot, first.ToArray(), session.Pool.Map.Digest);
        router.RefuseCrossSlot(session, row, first);
        return null;
    }
}
