using Keyway.Platform.Epoll;

namespace Keyway.Platform;

/// <summary>The processor time of the calling thread.</summary>
public static unsafe class ThreadCpu
{
    private const int ThisThread = 1;
    private const int ThisThreadsClock = 3;
    private const int UsageWords = 18;      // two times of two words each, then fourteen counts
    private const int SleepsWord = 16;

    /// <summary>Zero where the system does not tell.</summary>
    public static (TimeSpan User, TimeSpan Kernel) Read()
    {
        if (!OperatingSystem.IsLinux()) return default;

        long* usage = stackalloc long[UsageWords];
        if (Libc.GetUsage(ThisThread, usage) != 0) return default;
        return (ToTime(usage[0], usage[1]), ToTime(usage[2], usage[3]));
    }

    /// <summary>How often the calling thread has given its core up of its own accord.</summary>
    internal static long Sleeps()
    {
        long* usage = stackalloc long[UsageWords];
        return Libc.GetUsage(ThisThread, usage) == 0 ? usage[SleepsWord] : 0;
    }

    /// <summary>How long the calling thread has had a core, to the nanosecond and up to this moment; 0 where the system does not tell.</summary>
    internal static long OnCoreNanoseconds()
    {
        long* time = stackalloc long[2];
        return Libc.GetClock(ThisThreadsClock, time) == 0 ? (time[0] * 1_000_000_000) + time[1] : 0;
    }

    private static TimeSpan ToTime(long seconds, long microseconds) => TimeSpan.FromSeconds(seconds) + TimeSpan.FromMicroseconds(microseconds);
}
