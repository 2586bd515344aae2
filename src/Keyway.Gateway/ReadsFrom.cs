namespace Keyway.Gateway;

/// <summary>Which of a shard's servers answer a pool's reads.</summary>
public enum ReadsFrom : byte
{
    /// <summary>The one that has read everything that was acknowledged.</summary>
    Master,

    /// <summary>A replica where there is one that is close enough behind, else the master.</summary>
    PreferReplica,

    /// <summary>Replicas alone.</summary>
    Replica,
}
