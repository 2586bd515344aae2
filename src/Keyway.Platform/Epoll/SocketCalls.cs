using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Keyway.Platform.Epoll;

/// <summary>Making and closing sockets: what happens once in a connection's life.</summary>
internal static unsafe class SocketCalls
{
    // Redis's own default: a dead client is noticed after 300 s of silence and three probes.
    public const int KeepAliveSeconds = 300;

    private const int MaxAddress = 128;

    public static int Open(AddressFamily family)
    {
        int native = family switch
        {
            AddressFamily.InterNetwork => 2,
            AddressFamily.InterNetworkV6 => 10,
            AddressFamily.Unix => 1,
            _ => throw new ArgumentException($"This kind of address cannot be listened on or connected to: {family}."),
        };
        int descriptor = Libc.Socket(native, Libc.SocketStream | Libc.SocketNonBlock | Libc.SocketCloseOnExec, 0);
        return descriptor >= 0 ? descriptor : throw Errno.ToException(Marshal.GetLastPInvokeError());
    }

    /// <returns>0 or the error number.</returns>
    public static int Bind(int descriptor, EndPoint endPoint)
    {
        SocketAddress address = endPoint.Serialize();
        fixed (byte* native = address.Buffer.Span)
            return Libc.Bind(descriptor, native, (uint)address.Size) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <returns>0 or the error number; "in progress" is one.</returns>
    public static int Connect(int descriptor, EndPoint endPoint)
    {
        SocketAddress address = endPoint.Serialize();
        fixed (byte* native = address.Buffer.Span)
            return Libc.Connect(descriptor, native, (uint)address.Size) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    public static void SetOption(int descriptor, int level, int name, int value) =>
        Libc.SetOption(descriptor, level, name, &value, sizeof(int));

    /// <summary>Small replies leave at once, and dead peers are noticed. Accepted sockets inherit both from their listener.</summary>
    public static void SetTcpOptions(int descriptor, int keepAliveSeconds)
    {
        SetOption(descriptor, Libc.LevelTcp, Libc.TcpNoDelay, 1);
        if (keepAliveSeconds > 0) ProbeAfter(descriptor, keepAliveSeconds);
        else SetOption(descriptor, Libc.LevelSocket, Libc.KeepAlive, 0);
    }

    /// <summary>A peer that is gone is noticed after so many seconds of silence and a few more; the other options stay.</summary>
    public static void ProbeAfter(int descriptor, int seconds)
    {
        SetOption(descriptor, Libc.LevelSocket, Libc.KeepAlive, 1);
        SetOption(descriptor, Libc.LevelTcp, Libc.TcpKeepIdle, seconds);
        SetOption(descriptor, Libc.LevelTcp, Libc.TcpKeepInterval, Math.Max(1, seconds / 3));
        SetOption(descriptor, Libc.LevelTcp, Libc.TcpKeepCount, 3);
    }

    /// <returns>The error that the socket has met since it was last asked, or 0.</returns>
    public static int TakeError(int descriptor)
    {
        int error = 0;
        uint length = sizeof(int);
        return Libc.GetOption(descriptor, Libc.LevelSocket, Libc.SocketError, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>Closing then cuts the connection with a reset and drops what was not sent.</summary>
    public static void ResetOnClose(int descriptor)
    {
        // struct linger { on, seconds }
        int* linger = stackalloc int[2] { 1, 0 };
        Libc.SetOption(descriptor, Libc.LevelSocket, Libc.Linger, linger, 2 * sizeof(int));
    }

    public static EndPoint? LocalEndPoint(int descriptor)
    {
        byte* native = stackalloc byte[MaxAddress];
        uint length = MaxAddress;
        if (descriptor < 0 || Libc.GetLocalName(descriptor, native, &length) != 0) return null;

        var bytes = new ReadOnlySpan<byte>(native, (int)Math.Min(length, MaxAddress));
        return PeerAddress.FromNative(bytes[..Math.Min(bytes.Length, PeerAddress.MaxNative)]).ToEndPoint();
    }
}
