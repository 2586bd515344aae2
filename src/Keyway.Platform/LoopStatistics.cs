namespace Keyway.Platform;

/// <summary>What a loop has done since it started. One writer; a reader on another thread may see a value that is a turn old.</summary>
public sealed class LoopStatistics
{
    public long Turns;

    public long LongestTurnTicks;

    public long ReceivedBytes;

    public long SentBytes;

    public long ReceiveCalls;

    public long SendCalls;

    public long OpenConnections;
}
