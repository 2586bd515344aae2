namespace Keyway.Platform;

/// <summary>What the system has done with a thread so far, in ticks of the stopwatch.</summary>
/// <param name="OnCoreTicks">How long it ran.</param>
/// <param name="WaitedTicks">How long it could have run and had no core.</param>
internal readonly record struct CoreTime(long OnCoreTicks, long WaitedTicks);
