namespace Keyway.Shard.Rdb;

/// <summary>
/// Makes saving or loading last longer, for tests (rdb-key-save-delay, key-load-delay): so many microseconds a key, or, if the number is negative, one
/// microsecond for so many keys. Nobody sleeps: whoever works in slices comes back so much later.
/// </summary>
internal struct KeyDelay
{
    private const long NanosecondsPerMicrosecond = 1000;
    private const long NanosecondsPerMs = 1_000_000;

    private long _owed;
    private long _keysBefore;

    /// <summary>So many keys have been dealt with since the beginning. Returns for how many whole milliseconds to wait.</summary>
    public long MsAfter(long keys, long microseconds)
    {
        long more = Math.Max(0, keys - _keysBefore);
        _keysBefore = keys;
        _owed += microseconds >= 0 ? more * microseconds * NanosecondsPerMicrosecond : more * NanosecondsPerMicrosecond / -microseconds;
        long ms = _owed / NanosecondsPerMs;
        _owed -= ms * NanosecondsPerMs;
        return ms;
    }
}
