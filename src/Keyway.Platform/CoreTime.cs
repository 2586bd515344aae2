namespace Keyway.Platform;

/// <summary>What the system has done with a thread so far, in ticks of the stopwatch.</summary>
/// <param name="OnCoreTicks">How long it ran.</param>
/// <param name="WaitedTicks">How long it could have run and had no core.</param>
/// <param name="Sleeps">How often it gave its core up of its own accord: to wait for sockets, for a lock, for the garbage collector or for a page.</param>
internal readonly record struct CoreTime(long OnCoreTicks, long WaitedTicks, long Sleeps)
{
    /// <summary>How long something took of itself that took so many ticks and ended now: less what its thread waited for a core.</summary>
    /// <param name="ticks">By the clock.</param>
    /// <param name="before">What was known when it began, or not long before.</param>
    public long OwnTicks(long ticks, CoreTime before)
    {
        ticks -= WaitedTicks - before.WaitedTicks;

        // A thread that never slept, and yet was not on a core all the time, waited for one, whatever the system calls it.
        bool neverSlept = Sleeps == before.Sleeps && OnCoreTicks > 0;
        return neverSlept ? Math.Min(ticks, OnCoreTicks - before.OnCoreTicks) : ticks;
    }
}
