using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;
using Keyway.Topology;

namespace Keyway.Gateway;

/// <summary>
/// A loop's part in a change of the map: hold the requests whose owner changes, wait until what is in flight at their old owners has been
/// answered (late replies included), then, once every loop has come so far, serve by the new map.
/// </summary>
internal sealed partial class GatewayLoop
{
    private GatewayOptions? _next;
    private Dictionary<string, PoolChange> _changes = [];
    private List<(ShardLink Link, long Added)> _undrained = [];
    private HashSet<ShardBackend> _losers = [];
    private long _heldSinceTicks;
    private readonly List<ClientSession> _held = [];
    private Action? _drained;

    /// <summary>How one pool's keys change owner.</summary>
    private sealed record PoolChange(IReadOnlyList<ShardDefinition> ShardsBefore, PoolDefinition? After, IReadOnlyList<ShardDefinition> ShardsAfter)
    {
        /// <summary>As this client will see it.</summary>
        public PartitionMap MapOf(SessionState client)
        {
            foreach (Users.UserDefinition user in After!.Users)
            {
                if (user.Name == client.UserName) return After.MapOf(user, client.Database);
            }
            return After.MapOf(null, client.Database);
        }
    }

    /// <summary>True while a reload is under way: each request is asked whether its key moves.</summary>
    public bool IsHolding => _next is not null;

    /// <summary>Begins to hold. <paramref name="drained"/> is called, on this loop, when nothing is in flight any more that the change concerns.</summary>
    /// <param name="losing">By pool, the shards that keys leave; worked out once, since that may take longer than a turn should.</param>
    public void Hold(GatewayOptions next, IReadOnlyDictionary<string, IReadOnlySet<string>> losing, Action drained)
    {
        _next = next;
        _drained = drained;
        _changes = [];
        _undrained = [];
        _losers = [];
        _heldSinceTicks = Events.NowTicks;
        foreach (PoolState pool in _pools)
        {
            PoolDefinition? after = next.Pools.FirstOrDefault(candidate => candidate.Name == pool.Definition.Name);
            ShardDefinition[] shardsBefore = [.. pool.Backends.Select(backend => backend.Definition)];
            _changes[pool.Definition.Name] = new PoolChange(shardsBefore, after, next.Shards);
            _losers.UnionWith(pool.Backends.Where(backend => losing[pool.Definition.Name].Contains(backend.Definition.Name)));
        }
        foreach (ClientSession? session in _sessions.ToArray()) session?.Wait?.EndIfMoved();
        foreach (ShardBackend loser in _losers) _undrained.AddRange(loser.Everything());
        CheckDrained();
    }

    /// <summary>Whether the key's owner changes. Without a key: whether any does.</summary>
    public bool Holds(ClientSession session, ReadOnlySpan<byte> key)
    {
        // A pool that the new map brings: its first clients may be here before the last loop has let go.
        if (!_changes.TryGetValue(session.Pool.Definition.Name, out PoolChange? change)) return false;
        if (change.After is null) return true;
        PartitionMap next = change.MapOf(session.State);
        if (key.IsEmpty) return session.Pool.Map.Digest != next.Digest || !change.ShardsBefore.SequenceEqual(change.ShardsAfter);
        int before = session.Pool.Map.Find(key).Shard;
        int after = next.Find(key).Shard;
        if (before < 0 || after < 0) return before >= 0;
        return change.ShardsBefore[before] != change.ShardsAfter[after];
    }

    /// <summary>Whether any of the keys changes its owner: what lies together now need not lie together under the next map.</summary>
    public bool HoldsAny(ClientSession session, Protocol.Arguments arguments, in Protocol.Commands.KeyList keys)
    {
        for (int i = 0; i < keys.Count; i++)
        {
            if (Holds(session, arguments[keys[i].Index])) return true;
        }
        return false;
    }

    public bool IsDrainedForReload => _drained is null;

    /// <summary>A request that a shard had refused goes again. If a reload drains that shard, it waits for this one too.</summary>
    public void NoteSentAgain(SharedLink link)
    {
        if (IsHolding && _losers.Contains(link.Backend.Whole)) _undrained.Add((link, link.AddedRequests));
    }

    public void WaitForReload(ClientSession session)
    {
        session.Block(BlockReason.Reload);
        _held.Add(session);
    }

    /// <summary>Serves by the new map from now on; held requests stay held until <see cref="Release"/>.</summary>
    public void Swap()
    {
        PoolState[] before = _pools;
        FileName = _next!.FileName;
        _pools = BuildPools(_next, before);
        foreach (ClientSession? session in _sessions.ToArray())
        {
            if (session is null) continue;
            PoolState? pool = Array.Find(_pools, candidate => candidate.Definition.Name == session.Pool.Definition.Name);
            if (pool is null) session.CloseAfterReplies();
            else session.MoveTo(pool);
        }
        Subscriptions.Follow(_pools);
        var kept = _pools.SelectMany(pool => pool.Backends).ToHashSet();
        foreach (ShardBackend backend in _backends.ToArray())
        {
            if (kept.Contains(backend)) continue;
            Subscriptions.Stop(backend);
            backend.Retire();
        }
    }

    /// <summary>Lets what was held go: to the new owners after <see cref="Swap"/>, to the old ones without it.</summary>
    public void Release()
    {
        _next = null;
        _drained = null;
        _changes = [];
        _undrained = [];
        _losers = [];
        foreach (ClientSession session in _held) session.Unblock(BlockReason.Reload);
        _held.Clear();
    }

    /// <summary>What is not answered yet, for the refusal of a reload that could not wait longer.</summary>
    public IReadOnlyList<string> UndrainedShards() =>
        [.. _undrained.Select(entry => entry.Link.Backend).Concat(LosersThatHold()).Select(backend => backend.Definition.Name).Distinct()];

    private void CheckDrained()
    {
        // A link that is empty has drained, also when some of its requests were taken back unsent and will never count as answered.
        _undrained.RemoveAll(entry => entry.Link.IsEnded || entry.Link.InFlightCount == 0 || entry.Link.AnsweredRequests >= entry.Added);
        if (_undrained.Count > 0 || LosersThatHold().Any() || _drained is null) return;
        Action drained = _drained;
        _drained = null;
        drained();
    }

    // What a shard refused is still its business while it may be sent again. What came after the hold began concerns no key that moves.
    private IEnumerable<ShardBackend> LosersThatHold() => _losers.Where(backend => backend.HoldsFrom(_heldSinceTicks));
}
