namespace Keyway.Benchmarks.Peers;

/// <summary>A server under load: a gateway, or a Redis that stands for itself.</summary>
internal sealed record Peer(string Name, int Port, ChildProcess Process)
{
    /// <summary>Where it shows its metrics; 0 where it has none.</summary>
    public int AdminPort { get; init; }
}
