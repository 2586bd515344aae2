namespace Keyway.Sentinel.Core;

/// <summary>A master that we are configured to watch, what belongs to it, and how far its failover has come.</summary>
internal sealed class MonitoredMaster(string name, ServerAddress address, int quorum, long now)
    : DataInstance(name, address, InstanceKind.Master, now)
{
    public override InstanceKind Kind => InstanceKind.Master;

    public override MonitoredMaster Master => this;

    /// <summary>By "ip:port", in the order in which they were found.</summary>
    public OrderedDictionary<string, MonitoredReplica> Replicas { get; } = [];

    /// <summary>By id, in the order in which they were found.</summary>
    public OrderedDictionary<string, PeerSentinel> Sentinels { get; } = [];

    public int Quorum { get; set; } = quorum;

    public int ParallelSyncs { get; set; } = SentinelConstants.DefaultParallelSyncs;

    public int FailoverTimeoutMs { get; set; }

    public string? AuthUser { get; set; }

    public string? AuthPassword { get; set; }

    public string? NotificationScript { get; set; }

    public string? ClientReconfigScript { get; set; }

    /// <summary>How long a master that came back with another run id may load before it counts as down; 0: no such rule.</summary>
    public int RebootDownAfterMs { get; set; }

    public long RebootSince { get; set; }

    /// <summary>What its servers call the commands that were renamed there, by their own names in any case.</summary>
    public Dictionary<string, string> RenamedCommands { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The epoch of the failover that made the present address the master: who knows a higher one knows better.</summary>
    public long ConfigEpoch { get; set; }

    /// <summary>The sentinel that we voted for in <see cref="LeaderEpoch"/>; not kept over a restart.</summary>
    public string? Leader { get; set; }

    /// <summary>The epoch of our last vote. Never two votes in one.</summary>
    public long LeaderEpoch { get; set; }

    public FailoverState FailoverState { get; set; }

    public long FailoverEpoch { get; set; }

    public long FailoverStateSince { get; set; }

    /// <summary>When a failover last began, ours or one that we voted for: the next waits for twice the failover time-out.</summary>
    public long FailoverStart { get; set; }

    /// <summary>The start for which the waiting was already logged.</summary>
    public long FailoverDelayLogged { get; set; }

    public MonitoredReplica? Promoted { get; set; }

    public bool InFailover => Has(InstanceFlags.FailoverInProgress);

    /// <summary>Where clients shall go: the promoted replica as soon as it is one.</summary>
    public ServerAddress CurrentAddress => InFailover && Promoted is not null && FailoverState >= FailoverState.ReconfReplicas ? Promoted.Address : Address;
}
