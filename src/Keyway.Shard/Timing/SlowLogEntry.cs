namespace Keyway.Shard.Timing;

/// <summary>One call that took long. Its arguments are cut to what a person needs to know it again.</summary>
internal sealed record SlowLogEntry(long Id, long Seconds, long Microseconds, byte[][] Arguments, string Address, byte[] ClientName);
