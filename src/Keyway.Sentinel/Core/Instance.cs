namespace Keyway.Sentinel.Core;

/// <summary>What we know of one server or sentinel. Times are the core's milliseconds; 0 means never.</summary>
internal abstract class Instance(string name, ServerAddress address, long now)
{
    public abstract InstanceKind Kind { get; }

    /// <summary>The master that it belongs to; itself for a master.</summary>
    public abstract MonitoredMaster Master { get; }

    /// <summary>The configured name of a master, "ip:port" of a replica, the id of a sentinel.</summary>
    public string Name { get; } = name;

    public ServerAddress Address { get; set; } = address;

    public InstanceLink Link { get; set; } = new(now);

    public string? RunId { get; set; }

    public InstanceFlags Flags { get; set; }

    public int DownAfterMs { get; set; }

    public long LastPublish { get; set; } = now;

    /// <summary>The link's generation on which a hello of ours is still unanswered.</summary>
    public int PublishPendingGeneration { get; set; }

    public long SubjectivelyDownSince { get; set; }

    public long ObjectivelyDownSince { get; set; }

    /// <summary>No longer watched: replies that still come for it mean nothing.</summary>
    public bool Released { get; set; }

    public bool IsSubjectivelyDown => Has(InstanceFlags.SubjectivelyDown);

    public bool IsObjectivelyDown => Has(InstanceFlags.ObjectivelyDown);

    public bool Has(InstanceFlags flags) => (Flags & flags) != 0;
}
