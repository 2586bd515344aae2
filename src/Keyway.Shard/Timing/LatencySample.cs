namespace Keyway.Shard.Timing;

/// <summary>The worst of one second.</summary>
internal readonly record struct LatencySample(long Seconds, long Ms);
