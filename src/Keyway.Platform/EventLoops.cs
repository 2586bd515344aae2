using Keyway.Platform.Epoll;
using Keyway.Platform.Sockets;

namespace Keyway.Platform;

/// <summary>Makes the kind of loop that is fastest on this system, or the one asked for.</summary>
public static class EventLoops
{
    /// <summary>The environment variable whose value an executable hands to <see cref="Create"/>.</summary>
    public const string TransportVariable = "KEYWAY_TRANSPORT";

    /// <summary>The environment variable that, set to <c>exact</c>, has loops measure each turn as exactly as the system can tell.</summary>
    public const string TurnsVariable = "KEYWAY_TURNS";

    /// <param name="time">The clocks of the loop.</param>
    /// <param name="transport"><c>epoll</c>, <c>sockets</c>, or null or empty for the best that there is.</param>
    /// <param name="exactTurns">Whether turns are measured as exactly as can be, which costs something.</param>
    public static EventLoop Create(TimeProvider time, string? transport = null, bool exactTurns = false) => transport switch
    {
        "sockets" => new SocketEventLoop(time),
        null or "" when !OperatingSystem.IsLinux() => new SocketEventLoop(time),
        null or "" or "epoll" when OperatingSystem.IsLinux() => new EpollEventLoop(time) { MeasuresTurnsExactly = exactTurns },
        "epoll" => throw new PlatformNotSupportedException("The epoll transport exists on Linux only."),
        _ => throw new ArgumentException($"Unknown transport '{transport}': write epoll or sockets."),
    };
}
