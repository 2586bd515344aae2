using Keyway.Gateway.Links;

namespace Keyway.Gateway.Scanning;

/// <summary>One master that a walk through all keys visits.</summary>
/// <param name="Id">Its number in cursors.</param>
internal readonly record struct ScanTarget(int Id, ShardBackend Backend);
