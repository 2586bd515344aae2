namespace Keyway.Platform;

/// <summary>What the system has done with a thread so far, in ticks of the stopwatch.</summary>
/// <param name="OnCoreTicks">How long it ran.</param>
/// <param name="WaitedTicks">How long it could have run and had no core.</param>
/// <param name="Sleeps">How often it gave its core up of its own accord: to wait for sockets, for a lock, for the garbage collector or for a page.</param>
internal readonly record struct CoreTime(long OnCoreTicks, long WaitedTicks, long Sleeps);
