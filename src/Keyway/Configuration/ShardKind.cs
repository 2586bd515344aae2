namespace Keyway.Configuration;

/// <summary>What stands behind a shard's name.</summary>
public abstract record ShardKind
{
    /// <summary>The word of the map: embedded, local, nodes, sentinel or cluster.</summary>
    public abstract string Name { get; }

    /// <summary>Every address that the map knows, the first one first. A sentinel's master is elsewhere: these are the sentinels.</summary>
    public abstract IReadOnlyList<Address> Addresses { get; }

    /// <summary>We run it and keep its files.</summary>
    public bool IsIncluded => this is Embedded or Local;

    /// <summary>One server inside this process.</summary>
    public sealed record Embedded(int Port) : ShardKind
    {
        public override string Name => "embedded";

        public override IReadOnlyList<Address> Addresses => [Address.Tcp("127.0.0.1", Port)];
    }

    /// <summary>Own processes on this machine, supervised; the first starts as master.</summary>
    public sealed record Local(IReadOnlyList<int> Ports) : ShardKind
    {
        public override string Name => "local";

        public override IReadOnlyList<Address> Addresses => [.. Ports.Select(port => Address.Tcp("127.0.0.1", port))];
    }

    /// <summary>Redis, Valkey or `keyway shard` anywhere; roles are discovered.</summary>
    public sealed record Nodes(IReadOnlyList<Address> EndPoints) : ShardKind
    {
        public override string Name => "nodes";

        public override IReadOnlyList<Address> Addresses => EndPoints;
    }

    /// <summary>A master that sentinels name.</summary>
    public sealed record Sentinel(string Master, IReadOnlyList<Address> EndPoints) : ShardKind
    {
        public override string Name => "sentinel";

        public override IReadOnlyList<Address> Addresses => EndPoints;
    }

    /// <summary>A whole Redis Cluster as one shard.</summary>
    public sealed record Cluster(IReadOnlyList<Address> EndPoints) : ShardKind
    {
        public override string Name => "cluster";

        public override IReadOnlyList<Address> Addresses => EndPoints;
    }
}
