using Keyway.Gateway.Links;

namespace Keyway.Gateway.Scanning;

/// <summary>One master that a walk through all keys visits.</summary>
/// <param name="Id">Its number in cursors.</param>
/// <param name="RestartId">Where its shard's walk begins anew: itself, or in a cluster, between whose masters keys may have moved, the first of them.</param>
/// <param name="Salt">Of a cluster: how its slots are divided; a walk that began with another division begins anew.</param>
internal readonly record struct ScanTarget(int Id, ShardBackend Backend, int RestartId, uint Salt);
