using System.Net;
using Keyway.Gateway.Users;
using Keyway.Platform.Tls;
using Keyway.Topology;

namespace Keyway.Gateway;

/// <summary>What a gateway serves: immutable, made from the map's file as a whole and exchanged as a whole by a reload.</summary>
public sealed record GatewayOptions
{
    public required IReadOnlyList<ShardDefinition> Shards { get; init; }

    public required IReadOnlyList<PoolDefinition> Pools { get; init; }

    /// <summary>Where the map stands, as error texts name it: "keyway.yaml".</summary>
    public string FileName { get; init; } = "keyway.yaml";

    /// <summary>Of what decides placement in all pools: gateways that serve the same map show the same digest.</summary>
    public string Digest { get; init; } = "";
}

/// <summary>One shard as the gateway reaches it. Equal definitions are the same shard: a reload keeps their links.</summary>
public sealed record ShardDefinition
{
    public required string Name { get; init; }

    /// <summary>embedded, local, nodes, sentinel or cluster.</summary>
    public required string Kind { get; init; }

    /// <summary>Where to connect: TCP, a Unix socket, or a place inside this process.</summary>
    public required EndPoint Address { get; init; }

    /// <summary>The address as people and metrics read it, also where <see cref="Address"/> is inside this process.</summary>
    public required string AddressText { get; init; }

    /// <summary>All servers that the map names, in its order: of a shard under sentinels these are the sentinels. Empty for <see cref="Address"/> alone.</summary>
    public ServerList Servers { get; init; } = ServerList.None;

    /// <summary>What sentinels call the shard's master; null where no sentinels are asked.</summary>
    public string? MasterName { get; init; }

    /// <summary>Another server may take over: who the master is must be found out, and is followed.</summary>
    public bool IsFollowed => !IsCluster && (MasterName is not null || Servers.Count > 1);

    /// <summary>A whole cluster: its slots are found out, and followed.</summary>
    public bool IsCluster => Kind == "cluster";

    /// <summary>The shard's own user; null is Redis's default user.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>What every link to the shard shows and believes; null speaks plainly.</summary>
    public TlsClientSettings? Tls { get; init; }

    /// <summary>How long the shard may stay silent while it owes replies. Long enough for a slow script, short enough for a person.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most private links to this shard, over all loops: each is a connection that the shard has to serve.</summary>
    public int PrivateLinks { get; init; } = 1000;
}

/// <summary>One listening service: its own addresses, its own rules of placement, its own limits.</summary>
public sealed record PoolDefinition
{
    public required string Name { get; init; }

    public required IReadOnlyList<EndPoint> Listen { get; init; }

    public required PartitionMap Map { get; init; }

    /// <summary>Where the keys of some databases live instead of where <see cref="Map"/> says.</summary>
    public IReadOnlyDictionary<int, PartitionMap> DatabaseMaps { get; init; } = new Dictionary<int, PartitionMap>();

    /// <summary>The default user's.</summary>
    public string? Password { get; init; }

    /// <summary>Users with rights of their own.</summary>
    public IReadOnlyList<UserDefinition> Users { get; init; } = [];

    /// <summary>What clients are shown and must show; null where they speak plainly, as they do on Unix sockets in any case.</summary>
    public TlsServerSettings? Tls { get; init; }

    public int MaxClients { get; init; } = 10_000;

    /// <summary>Requests one client may have in flight before we stop reading its socket.</summary>
    public int MaxPipeline { get; init; } = 1024;

    /// <summary>The most that is gathered for one client, of a request that cannot be streamed or of replies whose turn has not come.</summary>
    public long MaxCollected { get; init; } = 64L << 20;

    /// <summary>The same for all clients of the pool together.</summary>
    public long Buffers { get; init; } = 512L << 20;

    /// <summary>What one transaction may queue. It stays here until EXEC, so that it leaves in one piece.</summary>
    public long MaxTransaction { get; init; } = 1L << 20;

    /// <summary>The longest key that a request may name; the default is as good as none, as in Redis.</summary>
    public long MaxKey { get; init; } = 512L << 20;

    /// <summary>The longest argument of a request, Redis's proto-max-bulk-len.</summary>
    public long MaxValue { get; init; } = 512L << 20;

    public int Databases { get; init; } = 16;

    /// <summary>A client that says nothing for so long is closed; zero never closes.</summary>
    public TimeSpan Idle { get; init; }

    /// <summary>Commands that the table lacks are learned from the masters; otherwise they are unknown.</summary>
    public bool LearnsCommands { get; init; }

    /// <summary>Who answers requests that only read.</summary>
    public ReadsFrom Reads { get; init; }

    /// <summary>How far behind its master a replica may be that answers reads; null is any distance.</summary>
    public TimeSpan? MaxLag { get; init; }

    /// <summary>How long requests wait, unsent, for a shard that has no master and may get one; and a reload for the requests that it drains.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the keys live of a client that is this user (null: one that is bound to nothing) and has selected this database.</summary>
    public PartitionMap MapOf(UserDefinition? user, int database) => user?.Map ?? DatabaseMaps.GetValueOrDefault(database, Map);

    /// <summary>The shards that keys of any database can live on.</summary>
    public IReadOnlyList<int> ShardsOfAllDatabases =>
        DatabaseMaps.Count == 0 ? Map.ShardsInUse : [.. DatabaseMaps.Values.Append(Map).SelectMany(map => map.ShardsInUse).Distinct().Order()];

    /// <summary>The shards that any client of the pool can reach.</summary>
    public IReadOnlyList<int> ShardsInUse =>
        [.. Users.Select(user => user.Map).OfType<PartitionMap>().SelectMany(map => map.ShardsInUse).Concat(ShardsOfAllDatabases).Distinct().Order()];
}
