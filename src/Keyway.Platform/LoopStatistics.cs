namespace Keyway.Platform;

/// <summary>What a loop has done since it started. One writer; a reader on another thread may see a value that is a turn old.</summary>
public sealed class LoopStatistics
{
    public long Turns;

    /// <summary>Of turns over a millisecond: how long the longest took, less what its thread waited for a core.</summary>
    public long LongestTurnTicks;

    /// <summary>Turns that took more than five milliseconds, measured so.</summary>
    public long SlowTurns;

    /// <summary>How long the last of them took.</summary>
    public long LastSlowTurnTicks;

    /// <summary>
    /// How much of that its thread had a core for, at most. Where this is far less, it stood still: the machine under a virtual machine gave the core
    /// to somebody else, or the runtime stopped all threads. All of it where the system does not tell.
    /// </summary>
    public long LastSlowTurnOnCoreTicks;

    public long ReceivedBytes;

    public long SentBytes;

    public long ReceiveCalls;

    public long SendCalls;

    public long OpenConnections;
}
