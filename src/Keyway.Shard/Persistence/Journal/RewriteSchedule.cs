namespace Keyway.Shard.Persistence.Journal;

/// <summary>When a journal is written anew by itself: when it has grown enough, and less and less often while that fails.</summary>
internal sealed class RewriteSchedule
{
    private const int FailuresForgiven = 3;
    private const int LongestMinutes = 60;
    private const int MsPerMinute = 60_000;

    private int _minutes;
    private long _notBeforeMs;

    /// <summary>Failures in a row.</summary>
    public int Failures { get; private set; }

    /// <summary>Minutes that the wait which has just begun takes; 0 while none has.</summary>
    public int BeganWait { get; private set; }

    public void Succeeded() => Forgive();

    public void Failed() => Failures++;

    /// <summary>Somebody has asked for it: what went before does not count.</summary>
    public void Forgive()
    {
        Failures = 0;
        _minutes = 0;
        _notBeforeMs = 0;
    }

    /// <summary>Whether another attempt may be made now.</summary>
    public bool Allows(long nowMs)
    {
        BeganWait = 0;
        if (Failures < FailuresForgiven) return true;
        if (_notBeforeMs != 0)
        {
            if (nowMs < _notBeforeMs) return false;
            _notBeforeMs = 0;
            return true;
        }

        _minutes = _minutes == 0 ? 1 : Math.Min(_minutes * 2, LongestMinutes);
        _notBeforeMs = nowMs + (_minutes * (long)MsPerMinute);
        BeganWait = _minutes;
        return false;
    }

    /// <summary>By how many percent the journal has grown since it was last written anew, if that is enough to do so again; else negative.</summary>
    /// <param name="size">Of all its files.</param>
    /// <param name="baseSize">What it was then.</param>
    /// <param name="minimumSize">A smaller one is left as it is.</param>
    /// <param name="percentage">What is enough; 0: nothing is.</param>
    public static long EnoughGrowth(long size, long baseSize, long minimumSize, int percentage)
    {
        if (percentage == 0 || size <= minimumSize) return -1;
        var growth = (long)(((Int128)size * 100 / Math.Max(1, baseSize)) - 100);
        return growth >= percentage ? growth : -1;
    }
}
