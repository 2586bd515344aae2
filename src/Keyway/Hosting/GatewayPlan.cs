using System.Net;
using System.Security.Cryptography;
using System.Text;
using Keyway.Configuration;
using Keyway.Gateway;
using Keyway.Gateway.Users;
using Keyway.Hosting.Local;
using Keyway.Topology;

namespace Keyway.Hosting;

/// <summary>What the gateway serves, made from the map's file. Equal parts of two files make equal parts here: a reload keeps them.</summary>
internal static class GatewayPlan
{
    private const int DigestBytes = 8;   // as a single map's digest has

    public static GatewayOptions Of(KeywayConfig config, EmbeddedShards embedded, LocalShards local) => new()
    {
        FileName = Path.GetFileName(config.FileName),
        Digest = DigestOf(config),
        Shards = [.. config.Shards.Select(shard => ShardOf(shard, embedded, local))],
        Pools = [.. config.Pools.Select(PoolOf)],
    };

    /// <summary>Of all pools: gateways that show the same one place every key alike.</summary>
    public static string DigestOf(KeywayConfig config)
    {
        if (config.Pools is [{ Units.Count: 0 } only]) return only.Map.Digest;

        IEnumerable<PoolConfig> ordered = config.Pools.OrderBy(pool => pool.Name, StringComparer.Ordinal);
        string pools = string.Join('\n', ordered.SelectMany(pool => pool.Units
            .OrderBy(unit => unit.Database).ThenBy(unit => unit.User, StringComparer.Ordinal)
            .Select(unit => $"{pool.Name}, {PoolUnit.NameOf(unit.Database, unit.User)} {unit.Map.Digest}")
            .Prepend($"{pool.Name} {pool.Map.Digest}")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pools)).AsSpan(0, DigestBytes));
    }

    private static ShardDefinition ShardOf(ShardConfig shard, EmbeddedShards embedded, LocalShards local)
    {
        // Where another server can take over, the gateway finds out who the master is: the definition stays the same whoever that is.
        bool isFollowed = shard.Kind is ShardKind.Sentinel or ShardKind.Cluster || (shard.Kind is ShardKind.Nodes or ShardKind.Local && shard.Kind.Addresses.Count > 1);
        EndPoint address = shard.Kind switch
        {
            ShardKind.Embedded => embedded.PlaceOf(shard),
            ShardKind.Local when !isFollowed => local.MasterOf(shard),
            _ => shard.Kind.Addresses[0].ToEndPoint(),
        };
        return new ShardDefinition
        {
            Name = shard.Name,
            Kind = shard.Kind.Name,
            Address = address,
            AddressText = shard.Kind is ShardKind.Local ? address.ToString()! : shard.Kind.Addresses[0].ToString(),
            Servers = isFollowed ? new ServerList(shard.Kind.Addresses.Select(one => new ServerAddress(one.ToEndPoint(), one.ToString()))) : ServerList.None,
            MasterName = (shard.Kind as ShardKind.Sentinel)?.Master,
            User = shard.User,
            Password = shard.Kind.IsIncluded ? IncludedConf.Password(shard) : shard.Password,
            Tls = ShardTls.Settings(shard),
            Timeout = shard.Timeout,
            PrivateLinks = shard.PrivateLinks,
        };
    }

    private static PoolDefinition PoolOf(PoolConfig pool) => new()
    {
        Name = pool.Name,
        Listen = [.. pool.Listen.Select(ListenEndPoint)],
        Map = pool.Map,
        DatabaseMaps = pool.Units.Where(unit => unit.Database is not null).ToDictionary(unit => unit.Database!.Value, unit => unit.Map),
        Password = pool.Password,
        Users = [.. pool.Users.Select(user => UserOf(user, pool))],
        Tls = ClientTls.Settings(pool),
        MaxClients = pool.MaxClients,
        MaxPipeline = pool.MaxPipeline,
        MaxCollected = pool.MaxCollected,
        Buffers = pool.Buffers,
        MaxKey = pool.MaxKey,
        MaxValue = pool.MaxValue,
        MaxTransaction = pool.MaxTransaction,
        Databases = pool.Databases,
        Idle = pool.Idle,
        Hold = pool.Hold,
        LearnsCommands = pool.Commands == CommandPolicy.Learn,
        Reads = pool.Reads switch
        {
            ReadPolicy.PreferReplica => ReadsFrom.PreferReplica,
            ReadPolicy.Replica => ReadsFrom.Replica,
            _ => ReadsFrom.Master,
        },
        MaxLag = pool.MaxLag,
    };

    private static UserDefinition UserOf(UserConfig user, PoolConfig pool) => new()
    {
        Name = user.Name,
        Password = user.Password,
        Allow = user.Allow,
        Keys = user.Keys,
        Map = pool.UnitOf(null, user.Name)?.Map,
    };

    // The loader lets through only what can be bound.
    private static EndPoint ListenEndPoint(Address address) =>
        address.TryToListenEndPoint(out EndPoint? endPoint) ? endPoint! : throw new InvalidOperationException($"{address} cannot be bound");
}
