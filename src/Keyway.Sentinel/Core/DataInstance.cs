namespace Keyway.Sentinel.Core;

/// <summary>A master or a replica: an instance that answers INFO.</summary>
internal abstract class DataInstance(string name, ServerAddress address, InstanceKind role, long now) : Instance(name, address, now)
{
    /// <summary>The last INFO as it came, for SENTINEL INFO-CACHE.</summary>
    public string? Info { get; set; }

    /// <summary>When INFO last came; 0 until it has.</summary>
    public long InfoRefresh { get; set; }

    /// <summary>Master or Replica, as its INFO says.</summary>
    public InstanceKind RoleReported { get; set; } = role;

    public long RoleReportedSince { get; set; } = now;

    // The rest is what a replica says of its master. A master that became a replica says it too.

    public string? MasterHost { get; set; }

    public int MasterPort { get; set; }

    public bool MasterLinkUp { get; set; }

    /// <summary>How long its link to its master has been down, in milliseconds; 0 while it is up.</summary>
    public long MasterLinkDownMs { get; set; }

    public long ReplicationOffset { get; set; }

    public int Priority { get; set; } = 100;

    public bool Announced { get; set; } = true;

    /// <summary>When it last began to follow another master.</summary>
    public long MasterChangedAt { get; set; } = now;
}
