using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Keyway.Platform.Epoll;

/// <summary>Linux error numbers, and what .NET calls them.</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int NoMemory = 12;
    public const int NoAccess = 13;
    public const int TableFull = 23;
    public const int TooManyOpen = 24;
    public const int BrokenPipe = 32;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkUnreachable = 101;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;

    public static SocketException ToException(int errno) => new((int)ToSocketError(errno), Marshal.GetPInvokeErrorMessage(errno));

    private static SocketError ToSocketError(int errno) => errno switch
    {
        NoAccess => SocketError.AccessDenied,
        Again => SocketError.WouldBlock,
        TableFull or TooManyOpen => SocketError.TooManyOpenSockets,
        BrokenPipe => SocketError.Shutdown,
        AddressInUse => SocketError.AddressAlreadyInUse,
        AddressNotAvailable => SocketError.AddressNotAvailable,
        NetworkUnreachable => SocketError.NetworkUnreachable,
        ConnectionAborted => SocketError.ConnectionAborted,
        ConnectionReset => SocketError.ConnectionReset,
        NoBuffers or NoMemory => SocketError.NoBufferSpaceAvailable,
        TimedOut => SocketError.TimedOut,
        // A Unix socket that nobody listens on, or whose file is not there: to whoever connects it is the same.
        ConnectionRefused or NoEntry => SocketError.ConnectionRefused,
        HostUnreachable => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };
}
