using Keyway.Platform.Epoll;

namespace Keyway.Platform;

/// <summary>Makes the kind of loop that is fastest on this system.</summary>
public static class EventLoops
{
    public static EventLoop Create(TimeProvider time)
    {
        if (OperatingSystem.IsLinux()) return new EpollEventLoop(time);
        throw new PlatformNotSupportedException();
    }
}
