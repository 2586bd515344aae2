using Keyway.Platform.Epoll;

namespace Keyway.Platform;

/// <summary>How many files and sockets this process may have open.</summary>
public static unsafe class DescriptorLimit
{
    /// <summary>Raises the limit to so many, if it is lower and the system lets us; returns what it is then. Systems that do not tell have no limit here.</summary>
    public static long Raise(long wanted)
    {
        if (!OperatingSystem.IsLinux()) return long.MaxValue;

        ulong* limit = stackalloc ulong[2];      // soft, hard
        if (Libc.GetLimit(Libc.LimitOpenFiles, limit) != 0) return long.MaxValue;
        if (limit[0] >= (ulong)wanted) return Clamped(limit[0]);

        // A process with the right to may raise the hard limit as well; another gets what that allows.
        ulong* raised = stackalloc ulong[2] { (ulong)wanted, Math.Max(limit[1], (ulong)wanted) };
        if (Libc.SetLimit(Libc.LimitOpenFiles, raised) == 0) return wanted;

        raised[0] = raised[1] = limit[1];
        return Libc.SetLimit(Libc.LimitOpenFiles, raised) == 0 ? Clamped(limit[1]) : Clamped(limit[0]);
    }

    private static long Clamped(ulong limit) => (long)Math.Min(limit, long.MaxValue);
}
