using Keyway.Platform.Epoll;

namespace Keyway.Platform;

/// <summary>The processor time of the calling thread.</summary>
public static unsafe class ThreadCpu
{
    private const int ThisThread = 1;
    private const int UsageWords = 18;      // two times of two words each, then fourteen counts

    /// <summary>Zero where the system does not tell.</summary>
    public static (TimeSpan User, TimeSpan Kernel) Read()
    {
        if (!OperatingSystem.IsLinux()) return default;

        long* usage = stackalloc long[UsageWords];
        if (Libc.GetUsage(ThisThread, usage) != 0) return default;
        return (ToTime(usage[0], usage[1]), ToTime(usage[2], usage[3]));
    }

    private static TimeSpan ToTime(long seconds, long microseconds) => TimeSpan.FromSeconds(seconds) + TimeSpan.FromMicroseconds(microseconds);
}
