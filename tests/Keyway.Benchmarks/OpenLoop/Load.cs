namespace Keyway.Benchmarks.OpenLoop;

/// <summary>A load at a fixed rate: GETs of keys drawn from a set, over so many connections.</summary>
internal sealed record Load
{
    public required int Port { get; init; }

    public required int RequestsPerSecond { get; init; }

    public int Connections { get; init; } = 50;

    public required TimeSpan Duration { get; init; }

    /// <summary>Keys are this and a number below <see cref="Keys"/>.</summary>
    public string KeyPrefix { get; init; } = "key:";

    public int Keys { get; init; } = 10_000;

    public int Seed { get; init; } = 1;
}
