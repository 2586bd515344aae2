namespace Keyway.Gateway.Shards;

/// <summary>What one sentinel says of the master.</summary>
/// <param name="Epoch">Of the decision by which it became the master.</param>
internal sealed record SentinelClaim(ServerAddress Sentinel, ServerAddress Master, long Epoch);
