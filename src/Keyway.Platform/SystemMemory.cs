using Keyway.Platform.Epoll;

namespace Keyway.Platform;

/// <summary>The memory that a process holds from the system.</summary>
public static class SystemMemory
{
    /// <summary>Asks the C library for what it keeps in reserve. Takes a while when that is much.</summary>
    public static void GiveBack()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Libc.Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Other C libraries than glibc keep less in reserve.
        }
    }
}
