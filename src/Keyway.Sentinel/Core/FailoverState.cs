namespace Keyway.Sentinel.Core;

/// <summary>How far the failover of a master has come. The numbers are the order: from ReconfReplicas on the promoted replica is the master.</summary>
internal enum FailoverState
{
    None = 0,
    WaitStart = 1,
    SelectReplica = 2,
    SendReplicaOfNoOne = 3,
    WaitPromotion = 4,
    ReconfReplicas = 5,
    UpdateConfig = 6,
}
