namespace Keyway.Sentinel.Core;

/// <summary>A command to an instance. Whoever carries it hands it back with its reply.</summary>
internal sealed record SentinelRequest(Instance Instance, InstanceLink Link, RequestKind Kind, string[] Arguments)
{
    /// <summary>The link's generation when it was sent.</summary>
    public int Generation { get; } = Link.Generation;
}
