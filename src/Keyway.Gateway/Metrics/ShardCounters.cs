namespace Keyway.Gateway.Metrics;

/// <summary>The counters of one shard on one loop.</summary>
public sealed class ShardCounters
{
    public long Requests;

    public readonly LatencyHistogram Duration = new();

    public long Timeouts;

    public long Lost;

    public long Protocol;

    /// <summary>Handshakes that the shard refused (credentials, SELECT).</summary>
    public long Refused;

    /// <summary>Requests answered at once because the breaker was open.</summary>
    public long Breaker;

    /// <summary>Requests that a cluster's servers sent to another for good, because the slot has moved.</summary>
    public long Moved;

    /// <summary>Requests that they sent to another this once, because the slot is on its way.</summary>
    public long Asked;

    /// <summary>How often subscriptions were interrupted: messages may have been missed each time.</summary>
    public long SubscriptionGaps;

    // Gauges, kept by their one writer so that a scrape needs no look into the loop's own structures.
    public long InFlight;

    public long QueueBytes;

    public long SharedLinks;

    public long PrivateLinks;

    public long SubscriptionLinks;

    /// <summary>Whether the breaker is closed: requests are being sent.</summary>
    public bool Up;
}
