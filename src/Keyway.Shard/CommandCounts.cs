using Keyway.Shard.Timing;

namespace Keyway.Shard;

/// <summary>What became of the calls of one command.</summary>
internal struct CommandCounts
{
    public long Calls;

    /// <summary>Spent in the handler, in the clock's own unit.</summary>
    public long Ticks;

    /// <summary>Refused before they ran.</summary>
    public long Rejected;

    /// <summary>Ran, and answered an error.</summary>
    public long Failed;

    /// <summary>How long each call took, once one has been made under latency-tracking.</summary>
    public LatencyHistogram? Latencies;
}
