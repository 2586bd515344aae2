namespace Keyway.Sentinel.Core;

/// <summary>
/// A timer that comes far too late, or before its time, shows that this process was stopped or its clock set: what we take for the silence
/// of others may be our own. For a while we only watch.
/// </summary>
internal sealed class Tilt(SentinelContext context)
{
    private long? _lastTick;

    public void Check()
    {
        SentinelState state = context.State;
        bool late = context.Since(_lastTick ?? context.Now) > context.Constants.TiltTrigger;
        _lastTick = context.Now;
        if (late || context.ClockWentBack)
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
