using Keyway.Platform.Epoll;

namespace Keyway.Platform;

/// <summary>Threads that have time. On Linux the runtime does not hand priorities on to the system.</summary>
public static class BackgroundThread
{
    // Enough for a loop that wakes up to get the core at once, and not so much that a thread which holds what others need would never have it.
    private const int Niceness = 10;

    /// <summary>From now on the calling thread lets all others go first, for good.</summary>
    public static void StepBack()
    {
        // Where it is refused, the thread is as fast as the others, and that is all.
        if (OperatingSystem.IsLinux()) _ = Libc.SetPriority(0, 0, Niceness);
        else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }
}
