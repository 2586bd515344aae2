using Keyway.Platform.Epoll;
using Keyway.Platform.Sockets;

namespace Keyway.Platform;

/// <summary>Makes the kind of loop that is fastest on this system, or the one asked for.</summary>
public static class EventLoops
{
    /// <summary>The environment variable whose value an executable hands to <see cref="Create"/>.</summary>
    public const string TransportVariable = "KEYWAY_TRANSPORT";

    /// <param name="time">The clocks of the loop.</param>
    /// <param name="transport"><c>epoll</c>, <c>sockets</c>, or null or empty for the best that there is.</param>
    public static EventLoop Create(TimeProvider time, string? transport = null) => transport switch
    {
        null or "" => OperatingSystem.IsLinux() ? new EpollEventLoop(time) : new SocketEventLoop(time),
        "sockets" => new SocketEventLoop(time),
        "epoll" when OperatingSystem.IsLinux() => new EpollEventLoop(time),
        "epoll" => throw new PlatformNotSupportedException("The epoll transport exists on Linux only."),
        _ => throw new ArgumentException($"Unknown transport '{transport}': write epoll or sockets."),
    };
}
