namespace Keyway.Sentinel.Core;

/// <summary>Why a failover that a person asked for does not start.</summary>
internal enum FailoverRefusal
{
    None,
    InProgress,
    NoGoodReplica,

    /// <summary>Its epoch cannot be saved.</summary>
    NotSaved,
}
