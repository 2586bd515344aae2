namespace Keyway.Sentinel.Core;

/// <summary>
/// A timer that comes far too late, or before its time, shows that this process was stopped or its clock set: what we take for the silence
/// of others may be our own. For a while we only watch.
/// </summary>
internal sealed class Tilt(SentinelContext context)
{
    // The slowest timer comes after 100 ms.
    private const int LateMs = 500;

    private long? _lastTick;

    /// <summary>This tick came late, though not by as much as makes a tilt: answers may lie unread, so nobody is called down before the next.</summary>
    public bool IsLate { get; private set; }

    public void Check()
    {
        SentinelState state = context.State;
        long passed = context.Since(_lastTick ?? context.Now);
        _lastTick = context.Now;
        IsLate = passed > LateMs;
        if (passed > context.Constants.TiltTrigger || context.ClockWentBack)
        {
            context.ClockWentBack = false;
            state.Tilt = true;
            state.TiltSince = context.Now;
            context.PublishText(EventLevel.Warning, "+tilt", null, "#tilt mode entered");
        }
        else if (state.Tilt && context.Since(state.TiltSince) >= context.Constants.TiltPeriod)
        {
            state.Tilt = false;
            context.PublishText(EventLevel.Warning, "-tilt", null, "#tilt mode exited");
        }
    }
}
