namespace Keyway.Sentinel.Core;

/// <summary>What SENTINEL CKQUORUM finds.</summary>
internal readonly record struct QuorumCheck(int UsableSentinels, bool QuorumReachable, bool MajorityReachable);
