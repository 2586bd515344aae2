namespace Keyway.Sentinel.Core;

/// <summary>The periods that a sentinel lives by, in milliseconds. SENTINEL DEBUG sets them, so that a test need not wait.</summary>
internal sealed class SentinelConstants
{
    /// <summary>At most; an instance with a shorter down-after period is pinged that often.</summary>
    public int PingPeriod { get; set; } = 1000;

    /// <summary>A replica is asked every second instead while its master fails over or its link to the master is down.</summary>
    public int InfoPeriod { get; set; } = 10_000;

    public int PublishPeriod { get; set; } = 2000;

    /// <summary>How often the others are asked whether the master is down.</summary>
    public int AskPeriod { get; set; } = 1000;

    public int DefaultDownAfter { get; set; } = 30_000;

    public int DefaultFailoverTimeout { get; set; } = 180_000;

    /// <summary>A timer that comes later than this, or before its time, means that our clock or our process cannot be trusted.</summary>
    public int TiltTrigger { get; set; } = 2000;

    public int TiltPeriod { get; set; } = 30_000;

    /// <summary>How long a replica may take from SLAVEOF to reporting the new master.</summary>
    public int ReplicaReconfTimeout { get; set; } = 10_000;

    /// <summary>A younger link is not torn down for being silent: it has not had its chance.</summary>
    public int MinLinkReconnectPeriod { get; set; } = 15_000;

    public int ElectionTimeout { get; set; } = 10_000;

    public int ScriptMaxRuntime { get; set; } = 60_000;

    public int ScriptRetryDelay { get; set; } = 30_000;

    /// <summary>Candidates start up to this much apart, so that one of them is elected.</summary>
    public const int MaxDesync = 1000;

    /// <summary>Commands without a reply on one link, for each instance that shares it.</summary>
    public const int MaxPendingCommands = 100;

    /// <summary>Replicas of a master, and other sentinels of it: what a peer names beyond that is not believed.</summary>
    public const int MaxInstances = 1000;

    /// <summary>INFO of replicas while their master fails over, to see their roles change.</summary>
    public const int UrgentInfoPeriod = 1000;

    /// <summary>INFO of a replica that was told to change its role: a failover takes as long as it takes us to see that it did.</summary>
    public const int ChangingInfoPeriod = 100;

    public const int DefaultParallelSyncs = 1;
}
