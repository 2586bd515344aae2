namespace Keyway.Gateway.Metrics;

/// <summary>What has become of the requests for one command in one pool on one loop.</summary>
public sealed class CommandCounters
{
    public long Ok;

    public long Error;

    public long Moved;

    public long Refused;

    /// <summary>How many pieces it was split into, for commands that are split.</summary>
    public long Fragments;

    public readonly LatencyHistogram Duration = new();

    public CommandCounters Since(CommandCounters before)
    {
        var since = new CommandCounters
        {
            Ok = Ok - before.Ok,
            Error = Error - before.Error,
            Moved = Moved - before.Moved,
            Refused = Refused - before.Refused,
            Fragments = Fragments - before.Fragments,
        };
        Duration.AddTo(since.Duration);
        since.Duration.Subtract(before.Duration);
        return since;
    }
}
