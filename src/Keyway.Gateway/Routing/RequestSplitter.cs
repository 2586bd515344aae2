using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Routing;

/// <summary>
/// MGET, MSET, DEL and their kin over several owners: one part for each owner, not for each key, put together right in the link's ring out of
/// the request's own bytes. All parts find a link before the first is sent, so a command that cannot go is refused or waits as a whole. Within a
/// cluster each slot is an owner: its servers refuse keys of several slots together.
/// </summary>
internal sealed class RequestSplitter(GatewayLoop loop, Router router)
{
    private struct Owner
    {
        public ShardBackend Backend;
        public SharedLink? Shared;
        public PrivateLink? Private;
        public int Keys;
        public int Bytes;
        public int Sent;
        public int Slot;
        public int FirstKey;
        public int LastKey;
    }

    private static readonly Command FlushAll = CommandTable.Find("flushall"u8)!;

    private Owner[] _owners = new Owner[4];
    private int _ownerCount;

    // By shard: its place in _owners plus one. Cleared behind every request.
    private ushort[] _ownerOfShard = new ushort[16];
    private ushort[] _ownerOfKey = new ushort[64];

    // The next key of the same owner; -1 behind the last. A part is written in one go: several may share a link.
    private int[] _nextKey = new int[64];

    public bool Split(ClientSession session, Command row, Arguments arguments, ReadOnlySpan<byte> frame, ref KeyList keys)
    {
        if (KeyExtractor.Extract(row, arguments, ref keys) == KeyStatus.Invalid)
        {
            router.Refuse(session, row, System.Text.Encoding.UTF8.GetBytes(keys.Error!));
            return true;
        }

        // How many arguments belong to each key: MSET's keys have a value each.
        int step = row.KeyStep;
        try
        {
            if (!TryFindOwners(session, row, arguments, ref keys, step, out Route first, out bool taken)) return taken;
            if (loop.IsHolding && loop.HoldsAny(session, arguments, in keys))
            {
                loop.WaitForReload(session);
                return false;
            }
            if (_ownerCount == 1) return router.Relay(session, row, in first, arguments[keys[0].Index], frame);
            return SendParts(session, row, arguments, ref keys, step);
        }
        finally
        {
            ForgetOwners();
        }
    }

    /// <summary>The same request to every shard of the pool.</summary>
    /// <param name="merge">How the reply is made, where the row's policy does not say it.</param>
    public bool SendToAll(ClientSession session, Command row, ReadOnlySpan<byte> frame, IMerge? merge = null)
    {
        try
        {
            if (!TryAddEverybody(session, row, frame.Length, out bool taken)) return taken;
            Gather gather = loop.Gathers.Rent();
            gather.Begin(row, loop.Events.NowTicks, merge);
            uint sequence = session.Expect(gather);
            for (int i = 0; i < _ownerCount; i++) SendPart(session, ref _owners[i], gather, sequence, row, frame);
            return true;
        }
        finally
        {
            ForgetOwners();
        }
    }

    /// <summary>RANDOMKEY: each shard is asked for a key and for how many it has.</summary>
    public bool DrawKey(ClientSession session, Command row)
    {
        try
        {
            if (!TryAddEverybody(session, row, RandomKeyMerge.Count.Length + RandomKeyMerge.Draw.Length, out bool taken)) return taken;
            Gather gather = loop.Gathers.Rent();
            gather.Begin(row, loop.Events.NowTicks, new RandomKeyMerge(loop.Random));
            uint sequence = session.Expect(gather);
            for (int i = 0; i < _ownerCount; i++)
            {
                SendPart(session, ref _owners[i], gather, sequence, row, RandomKeyMerge.Count);
                SendPart(session, ref _owners[i], gather, sequence, row, RandomKeyMerge.Draw);
            }
            return true;
        }
        finally
        {
            ForgetOwners();
        }
    }

    /// <summary>
    /// Who is asked when all are. What removes the keys of all databases, and what scripts may be called with them, concerns the shards on which those of any may
    /// live, unless its user is bound to one place.
    /// </summary>
    public static IReadOnlyList<int> EverybodyFor(ClientSession session, Command row)
    {
        bool isOfAll = (row == FlushAll || row.Group == "scripting") && session.State.User.Map is null;
        return isOfAll ? session.Pool.Definition.ShardsOfAllDatabases : session.Pool.Map.ShardsInUse;
    }

    private bool TryAddEverybody(ClientSession session, Command row, int requestBytes, out bool taken)
    {
        taken = false;

        foreach (int shard in EverybodyFor(session, row))
        {
            if (!TryAddAll(session, session.Pool.Backends[shard])) return false;
        }
        for (int i = 0; i < _ownerCount; i++) _owners[i].Bytes = requestBytes;
        if (!TryTakeLinks(session, row, default, out taken)) return false;
        session.Pool.Counters.Of(row.Id).Fragments += _ownerCount;
        return true;
    }

    private static void SendPart(ClientSession session, ref Owner owner, Gather gather, uint sequence, Command row, ReadOnlySpan<byte> request)
    {
        int part = gather.AddPart(owner.Backend);
        owner.Sent = 0;
        Begin(session, ref owner, sequence, row, part);
        Append(ref owner, request);
        End(session, ref owner, sequence, row, part);
    }

    private bool TryFindOwners(ClientSession session, Command row, Arguments arguments, ref KeyList keys, int step, out Route first, out bool taken)
    {
        taken = true;
        PoolState pool = session.Pool;
        first = pool.Map.Find(arguments[keys[0].Index]);
        if (_ownerOfKey.Length < keys.Count)
        {
            _ownerOfKey = new ushort[Math.Max(keys.Count, _ownerOfKey.Length * 2)];
            _nextKey = new int[_ownerOfKey.Length];
        }
        if (_ownerOfShard.Length < pool.Backends.Length) _ownerOfShard = new ushort[pool.Backends.Length];
        _ownerCount = 0;
        for (int i = 0; i < keys.Count; i++)
        {
            int key = keys[i].Index;
            Route route = i == 0 ? first : pool.Map.Find(arguments[key]);
            if (route.Shard < 0)
            {
                router.RefuseNoShard(session, row, in route);
                ForgetShards(pool);
                return false;
            }
            int owner;
            if (pool.Backends[route.Shard] is ClusterBackend cluster)
            {
                if (!cluster.IsCurrent(session))
                {
                    taken = false;
                    ForgetShards(pool);
                    return false;
                }
                owner = OwnerIn(cluster, HashSlot.Of(arguments[key]));
            }
            else
            {
                owner = _ownerOfShard[route.Shard] - 1;
                if (owner < 0)
                {
                    owner = AddOwner(pool.Backends[route.Shard]);
                    _ownerOfShard[route.Shard] = (ushort)(owner + 1);
                }
            }
            AddKey(owner, i);
            _owners[owner].Bytes += arguments.Encoded(key, key + step).Length;
        }
        ForgetShards(pool);
        return true;
    }

    private bool SendParts(ClientSession session, Command row, Arguments arguments, ref KeyList keys, int step)
    {
        ReadOnlySpan<byte> name = arguments.Encoded(0);
        Span<byte> header = stackalloc byte[24];
        for (int i = 0; i < _ownerCount; i++) _owners[i].Bytes += Header(header, _owners[i].Keys * step + 1) + name.Length;
        if (!TryTakeLinks(session, row, arguments[keys[0].Index], out bool taken)) return taken;

        Gather gather = loop.Gathers.Rent();
        gather.Begin(row, loop.Events.NowTicks);
        uint sequence = session.Expect(gather);
        for (int i = 0; i < _ownerCount; i++)
        {
            ref Owner owner = ref _owners[i];
            gather.AddPart(owner.Backend);
            Begin(session, ref owner, sequence, row, i);
            Append(ref owner, header[..Header(header, owner.Keys * step + 1)]);
            Append(ref owner, name);
            for (int k = owner.FirstKey; k >= 0; k = _nextKey[k]) Append(ref owner, arguments.Encoded(keys[k].Index, keys[k].Index + step));
            End(session, ref owner, sequence, row, i);
        }
        for (int i = 0; i < keys.Count; i++) gather.AddKey(_ownerOfKey[i]);
        session.Pool.Counters.Of(row.Id).Fragments += _ownerCount;
        return true;
    }

    // Every part gets its link, or none is used. False: nothing was sent; 'taken' says whether the client has been answered.
    private bool TryTakeLinks(ClientSession session, Command row, ReadOnlySpan<byte> key, out bool taken)
    {
        taken = false;
        for (int i = 0; i < _ownerCount; i++)
        {
            ref Owner owner = ref _owners[i];
            ref LinkUse use = ref session.UseOf(owner.Backend);
            ShardFailure? failure;
            if (owner.Bytes <= ClientSession.LargestShared)
            {
                owner.Shared = router.FindLink(session, row, owner.Backend, ref use, key, owner.Bytes, out failure);
                if (owner.Shared is not null) continue;
            }
            else if (use.InFlight > 0 && (owner.Backend.Breaker is null || session.Pool.ReadsReplicas))
            {
                session.Block(BlockReason.Order);
                failure = null;
            }
            else
            {
                owner.Private = Router.TakePrivate(session, owner.Backend, session.Pool.ReadsReplicas && row.Is(CommandFlags.ReadOnly), out failure);
                if (owner.Private is not null) continue;
                if (owner.Backend.TryHold(session, ref failure!)) failure = null;
            }

            GiveBackPrivate(i);
            if (failure is null) return false;
            router.Refuse(session, row, failure.ForWholeCommand());
            taken = true;
            return false;
        }
        return true;
    }

    private void GiveBackPrivate(int owners)
    {
        for (int i = 0; i < owners; i++)
        {
            if (_owners[i].Private is { } link) link.Node.GiveBack(link);
        }
    }

    private static void Begin(ClientSession session, ref Owner owner, uint sequence, Command row, int part) =>
        owner.Private?.Begin(session.Index, sequence, row.Id, part);

    private static void Append(ref Owner owner, ReadOnlySpan<byte> piece)
    {
        owner.Sent += piece.Length;
        if (owner.Shared is not null) owner.Shared.Append(piece);
        else owner.Private!.Write(piece);
    }

    private static void End(ClientSession session, ref Owner owner, uint sequence, Command row, int part)
    {
        ref LinkUse use = ref session.UseOf(owner.Backend);
        use.InFlight++;
        use.HasWritten |= row.ChangesData;
        if (owner.Shared is not null)
        {
            owner.Shared.Added(session.Index, sequence, row.Id, part, owner.Sent);
            return;
        }
        use.OnPrivate = true;
        owner.Private!.EndRequest();
    }

    private static int Header(Span<byte> target, int count)
    {
        target[0] = (byte)'*';
        int length = 1 + RespNumber.FormatLong(target[1..], count);
        target[length] = (byte)'\r';
        target[length + 1] = (byte)'\n';
        return length + 2;
    }

    private int AddOwner(ShardBackend backend)
    {
        if (_ownerCount == _owners.Length) Array.Resize(ref _owners, _ownerCount * 2);
        _owners[_ownerCount] = new Owner { Backend = backend, FirstKey = -1 };
        return _ownerCount++;
    }

    private int OwnerIn(ClusterBackend cluster, int slot)
    {
        ushort[] owners = cluster.OwnerOfSlot;
        if (owners[slot] == 0)
        {
            int added = AddOwner(cluster.OwnerOf(slot));
            _owners[added].Slot = slot;
            owners[slot] = (ushort)(added + 1);
        }
        return owners[slot] - 1;
    }

    private void AddKey(int owner, int key)
    {
        ref Owner target = ref _owners[owner];
        if (target.Keys++ == 0) target.FirstKey = key;
        else _nextKey[target.LastKey] = key;
        target.LastKey = key;
        _nextKey[key] = -1;
        _ownerOfKey[key] = (ushort)owner;
    }

    // Every master of a cluster has a part of its keys.
    private bool TryAddAll(ClientSession session, ShardBackend backend)
    {
        if (backend is not ClusterBackend { IsWhole: true } cluster)
        {
            // Of a cluster with slots that nobody serves: what is in them would be left out silently.
            AddOwner(backend);
            return true;
        }
        if (!cluster.IsCurrent(session)) return false;
        foreach (ClusterNodeBackend master in cluster.Masters) AddOwner(master);
        return true;
    }

    private void ForgetShards(PoolState pool)
    {
        for (int i = 0; i < _ownerCount; i++)
        {
            ShardBackend whole = _owners[i].Backend.Whole;
            if (whole is ClusterBackend cluster) cluster.OwnerOfSlot[_owners[i].Slot] = 0;
            else _ownerOfShard[pool.IndexOf(whole)] = 0;
        }
    }

    private void ForgetOwners()
    {
        Array.Clear(_owners, 0, _ownerCount);
        _ownerCount = 0;
    }
}
