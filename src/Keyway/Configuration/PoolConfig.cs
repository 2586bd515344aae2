using Keyway.Topology;

namespace Keyway.Configuration;

/// <summary>One endpoint for clients and the map behind it.</summary>
public sealed record PoolConfig
{
    public required string Name { get; init; }

    public int Line { get; init; }

    public required IReadOnlyList<Address> Listen { get; init; }

    /// <summary>What clients must AUTH with; null asks for nothing.</summary>
    public string? Password { get; init; }

    public IReadOnlyList<UserConfig> Users { get; init; } = [];

    public TlsConfig? Tls { get; init; }

    /// <summary>Redis's own default, so that clients meet the limit they know.</summary>
    public int MaxClients { get; init; } = 10_000;

    /// <summary>Requests one client may have in flight before we stop reading its socket: deep enough to keep every shard busy, bounded in memory.</summary>
    public int MaxPipeline { get; init; } = 1024;

    /// <summary>What one client's unfinished request may collect before its owner is known.</summary>
    public long MaxCollected { get; init; } = 64L << 20;

    /// <summary>The same for all clients together: eight such clients at once, and the process stays small.</summary>
    public long Buffers { get; init; } = 512L << 20;

    /// <summary>The longest key that a request may name: as good as none, as in Redis.</summary>
    public long MaxKey { get; init; } = 512L << 20;

    /// <summary>The longest argument of a request: Redis's proto-max-bulk-len.</summary>
    public long MaxValue { get; init; } = 512L << 20;

    /// <summary>A transaction is sent in one piece; past this it would hold a shared link up.</summary>
    public long MaxTransaction { get; init; } = 1L << 20;

    /// <summary>When a silent client is closed; zero is never, as in Redis.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.Zero;

    /// <summary>As a redis-server has.</summary>
    public int Databases { get; init; } = 16;

    /// <summary>Learning keeps a newer server's new commands usable.</summary>
    public CommandPolicy Commands { get; init; } = CommandPolicy.Learn;

    /// <summary>Only a master has read everything that was acknowledged.</summary>
    public ReadPolicy Reads { get; init; } = ReadPolicy.Master;

    /// <summary>How far behind a replica may be that answers reads; null is any distance.</summary>
    public TimeSpan? MaxLag { get; init; }

    /// <summary>How long requests wait, unsent, for a shard that has no master: most failovers fit into it, and clients wait as long.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Keys that a reload would leave behind are lost to their readers, so this must be said.</summary>
    public MovePolicy Moves { get; init; } = MovePolicy.Refuse;

    /// <summary>Off loopback only with a password; false where something else keeps strangers out.</summary>
    public bool Protected { get; init; } = true;

    public required IReadOnlyList<PartitionRule> Rules { get; init; }

    public required PartitionMap Map { get; init; }

    /// <summary>Databases and users whose keys live elsewhere.</summary>
    public IReadOnlyList<PoolUnit> Units { get; init; } = [];

    /// <summary>The shards that anybody's keys can live on.</summary>
    public IEnumerable<int> ShardsInUse => Units.Select(unit => unit.Map).Prepend(Map).SelectMany(map => map.ShardsInUse).Distinct();

    /// <summary>The unit that binds a database or a user; null where the pool's own rules hold.</summary>
    public PoolUnit? UnitOf(int? database, string? user) => Units.FirstOrDefault(unit => unit.Database == database && unit.User == user);
}
