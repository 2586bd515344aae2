namespace Keyway.Sentinel;

/// <summary>What a sentinel has done since its start, as INFO shows it. One writer, the loop's thread.</summary>
internal sealed class SentinelStatistics
{
    public long Connections;
    public long RejectedConnections;
    public long Commands;
    public long InputBytes;
    public long OutputBytes;
    public long Errors;
}
