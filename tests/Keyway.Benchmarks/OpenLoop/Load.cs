namespace Keyway.Benchmarks.OpenLoop;

/// <summary>A load at a fixed rate: GETs, or SETs, of keys drawn from a set, over so many connections.</summary>
internal sealed record Load
{
    public required int Port { get; init; }

    public required int RequestsPerSecond { get; init; }

    public int Connections { get; init; } = 50;

    /// <summary>Unless it is ended before by <see cref="Stop"/>.</summary>
    public required TimeSpan Duration { get; init; }

    public CancellationToken Stop { get; init; }

    /// <summary>Remember each request, for who wants to look at parts of the time.</summary>
    public bool KeepSamples { get; init; }

    /// <summary>Keys are this and a number below <see cref="Keys"/>.</summary>
    public string KeyPrefix { get; init; } = "key:";

    public int Keys { get; init; } = 10_000;

    public int Seed { get; init; } = 1;

    /// <summary>Unless this is empty the requests set it.</summary>
    public string Value { get; init; } = "";
}
