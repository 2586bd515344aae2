namespace Keyway.Gateway.SlowRequests;

/// <summary>One request that took long, and where the time went. Immutable: other loops read it.</summary>
/// <param name="Id">Ascending over all loops.</param>
/// <param name="Microseconds">From when it was put onto its link until its reply had come.</param>
/// <param name="WaitedMicroseconds">Before that: unsent in the gateway, because its shard had no master, a link had no room, or clients were paused.</param>
/// <param name="QueuedMicroseconds">Of <paramref name="Microseconds"/>: until the last reply before its own had come, so behind others.</param>
/// <param name="Shard">Who answered it.</param>
/// <param name="Arguments">Trimmed as Redis trims them.</param>
internal sealed record SlowRequest(
    long Id, long UnixSeconds, long Microseconds, long WaitedMicroseconds, long QueuedMicroseconds, string Shard, byte[][] Arguments, string Client, byte[] ClientName)
{
    /// <summary>What is left: the shard's work, and the way there and back.</summary>
    public long ShardMicroseconds => Microseconds - QueuedMicroseconds;
}
