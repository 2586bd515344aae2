namespace Keyway.Sentinel.Core;

/// <summary>What we hold true of an instance at present. Whether it is disconnected is its link's to say.</summary>
[Flags]
internal enum InstanceFlags
{
    None = 0,

    /// <summary>It has not answered us for its down-after period: our opinion alone.</summary>
    SubjectivelyDown = 1,

    /// <summary>A master of which as many sentinels as the quorum asks for say that it is down.</summary>
    ObjectivelyDown = 2,

    /// <summary>A sentinel that said of its master, not long ago, that it is down.</summary>
    MasterDown = 4,

    FailoverInProgress = 8,

    /// <summary>The replica that this failover makes the master.</summary>
    Promoted = 16,

    ReconfSent = 32,
    ReconfInProgress = 64,
    ReconfDone = 128,

    /// <summary>A failover that a person asked for: nobody needs to elect us.</summary>
    ForceFailover = 256,

    ScriptKillSent = 512,

    /// <summary>A master that came back with another run id and may still be loading its data.</summary>
    MasterReboot = 1024,
}
