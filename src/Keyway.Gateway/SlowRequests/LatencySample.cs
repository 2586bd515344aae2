namespace Keyway.Gateway.SlowRequests;

/// <summary>The worst of one second.</summary>
internal readonly record struct LatencySample(long UnixSeconds, long Milliseconds);
