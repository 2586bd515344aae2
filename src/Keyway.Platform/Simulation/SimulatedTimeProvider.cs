namespace Keyway.Platform.Simulation;

/// <summary>Clocks that stand still until they are set. The wall clock may jump, either way; the monotonic one only goes forward.</summary>
public sealed class SimulatedTimeProvider : TimeProvider
{
    // Not zero, so that code which takes 0 for "never" is not right by accident.
    private long ticks = TimeSpan.TicksPerDay;
    private DateTimeOffset utcNow = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => utcNow;

    public override long GetTimestamp() => ticks;

    /// <summary>Both clocks go forward. Timers are the network's to run: use <see cref="SimulatedNetwork.Advance"/> where loops are involved.</summary>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        ticks += time.Ticks;
        utcNow += time;
    }

    /// <summary>The wall clock jumps, as when an operator or NTP sets it; the monotonic clock does not notice.</summary>
    public void SetUtcNow(DateTimeOffset now) => utcNow = now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("A timer of the framework would run outside of every loop; use EventLoop.Schedule or EventLoop.Delay.");
}
