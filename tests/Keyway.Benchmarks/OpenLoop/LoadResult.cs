namespace Keyway.Benchmarks.OpenLoop;

/// <summary>What a load at a fixed rate saw.</summary>
internal sealed class LoadResult
{
    /// <summary>From the moment a request was due, not from when it could be sent: waiting in a queue counts.</summary>
    public Histogram Latency { get; } = new();

    /// <summary>How late the generator itself was. Where this is large, the latency above is its fault.</summary>
    public Histogram Lateness { get; } = new();

    /// <summary>Every request in the order of the replies, where the load asked for them.</summary>
    public List<LoadSample> Samples { get; } = [];

    public long Errors { get; set; }

    public int ConnectionsLost { get; set; }

    /// <summary>Requests that had no reply when the time was up.</summary>
    public long Unanswered { get; set; }

    /// <summary>The share of one core that the generator took.</summary>
    public double OwnCpu { get; set; }
}
