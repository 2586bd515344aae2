namespace Keyway.Sentinel.Core;

/// <summary>What a sentinel must know after a restart.</summary>
internal sealed record SavedSentinel(string MyId, long CurrentEpoch, IReadOnlyList<SavedMaster> Masters);
